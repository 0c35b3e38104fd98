"""Attachments in words: what, its name, how long, how large, where."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desk.attached import attached
from bot.wordless import SEEN_KINDS


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "image"}, "picture"),
        ({"kind": "image", "name": "館.jpg", "size": 999}, "picture 館.jpg, 999 bytes"),
        ({"kind": "voice", "seconds": 12.4}, "voice message, 12 s"),
        ({"kind": "audio", "seconds": 0}, "recording, 0 s"),
        ({"kind": "video", "seconds": 125, "size": 5_400_000}, "video, 2 min 5 s, 5 MB"),
        ({"kind": "file", "name": "booking.pdf", "size": 120_000}, "file booking.pdf, 120 kB"),
        ({"kind": "file", "name": "订单 order\n\u202efdp.exe"}, "file 订单 order fdp.exe"),
        ({"kind": "file", "size": 2_300_000_000}, "file, 2.3 GB"),
        ({"kind": "location", "latitude": 51.5, "longitude": -0.12}, "place: 51.5, -0.12"),
        ({"kind": "location", "latitude": 31.2304161, "longitude": 121.0}, "place: 31.23042, 121"),
        (
            {"kind": "location", "name": "外滩 Bund", "latitude": 0, "longitude": 0},
            "place 外滩 Bund: 0, 0",
        ),
        ({"kind": "location", "latitude": 51.5}, "place"),
        ({"kind": "contact", "name": "Li Wei 李"}, "contact Li Wei 李"),
        ({"kind": "sticker"}, "sticker"),
        ({"kind": "hologram"}, "hologram"),
        ({}, "file"),
        ({"kind": "file", "name": "长" * 300}, "file " + "长" * 80),
    ],
)
def test_an_attachment_in_words(sent: dict[str, Any], words: str) -> None:
    assert attached({"attachments": [sent]}) == [words]


def test_every_kind_has_words_of_its_own() -> None:
    found = attached({"attachments": [{"kind": kind} for kind in SEEN_KINDS]})
    assert len(set(found)) == len(SEEN_KINDS)
    assert "place" in found


@pytest.mark.parametrize("payload", [None, {}, {"attachments": None}, {"attachments": []}])
def test_nothing_attached_is_nothing(payload: Any) -> None:
    assert attached(payload) == []
