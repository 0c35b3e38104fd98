"""Which texts are a report already: one's own loss, a grievance, and what cannot wait."""

from __future__ import annotations

import pytest

from bot.nlu.reports import cannot_wait, reports_own_loss, tells_grievance


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("I lost my scarf in the cafe yesterday", True),
        ("left my phone in the toilet", True),
        ("we think we left a bag upstairs", True),
        ("my umbrella is gone", True),
        ("昨天在咖啡厅丢了一条围巾", True),
        ("我的雨傘忘記拿了", True),
        ("我的 iPad 落在你们那了", True),
        ("钥匙掉了，可能在一楼大厅", True),
        ("what happens if I lose something", False),
        ("if someone left a bag here where is it", False),
        ("where is lost property", False),
        ("I found a wallet", False),
        ("捡到一部手机交给谁", False),
        ("失物能保留多久", False),
        ("如果丢了 ticket 怎么办", False),
    ],
)
def test_own_loss(text: str, own: bool) -> None:
    assert reports_own_loss(text) is own


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("your staff were rude to my mother", True),
        ("the toilets were filthy and nobody cared", True),
        ("投诉：排队排了两个小时没人管", True),
        ("你们的 lift 坏了一整天没人修", True),
        ("I want to complain", False),
        ("how do I make a complaint?", False),
        ("very disappointed", False),
        ("我要投诉", False),
        ("服务太差了", False),
        ("Make a complaint", False),
    ],
)
def test_grievance(text: str, tells: bool) -> None:
    assert tells_grievance(text) is tells


@pytest.mark.parametrize(
    ("text", "urgent"),
    [
        ("THIS IS AN ABSOLUTE JOKE OF A MUSEUM", True),
        ("disgusting, get me a manager", True),
        ("气死我了！", True),
        ("just get me a person please", True),
        ("太过分了 your staff", True),
        ("我要投诉!!!", True),
        ("I want to complain", False),
        ("the audio guide was broken", False),
        ("排队排了很久", False),
    ],
)
def test_what_cannot_wait(text: str, urgent: bool) -> None:
    assert cannot_wait(text) is urgent
