"""One desk job with what is needed to carry it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.store import Connection, Row, cases, log, windows
from bot.windows import Left, Window

EVENT_TYPE = "docent_job"
# Reasons that begin so are of tries that Slack certainly did not take.
NOT_POSTED = "not posted: "
# The card, and what is shown to an author before it goes.
SHOWS_WINDOW = frozenset({"root", "card", "preview"})


@dataclass(frozen=True)
class Job:
    """A claimed row with what is needed to carry it out."""

    row: Row[Any]
    case: Row[Any] | None
    messages: tuple[Row[Any], ...]
    # What is left of the visitor's window, where the channel has one and the job shows it.
    left: Left | None = None

    @property
    def payload(self) -> dict[str, Any]:
        """What the job says."""
        payload: dict[str, Any] = self.row.payload
        return payload

    def marker(self, place: str) -> dict[str, Any]:
        """Returns the metadata by which a post of this job is known again."""
        known = {"job": self.row.id, "at": self.row.at.isoformat(), "place": place}
        return {"event_type": EVENT_TYPE, "event_payload": known}


def gather(
    connection: Connection, row: Row[Any], known: Mapping[str, Window] | None = None
) -> Job:
    """Reads the case and the messages that a job speaks of, and what is left of the window."""
    case = cases.case(connection, row.case_id) if row.case_id is not None else None
    payload = row.payload
    numbers = payload.get("seqs") or ([payload["seq"]] if "seq" in payload else [])
    found = [log.message(connection, int(number)) for number in numbers]
    if row.kind == "offer":
        found = [log.by_slack_ts(connection, payload["ts"])]
    # Whatever the job is, a case that has no card yet gets one first.
    shown = row.kind in SHOWS_WINDOW or (case is not None and case.slack_ts is None)
    left = windows.left_for_staff(connection, case, known or {}) if shown else None
    return Job(row, case, tuple(message for message in found if message is not None), left)


def is_unsure(row: Row[Any]) -> bool:
    """Tells whether an earlier try may have reached Slack."""
    return bool(row.reason) and not row.reason.startswith(NOT_POSTED)


def place_of(job: Job) -> tuple[str, str]:
    """Returns the channel and the thread of a job."""
    if job.case is None:
        return str(job.payload["channel"]), str(job.payload["thread_ts"])
    return str(job.case.slack_channel), str(job.case.slack_ts)
