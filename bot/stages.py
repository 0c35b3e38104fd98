"""Where the time of a message goes, and what became of it; the rooms call this with one line."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from functools import wraps
from typing import Any, Protocol, TypeVar

from bot import logs, metrics, scraping

logger = logging.getLogger(__name__)

QUEUE_WAIT, UNDERSTANDING, DIALOGUE = "queue_wait", "understanding", "dialogue"
ACTIONS, TRANSLATION, COMMIT, SEND = "actions", "translation", "commit", "send"
STAGES = (QUEUE_WAIT, UNDERSTANDING, DIALOGUE, ACTIONS, TRANSLATION, COMMIT, SEND)
LANGUAGES = ("en", "zh-Hans", "zh-Hant")

# The seconds that stages within the present one took, to be left out of it.
_within: ContextVar[list[float] | None] = ContextVar("within", default=None)


class Answer(Protocol):
    """What a handler answers a request with."""

    @property
    def status(self) -> int:
        """The HTTP status."""


Response = TypeVar("Response", bound=Answer)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Takes the time of one stage; a stage within a stage counts for itself alone."""
    around, inner, begun = _within.get(), [0.0], time.perf_counter()
    token = _within.set(inner)
    try:
        yield
    finally:
        _within.reset(token)
        took = time.perf_counter() - begun
        metrics.stage_seconds.labels(name).observe(max(0.0, took - inner[0]))
        if around is not None:
            around[0] += took


def waited(since: datetime) -> None:
    """Notes how long a message lay in the queue until somebody took it up."""
    seconds = (datetime.now(timezone.utc) - since).total_seconds()
    metrics.stage_seconds.labels(QUEUE_WAIT).observe(max(0.0, seconds))


@contextmanager
def sending(channel: str) -> Iterator[None]:
    """Takes the time of one try to send."""
    with metrics.send_seconds.labels(channel).time(), stage(SEND):
        yield


async def acknowledged(
    channel: str, work: Awaitable[Response], *, is_page: bool = False
) -> Response:
    """Answers one request, and counts it by its status.

    A page that only looks (`is_page`) counts where it is refused; how long it waited for news is
    nobody's delay.
    """
    begun = time.perf_counter()
    try:
        response = await work
    except Exception:
        metrics.webhooks.labels(channel, "500").inc()
        raise
    if not is_page or response.status >= 400:
        metrics.webhooks.labels(channel, str(response.status)).inc()
    if not is_page:
        metrics.webhook_seconds.labels(channel).observe(time.perf_counter() - begun)
    return response


class Row(Protocol):
    """What is told of a message in the log."""

    conversation_id: str
    channel: str
    seq: int
    in_reply_to: int | None


def answered(row: Row, language: str | None, outcome: str) -> None:
    """Counts a visitor's message that has ended, and says so."""
    known = language if language in LANGUAGES else "other"
    metrics.answered.labels(row.channel, known, outcome).inc()
    told = {"conversation": row.conversation_id, "seq": row.seq, "outcome": outcome}
    logger.info("a message ended", extra=told)


def sent(row: Row) -> None:
    """Counts a message that its platform took, and says which visitor's message it answers."""
    metrics.sent.labels(row.channel, "sent").inc()
    told = {"conversation": row.conversation_id, "seq": row.seq, "answers": row.in_reply_to}
    logger.info("a message was sent", extra=told)


def about_row(
    handle: Callable[[Any, Any], Coroutine[Any, Any, None]],
) -> Callable[[Any, Any], Coroutine[Any, Any, None]]:
    """Lets every line that is logged while a piece of work is handled name its `row`."""

    @wraps(handle)
    async def handled(self: Any, work: Any) -> None:
        with logs.about(conversation=work.row.conversation_id, seq=work.row.seq):
            await handle(self, work)

    return handled


def answer_sent(channel: str, seconds: float | None) -> None:
    """Notes how long a visitor waited for the first word of an answer; None for another word."""
    if seconds is not None:
        metrics.answer_seconds.labels(channel).observe(seconds)


@contextmanager
def transaction() -> Iterator[None]:
    """Takes the time of one transaction, and counts it where it fails."""
    begun = time.perf_counter()
    try:
        yield
    except Exception as error:
        if type(error).__module__.startswith("sqlalchemy."):
            metrics.database_failures.labels(type(error).__name__).inc()
        raise
    finally:
        metrics.database_seconds.observe(time.perf_counter() - begun)


@contextmanager
def slack_call(method: str, refusal: type[Exception]) -> Iterator[None]:
    """Takes the time of a call of Slack; `refusal` is what is raised where Slack says no."""
    begun, result = time.perf_counter(), "ok"
    try:
        yield
    except BaseException as error:
        result = "refused" if isinstance(error, refusal) else "unreached"
        raise
    finally:
        metrics.slack_seconds.observe(time.perf_counter() - begun)
        metrics.slack_calls.labels(method, result).inc()


@contextmanager
def translation(engine: str) -> Iterator[None]:
    """Takes the time of a question to the translator; `EngineFailed` tells its own kind."""
    begun, result = time.perf_counter(), "ok"
    try:
        yield
    except BaseException as error:
        result = str(getattr(error, "kind", "")) or _result(error)
        raise
    finally:
        metrics.translation_seconds.labels(engine).observe(time.perf_counter() - begun)
        metrics.translations.labels(engine, result).inc()


def _result(error: BaseException) -> str:
    # asyncio's own classes: one who asked gave up, or the time limit passed.
    return {"CancelledError": "gave_up", "TimeoutError": "timeout"}.get(
        type(error).__name__, "error"
    )


_model: list[str] = []


def model_loaded(name: str) -> None:
    """Notes with which model this process answers from now on: its file's name, or its own."""
    name = name.removesuffix(".tar.gz")
    for before in _model:
        metrics.model_loaded.labels(before).set(0)
    _model[:] = [name]
    metrics.model_loaded.labels(name).set(1)
    metrics.model_loaded_at.labels(name).set(time.time())


class _Counting(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        metrics.log_records.labels(record.levelname.lower()).inc()


def started() -> None:
    """Notes that this process began, and counts what it logs from here on."""
    metrics.process_starts.labels(scraping.process()).inc()
    root = logging.getLogger()
    if not any(isinstance(handler, _Counting) for handler in root.handlers):
        root.addHandler(_Counting())
