"""Files on the web desk: those of a case to look at, and one of staff to send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.desk_door import desk, for_staff, person_of
from bot.channels.file_answer import file_answer
from bot.channels.files import Refusal
from bot.channels.payload import clean
from bot.desk.casework import Casework, Outcome, Person
from bot.desk.file_kinds import clean_name, kind_of
from bot.errors import BadRequest, SendFailed
from bot.store import Connection, Row, cases, files


@desk.get("/desk/api/files/<file_id:int>", name="desk_file")
@for_staff
async def get_file(request: Request, file_id: int) -> HTTPResponse:
    """A file of a case, as it is."""
    host = request.app.ctx.host
    return file_answer(await host.database.run(files.file, file_id), host.blobs)


@desk.post("/desk/api/files", name="desk_send_file")
@for_staff
async def send_file(request: Request) -> HTTPResponse:
    """Sends a file to the visitor of a case, or says why not.

    The body is the file. In the address stand `ref`, `name`, `by` and, once the author has said
    so, `confirm` (claim, anyway); the outcome is that of a reply.
    """
    host, asked = request.app.ctx.host, {k: v[0] for k, v in request.args.items()}
    person = person_of(asked)
    channel = await host.database.run(_channel_of, clean(asked.get("ref")))
    sent = await _taken(host, channel, request.body, clean(asked.get("name")))
    confirm = asked.get("confirm") if asked.get("confirm") in ("claim", "anyway") else None
    outcome = await host.database.run(_send, host.casework, asked["ref"], person, sent, confirm)
    host.wake()
    answer = {"ok": outcome.kind != "refused", "outcome": outcome.kind, "seq": outcome.seq}
    return json_response({**answer, "reason": outcome.reason or None})


def shown_files(row: Row[Any], held: Mapping[int, list[Row[Any]]]) -> list[dict[str, Any]]:
    """Returns the files of a message as the desk shows them.

    Args:
        row: The message.
        held: The files of its conversation by message (`bot.store.files.by_message`).
    """
    return [
        {
            "id": each.id,
            "name": each.name,
            "mime": each.mime,
            "size": each.size,
            "state": each.state,
            "reason": each.reason,
            "url": f"/desk/api/files/{each.id}" if each.digest else None,
        }
        for each in held.get(row.seq, ())
    ]


async def _taken(host: Any, channel: str, data: bytes, name: str) -> dict[str, Any]:
    """Keeps a file that may go to this channel; raises BadRequest."""
    kind = kind_of(data)
    if kind is None:
        raise BadRequest("Files of this kind are not carried.", status=415)
    refusal: Refusal | None = host.files.refusal(channel, kind, len(data))
    if refusal is not None:
        raise BadRequest(f"{refusal.reason} {refusal.next_step}", status=415)
    try:
        digest = await host.files.keep(data)
    except SendFailed as failure:
        raise BadRequest(f"{failure.reason} {failure.next_step}", status=503) from None
    except Refusal as found:
        raise BadRequest(found.reason, status=415) from None
    called = clean_name(name, kind)
    return {"digest": digest, "name": called, "mime": kind.mime, "size": len(data)}


def _channel_of(connection: Connection, ref: str) -> str:
    return str(_case(connection, ref).channel)


def _case(connection: Connection, ref: str) -> Row[Any]:
    found = cases.case_by_ref(connection, ref)
    if found is None:
        raise BadRequest(f"there is no case {ref}", status=404)
    return found


def _send(
    connection: Connection,
    casework: Casework,
    ref: str,
    person: Person,
    sent: dict[str, Any],
    confirm: str | None,
) -> Outcome:
    case = _case(connection, ref)
    return casework.staff_sends(connection, case.id, person, "", [sent], confirm=confirm)
