"""What a reply will say, in both languages, before anything is sent."""

from __future__ import annotations

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.desk_door import desk, for_staff, text_of
from bot.channels.desk_shown import case_of
from bot.channels.payload import read_json
from bot.desk import replies


@desk.post("/desk/api/cases/<ref:str>/preview", name="desk_preview")
@for_staff
async def preview(request: Request, ref: str) -> HTTPResponse:
    """A reply as the visitor would read it, and turned back; nothing is sent or kept."""
    host = request.app.ctx.host
    body = read_json(request.body)
    case, text = await host.database.run(case_of, ref), text_of(body)
    why = replies.never_sent(text)
    if why is not None:
        # What stays here is not shown to a translation service.
        return json_response({"ok": True, "note": why.value})
    spoken = await host.speaking.words(case.id, text, from_slack=False)
    told = {name: getattr(spoken, name) for name in ("text", "language", "back", "notice")}
    engine = spoken.engine or None
    return json_response({"ok": True, "note": None, **told, "engine": engine})
