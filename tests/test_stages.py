"""The time of each stage counts once, and what becomes of work is counted by few labels."""

from __future__ import annotations

import asyncio
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from bot import logs, metrics, stages


def value(name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


def spent(stage: str) -> float:
    return value("docent_stage_seconds_sum", stage=stage)


@dataclass
class Row:
    conversation_id: str = "messenger:7"
    channel: str = "messenger"
    seq: int = 3
    in_reply_to: int | None = 2


async def test_a_stage_within_a_stage_counts_for_itself_alone() -> None:
    before = {name: spent(name) for name in stages.STAGES}

    async def inner() -> None:
        with stages.stage(stages.ACTIONS):
            await asyncio.sleep(0.05)

    with stages.stage(stages.DIALOGUE):
        await asyncio.sleep(0.02)
        # A task, as Rasa makes them, and a thread's loop get the context along.
        await asyncio.create_task(inner())
    took = {name: spent(name) - before[name] for name in stages.STAGES}
    assert took[stages.ACTIONS] >= 0.05
    assert 0.015 < took[stages.DIALOGUE] < 0.05


def test_a_stage_that_fails_is_timed_too() -> None:
    before = value("docent_stage_seconds_count", stage="commit")
    with pytest.raises(ValueError, match="x"), stages.stage(stages.COMMIT):
        raise ValueError("x")
    assert value("docent_stage_seconds_count", stage="commit") == before + 1


def test_how_long_a_message_lay_in_the_queue() -> None:
    before = spent(stages.QUEUE_WAIT)
    stages.waited(datetime.now(timezone.utc) - timedelta(seconds=30))
    # Another machine's clock may be ahead.
    stages.waited(datetime.now(timezone.utc) + timedelta(seconds=30))
    assert spent(stages.QUEUE_WAIT) - before == pytest.approx(30, abs=1)


@dataclass
class Response:
    status: int


@pytest.mark.parametrize(
    ("status", "is_page", "counted", "timed"),
    [(200, False, 1, 1), (503, False, 1, 1), (200, True, 0, 0), (403, True, 1, 0)],
)
async def test_requests_are_counted_by_status(
    status: int, is_page: bool, counted: int, timed: int
) -> None:
    async def answer() -> Response:
        return Response(status)

    def figures() -> tuple[float, float]:
        times = value("docent_webhook_seconds_count", channel="web")
        return value("docent_webhooks_total", channel="web", status=str(status)), times

    before = figures()
    assert (await stages.acknowledged("web", answer(), is_page=is_page)).status == status
    after = figures()
    assert (after[0] - before[0], after[1] - before[1]) == (counted, timed)


async def test_a_handler_that_fails_is_a_500() -> None:
    async def fail() -> Response:
        raise RuntimeError

    before = value("docent_webhooks_total", channel="web", status="500")
    with pytest.raises(RuntimeError):
        await stages.acknowledged("web", fail())
    assert value("docent_webhooks_total", channel="web", status="500") == before + 1


@pytest.mark.parametrize(
    ("language", "label"), [("en", "en"), ("zh-Hant", "zh-Hant"), ("fr", "other"), (None, "other")]
)
def test_languages_are_few(language: str | None, label: str) -> None:
    labels = {"channel": "messenger", "language": label, "outcome": "answered"}
    before = value("docent_messages_answered_total", **labels)
    stages.answered(Row(), language, "answered")
    assert value("docent_messages_answered_total", **labels) == before + 1


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (None, "ok"),
        (asyncio.TimeoutError(), "timeout"),
        (asyncio.CancelledError(), "gave_up"),
        (ValueError("你好"), "error"),
    ],
)
def test_questions_to_the_translator(error: BaseException | None, result: str) -> None:
    before = value("docent_translator_calls_total", engine="x", result=result)
    expected = nullcontext() if error is None else pytest.raises(type(error))
    with expected, stages.translation("x"):
        if error is not None:
            raise error
    assert value("docent_translator_calls_total", engine="x", result=result) == before + 1


def test_calls_of_slack() -> None:
    for error, result in ((None, "ok"), (KeyError(), "refused"), (OSError(), "unreached")):
        before = value("docent_slack_calls_total", method="chat.postMessage", result=result)
        try:
            with stages.slack_call("chat.postMessage", KeyError):
                if error is not None:
                    raise error
        except (KeyError, OSError):
            pass
        after = value("docent_slack_calls_total", method="chat.postMessage", result=result)
        assert after == before + 1


def test_a_databases_failures_are_counted_and_ours_are_not() -> None:
    def failures(kind: str) -> float:
        return value("docent_database_failures_total", kind=kind)

    before = failures("OperationalError"), failures("ValueError")
    for error in (sa.exc.OperationalError("x", {}, Exception()), ValueError()):
        with pytest.raises(type(error)), stages.transaction():
            raise error
    assert (failures("OperationalError"), failures("ValueError")) == (before[0] + 1, before[1])


def test_a_new_model_takes_the_place_of_the_old() -> None:
    for name in ("one.tar.gz", "two"):
        stages.model_loaded(name)
    assert value("docent_model_processes", model="one") == 0
    assert value("docent_model_processes", model="two") == 1
    loaded = value("docent_model_loaded_timestamp_seconds", model="two")
    assert loaded == pytest.approx(time.time(), abs=5)


async def test_lines_of_work_in_hand_name_its_message() -> None:
    seen: list[dict[str, object]] = []

    class Work:
        row = Row()

    class Room:
        @stages.about_row
        async def handle(self, work: Work) -> None:
            seen.append(dict(logs._about.get()))

    await Room().handle(Work())
    assert seen == [{"conversation": "messenger:7", "seq": 3}]
    assert dict(logs._about.get()) == {}
