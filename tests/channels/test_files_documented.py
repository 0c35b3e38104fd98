"""The matrix of channels says of files what the code does."""

from __future__ import annotations

import pytest
from test_docs import channels, matrix

from bot.channels.files import LARGEST
from bot.channels.telegram_files import LARGEST_DOWN
from bot.channels.web_files import LARGEST_UPLOAD

SENDERS = ["web", "messenger", "whatsapp", "telegram", "wechat", "slack"]


@pytest.mark.parametrize("name", SENDERS)
def test_the_matrix_says_what_each_channel_takes_from_staff(name: str) -> None:
    limits = channels()[name].files
    assert limits is not None
    assert matrix()[name]["Files to visitors"] == f"Yes: {limits.takes}"


@pytest.mark.parametrize("name", SENDERS)
def test_no_channel_takes_more_than_docent_carries(name: str) -> None:
    limits = channels()[name].files
    assert limits is not None
    assert max(limits.most.values()) <= LARGEST


def test_the_matrix_says_how_large_a_visitors_file_may_be() -> None:
    told = {name: matrix()[name]["Files from visitors"] for name in SENDERS}
    megabytes = {"messenger": LARGEST, "whatsapp": LARGEST, "slack": LARGEST}
    megabytes["telegram"] = LARGEST_DOWN
    for name, most in megabytes.items():
        assert f"up to {most // 10**6} MB" in told[name], name
    assert f"up to {LARGEST_UPLOAD // 2**20} MB" in told["web"]
