"""Which posts are made as one: what waited for Slack must not flood a thread when it returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from bot.channels.slack_jobs import Job, gather, is_unsure
from bot.desk.backfill import FOLDS, PING
from bot.store import Connection, Row, cases, catch_up, log
from bot.windows import Window

BACKFILL = "backfill"
# A post that waited this long was held up by more than a slow moment.
OLD = timedelta(seconds=60)
# More posts than this for one case are made as one; for a case that is closed, more than one.
MANY = 10
# How many are made as one at most: Slack takes 50 blocks and 3,000 characters for each.
MOST = 30
# Posts that stand for themselves, before or after what is told in one.
_BESIDE = frozenset({"root", "card", "react", "preview", "whisper", "offer", "pointer"})


def prepare(connection: Connection, row: Row[Any], known: Mapping[str, Window]) -> Job | None:
    """Returns a claimed row with what it needs; None where a later post shows the same.

    The posts that wait behind a post that waited long are told with it.
    """
    if row.kind == "card" and row.case_id is not None and _shown_later(connection, row):
        return None
    return gather(connection, _folded(connection, row), known)


def _shown_later(connection: Connection, row: Row[Any]) -> bool:
    return any(each.kind == "card" for each in catch_up.waiting_after(connection, row))


def _folded(connection: Connection, row: Row[Any]) -> Row[Any]:
    if row.case_id is None or not _may_tell_more(row):
        return row
    is_closed = cases.case(connection, row.case_id).state in cases.CLOSED_STATES
    # Nobody is called to a case that is closed.
    folds = FOLDS if is_closed else FOLDS - {PING}
    others = list(islice(_told_together(connection, row, folds), MOST - 1))
    if len(others) < (1 if is_closed else MANY):
        return row
    told = [row, *others]
    payload = {"entries": [_entry(each) for each in told], "seqs": _numbers(told)}
    return catch_up.fold(connection, row, [each.id for each in others], BACKFILL, payload)


def _may_tell_more(row: Row[Any]) -> bool:
    # What was tried may stand in the thread already, under this very row's number.
    is_new = not row.attempts and not is_unsure(row)
    return is_new and row.kind in FOLDS - {PING} and row.at <= log.now() - OLD


def _told_together(
    connection: Connection, row: Row[Any], folds: frozenset[str]
) -> Iterator[Row[Any]]:
    """Yields the posts that may be told with this one, up to the first that may not."""
    for each in catch_up.waiting_after(connection, row):
        if each.kind in folds and not each.attempts:
            yield each
        elif each.kind not in _BESIDE:
            return


def _entry(row: Row[Any]) -> dict[str, Any]:
    return {"kind": row.kind, "payload": row.payload, "at": row.at.isoformat()}


def _numbers(rows: list[Row[Any]]) -> list[int]:
    """Returns the messages that posts speak of."""
    found: list[int] = []
    for row in rows:
        found += row.payload.get("seqs") or ([row.payload["seq"]] if "seq" in row.payload else [])
    return list(dict.fromkeys(found))
