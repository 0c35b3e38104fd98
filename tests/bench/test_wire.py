"""The generator and the platform that it is measured with: nothing is lost or mixed up."""

from __future__ import annotations

import asyncio
import json

import pytest

from bench.sink import Sink
from bench.wire import Caller, request, response, whole

TEXTS = ["What time do you open?", "几点开门", "wifi 密码 please"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_message_is_whole_when_its_last_byte_is_there(text: str) -> None:
    raw = request("POST", "/", json.dumps({"text": text}).encode())
    assert whole(raw) == len(raw)
    assert whole(raw + b"POST / HTTP/1.1") == len(raw)
    assert [whole(raw[:size]) for size in range(len(raw))] == [0] * len(raw)
    assert whole(response(text.encode())) == len(response(text.encode()))


@pytest.mark.parametrize("text", TEXTS)
async def test_the_platform_notes_who_got_what(text: str) -> None:
    async with Sink() as sink, Caller(sink.url) as caller:
        came = sink.next_to("7")
        meta = {"recipient": {"id": "7"}, "message": {"text": text}}
        rasa = {"recipient_id": "8", "text": text}
        typing = {"recipient": {"id": "7"}, "sender_action": "typing_on"}
        letters = [
            request("POST", "/", json.dumps(each).encode()) for each in (typing, meta, rasa)
        ]
        answers = await asyncio.gather(*(caller.ask(raw) for raw in letters))
        assert [status for status, _, _ in answers] == [200, 200, 200]
        assert dict(sink.count) == {"7": 1, "8": 1}
        named = json.loads(answers[1][1].partition(b"\r\n\r\n")[2])["message_id"]
        assert sink.at[named] == await came


async def test_a_server_that_is_away_is_told_as_nothing() -> None:
    async with Sink() as sink:
        url = sink.url
    async with Caller(url) as caller:
        status, _ = await caller.send(request("GET", "/"))
        assert status == 0
