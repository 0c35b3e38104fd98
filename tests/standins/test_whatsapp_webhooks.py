"""The WhatsApp webhook builders, judged by pywa, by Meta's schema and by Meta's payloads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import httpx
import jsonschema
import pytest
from pywa import WhatsApp
from pywa import types as seen
from pywa.utils import webhook_updates_validator

from . import whatsapp_webhooks as build
from .base import Reply
from .messenger import encode, handshake, post_webhook, sign
from .receiver import Receiver
from .reference import FIXTURES, load, reference
from .wire import JsonDict

MEI, MOVED = "447700900123", "447700900199"
HIDDEN = "US.13491208655302741918"
TABLE = ["Is it open?", "几点关门？", "我想book两张ticket 🎟"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as standin:
        yield standin


@pytest.fixture
def pywa() -> Iterator[WhatsApp]:
    with httpx.Client() as session:
        yield WhatsApp(phone_id=build.NUMBER_ID, token="T", session=session)


def vector() -> JsonDict:
    found: JsonDict = load(reference("whatsapp", "vectors", "meta_signed_webhook_vector.json"))
    return found


def test_sign_agrees_with_what_meta_signed() -> None:
    known = vector()
    raw = known["body"].encode()
    assert sign(raw, known["app_secret"]) == known["x_hub_signature_256"]
    assert sign(raw + b" ", known["app_secret"]) != known["x_hub_signature_256"]


@pytest.mark.parametrize("words", TABLE)
def test_what_travels_is_signed_as_it_travels(receiver: Receiver, words: str) -> None:
    body = build.webhook(build.text(MEI, words))
    assert post_webhook(f"{receiver.url}/hook", body, "secret").status == 200
    got = receiver.exchanges[0]
    signature = got.headers["x-hub-signature-256"]
    assert got.raw.isascii()
    assert webhook_updates_validator("secret", got.raw, signature)
    assert not webhook_updates_validator("other", got.raw, signature)
    [message] = json.loads(got.raw)["entry"][0]["changes"][0]["value"]["messages"]
    assert message["text"]["body"] == words


def test_the_handshake_asks_as_meta_does(receiver: Receiver) -> None:
    receiver.reply = Reply(200, "1158201444")
    assert tuple(handshake(f"{receiver.url}/hook", "vt")) == (200, "1158201444")


def test_batches_split_into_entries_and_keep_order() -> None:
    values = [build.value([build.text(MEI, f"第{n}")]) for n in range(5)]
    body = build.batch(*values, per_entry=2)
    assert [len(entry["changes"]) for entry in body["entry"]] == [2, 2, 1]
    flat = [change["value"] for entry in body["entry"] for change in entry["changes"]]
    assert flat == values


def test_every_message_has_its_own_id_and_every_person_theirs() -> None:
    ids = {build.text(MEI, "x")["id"] for _ in range(100)}
    assert len(ids) == 100
    assert build.text(MEI, "x", mid="wamid.1")["id"] == "wamid.1"
    assert build.scoped_id(MEI) == build.scoped_id(MEI) != build.scoped_id(MOVED)


# -- pywa reads what we build -----------------------------------------------------------------

LISTENERS = (
    "message edited_message deleted_message callback_button callback_selection "
    "phone_number_change message_status"
).split()


def read_by(pywa: WhatsApp, body: JsonDict) -> Any:
    """Lets pywa's own dispatcher handle a body; returns the one thing that it heard."""
    heard: list[Any] = []
    for name in LISTENERS:
        getattr(pywa, f"on_{name}")()(lambda _, update: heard.append(update))
    assert pywa.webhook_update_handler(encode(body)) == ("ok", 200)
    [update] = heard
    return update


