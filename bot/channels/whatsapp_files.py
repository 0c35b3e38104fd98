"""Files on WhatsApp: fetched by their id, uploaded and then sent by the id that Meta gives.

Sources: developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/
media (kinds and sizes; an address lives five minutes and wants the token; upload),
.../whatsapp/messages/document-messages (filename).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.channels.payload import clean, number, part
from bot.desk.file_kinds import DOCX, JPEG, MB, PDF, PNG, PPTX, TEXT, XLSX, FileLimits
from bot.errors import SendFailed
from bot.messages import Carried

# Meta takes documents of up to 100 MB; more than 25 MB Docent does not carry anywhere.
FILES = FileLimits(
    "WhatsApp",
    {
        **dict.fromkeys((JPEG.mime, PNG.mime), 5 * MB),
        **dict.fromkeys(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4"), 16 * MB),
        **dict.fromkeys(("audio/ogg", "video/mp4", "video/3gpp"), 16 * MB),
        **dict.fromkeys((k.mime for k in (PDF, DOCX, XLSX, PPTX, TEXT)), 25 * MB),
    },
    "JPEG and PNG pictures up to 5 MB, recordings and videos up to 16 MB, documents up to 25 MB",
)
# Where Meta lets media lie; lookaside.fbsbx.com as a rule.
HOSTS = ("fbsbx.com", "fbcdn.net", "whatsapp.net")


def upload(file: Carried) -> aiohttp.FormData:
    """Returns the form of an upload."""
    # quote_fields=False: a Chinese name would travel as percent signs.
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("messaging_product", "whatsapp")
    form.add_field("type", file.mime)
    form.add_field("file", file.data, filename=file.name, content_type=file.mime)
    return form


def content(file: Carried, media_id: str) -> dict[str, Any]:
    """Returns type and content of the message that carries an uploaded file."""
    group = file.mime.partition("/")[0]
    kind = group if group in ("image", "audio", "video") else "document"
    named = {"filename": file.name} if kind == "document" else {}
    return {"type": kind, kind: {"id": media_id, **named}}


def check_there(answer: Mapping[str, Any]) -> None:
    """Raises SendFailed where Meta does not know a file any more.

    Ids in webhooks live for seven days; what is not there is error 100 with 33 below it.
    """
    error = part(answer, "error")
    if error.get("code") == 100 and error.get("error_subcode") == 33:
        step = "Ask the visitor to send it again."
        raise SendFailed("Meta has the file no more", retryable=False, next_step=step)


def address_of(about: Mapping[str, Any], most: int) -> str:
    """Returns where Meta says that a file lies; raises SendFailed for one that is too large."""
    size = number(about.get("file_size"))
    if size is not None and size > most:
        step = "Ask for a smaller one, or for a link."
        raise SendFailed("the file is larger than we take", retryable=False, next_step=step)
    return clean(about.get("url"))
