"""The translators' stand-in, judged by the real googletrans and by plain requests."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from googletrans import Translator as GoogleClient

from .translators import FAILURES, MANNERS, TranslatorStandin
from .wire import call


@pytest.fixture
def standin() -> Iterator[TranslatorStandin]:
    with TranslatorStandin() as running:
        yield running


async def google(standin: TranslatorStandin, text: str, dest: str) -> str:
    client = GoogleClient(raise_exception=True)
    client.client = httpx.AsyncClient(transport=standin.google())
    async with client:
        answer = await client.translate(text, dest=dest)
    return str(answer.text)


def libre(standin: TranslatorStandin, **body: str) -> tuple[int, str]:
    wanted = {"q": "open today", "source": "en", "target": "zh", "format": "text", **body}
    raw = json.dumps(wanted).encode()
    status, text = call(
        "POST", f"{standin.url}/translate", raw, {"content-type": "application/json"}
    )
    return status, text


@pytest.mark.parametrize(
    ("text", "dest", "answer"),
    [
        ("open today", "zh-cn", "开放今天"),
        ("open today", "zh-tw", "開放今天"),
        ("今天开放", "en", "today open"),
        ("Hello 你好\nyour ticket", "zh-cn", "你好你好\n你的票"),
        ("雨伞很好", "en", "umbrella u5f88 u597d"),
        ("umbrella u5f88 u597d", "zh-cn", "雨伞很好"),
    ],
)
async def test_googletrans_reads_its_answers(
    standin: TranslatorStandin, text: str, dest: str, answer: str
) -> None:
    assert await google(standin, text, dest) == answer


async def test_googletrans_hears_of_errors(standin: TranslatorStandin) -> None:
    standin.fail_next(429)
    with pytest.raises(Exception, match="429"):
        await google(standin, "open", "zh-cn")
    with pytest.raises(Exception, match="413"):
        await google(standin, "开" * 1000, "en")


def test_libretranslate_answers_and_complains(standin: TranslatorStandin) -> None:
    assert libre(standin) == (200, '{"translatedText": "\\u5f00\\u653e\\u4eca\\u5929"}')
    assert libre(standin, target="fr")[0] == 400
    assert libre(standin, q="")[0] == 400
    assert libre(standin, format="html")[0] == 400
    standin.fail_next(429)
    assert libre(standin)[0] == 429
    assert call("GET", f"{standin.url}/nothing").status == 404


@pytest.mark.parametrize("manner", [*MANNERS, *FAILURES, "simplified"])
async def test_every_manner_answers(standin: TranslatorStandin, manner: str) -> None:
    standin.manner = manner
    answer = await google(standin, "open ZQ0X at [900]\nfree", "zh-tw")
    if manner in MANNERS and manner not in ("plain", "simplified"):
        standin.manner = "plain"
        assert answer != await google(standin, "open ZQ0X at [900]\nfree", "zh-tw")