KINDS: dict[str, tuple[JsonDict, str, dict[str, Any]]] = {
    "text": (build.text(MEI, "几点 open?"), "Message", {"text": "几点 open?"}),
    "image": (build.media(MEI, "image", caption="图 pic"), "Message", {"caption": "图 pic"}),
    "audio": (build.media(MEI, "audio"), "Message", {"audio.voice": False, "voice": None}),
    "voice": (build.media(MEI, "voice"), "Message", {"voice.id": "1003383421387256"}),
    "video": (build.media(MEI, "video"), "Message", {"video.mime_type": "video/mp4"}),
    "file": (build.media(MEI, "file"), "Message", {"document.filename": "信 letter.pdf"}),
    "sticker": (build.media(MEI, "sticker"), "Message", {"sticker.mime_type": "image/webp"}),
    "location": (build.location(MEI), "Message", {"location.name": "Great Court"}),
    "cards": (build.cards(MEI), "Message", {"type.value": "contacts"}),
    "reaction": (build.reaction(MEI, "wamid.9"), "Message", {"reaction.emoji": "👍"}),
    "taken back": (build.reaction(MEI, "wamid.9", None), "Message", {"reaction.emoji": None}),
    "order": (build.order(MEI), "Message", {"order.catalog_id": "194800000000001"}),
    "unsupported": (build.unsupported(MEI), "Message", {"unsupported.type": "poll"}),
    "button": (
        build.button(MEI, "好 yes", "YES"), "CallbackButton", {"title": "好 yes", "data": "YES"},
    ),
    "button reply": (
        build.button_reply(MEI, "时间", "c1"), "CallbackButton", {"title": "时间", "data": "c1"},
    ),
    "list reply": (
        build.list_reply(MEI, "停车 car", "c2"), "CallbackSelection",
        {"title": "停车 car", "data": "c2"},
    ),
    "edit": (
        build.edit(MEI, "wamid.5", "周一 Mon?"), "EditedMessage",
        {"original_message_id": "wamid.5", "message.text": "周一 Mon?"},
    ),
    "revoke": (
        build.revoke(MEI, "wamid.5"), "DeletedMessage", {"original_message_id": "wamid.5"},
    ),
    "moved": (
        build.changed_number(MEI, MOVED), "PhoneNumberChange",
        {"old_wa_id": MEI, "new_wa_id": MOVED},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_pywa_reads_each_kind(pywa: WhatsApp, name: str) -> None:
    message, kind, found = KINDS[name]
    update = read_by(pywa, build.webhook(message))
    assert isinstance(update, getattr(seen, kind))
    assert update.id == message["id"]
    assert {path: attrgetter(path)(update) for path in found} == found


def test_pywa_reads_people_with_and_without_a_number(pywa: WhatsApp) -> None:
    known = read_by(pywa, build.webhook(build.text(MEI, "hi 你好")))
    assert (known.from_user.wa_id, known.from_user.bsuid) == (MEI, build.scoped_id(MEI))
    hidden = build.webhook(build.text(None, "hi", user_id=HIDDEN))
    with httpx.Client() as session:
        other = WhatsApp(phone_id=build.NUMBER_ID, token="T", session=session)
        found = read_by(other, hidden)
    assert (found.from_user.wa_id, found.from_user.bsuid) == (None, HIDDEN)


@pytest.mark.parametrize("told", ["sent", "delivered", "read", "played"])
def test_pywa_reads_receipts(pywa: WhatsApp, told: str) -> None:
    update = read_by(pywa, build.receipts(build.status("wamid.7", told, MEI)))
    assert (update.id, update.status.value, update.error) == ("wamid.7", told, None)


def test_pywa_reads_failures(pywa: WhatsApp) -> None:
    update = read_by(pywa, build.receipts(build.status("wamid.7", "failed", MEI, 131047)))
    assert (update.status.value, update.error.code) == ("failed", 131047)
    assert type(update.error).__name__ == "ReEngagementMessage"


# -- Meta's schema and payloads ---------------------------------------------------------------

EVERY = [
    *(message for message, *_ in KINDS.values()),
    build.changed_user_id("US.1", "US.2"),
    build.text(None, "hi", user_id=HIDDEN),
]


def payloads() -> Any:
    """Returns what checks a webhook against Meta's schema."""
    schema = load(reference("whatsapp", "meta_whatsapp_repaired.schema.json"))
    return jsonschema.Draft7Validator(
        schema["components"]["schemas"]["WebhookPayload"],
        resolver=jsonschema.RefResolver("", schema),
    )


def test_all_we_build_is_in_metas_schema() -> None:
    validator = payloads()
    bodies = [build.webhook(message) for message in EVERY]
    bodies.append(build.receipts(build.status("wamid.7", "failed", MEI, 131047)))
    # The schema knows neither edits nor what was taken back; it lets unknown kinds pass.
    assert [list(validator.iter_errors(body)) for body in bodies] == [[]] * len(bodies)
    assert list(validator.iter_errors({"object": "page", "entry": [{}]}))


# Other fields of the webhook, which Meta's schema does not know, and what is wrong on purpose.
NOT_IN_SCHEMA = """
    account_errors echo_of_business_app group_event history missing_id status_of_tomorrow
    template_status text_without_contacts wrong_types
""".split()


def test_our_fixtures_are_in_metas_schema() -> None:
    validator = payloads()
    paths = sorted((FIXTURES / "whatsapp").glob("*.json"))
    odd = {path.stem for path in paths if list(validator.iter_errors(load(path)))}
    assert odd == set(NOT_IN_SCHEMA)
    assert len(paths) == 71


def shape(value: Any) -> Any:
    """Return the keys of a payload, without what only newer webhooks have."""
    newer = {"user_id", "from_user_id", "voice", "unsupported"}
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items() if key not in newer}
    return [shape(part) for part in value] if isinstance(value, list) else None


ALIKE: list[tuple[str, JsonDict]] = [
    ("Text_Message", build.text(MEI, "hello")),
    ("Image_Message", build.media(MEI, "image", caption="x")),
    ("Reaction_Message", build.reaction(MEI, "wamid.1")),
    ("Button_Message", build.button(MEI, "Yes", "YES")),
    ("Interactive_Button_Reply_Message", build.button_reply(MEI, "Yes", "yes")),
    ("Unsupported_Message", build.unsupported(MEI)),
    ("System_Message", build.changed_number(MEI, MOVED)),
]


@pytest.mark.parametrize(("name", "ours"), ALIKE, ids=[each[0] for each in ALIKE])
def test_our_messages_have_metas_shape(name: str, ours: JsonDict) -> None:
    folder = reference("whatsapp", "fixtures", "meta-openapi", "webhook")
    assert shape(build.webhook(ours)) == shape(load(folder / f"{name}.json"))
