"""WeChat, for an Official Account (公众号), through its message push and its web API.

Sources: developers.weixin.qq.com/doc/service/guide/product/message/ (push, five seconds, passive
answers), .../doc/service/api/customer/message/ (sending, typing, what may be sent when),
mp.weixin.qq.com/wiki?t=resource/res_main&id=mp1434696670 (encryption).
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import text as text_response

from bot.channels import wechat_files
from bot.channels.base import Channel
from bot.channels.host import Host
from bot.channels.meta import same
from bot.channels.payload import Delivery, delivery_of
from bot.channels.wechat_api import WeChatApi
from bot.channels.wechat_crypto import Envelope, signature
from bot.channels.wechat_events import read_message
from bot.channels.wechat_passive import Passive
from bot.channels.wechat_render import LENGTH, passive, render
from bot.channels.wechat_xml import read_xml, write_xml
from bot.config import Settings
from bot.errors import BadSignature, ChannelBroken, Refused, SendFailed
from bot.limits import Limits, utf8_bytes
from bot.messages import Carried, Choice, Inbound, Outbound
from bot.store import Row
from bot.store.database import Database
from bot.windows import CLICK, MESSAGE, Allowance, Window

logger = logging.getLogger(__name__)

CHANNEL = "wechat"
# No page tells how long a menu's heading may be; 1,000 bytes leave room for its six entries when
# they travel as links. For 4.5 seconds an answer waits for the response to the webhook.
LIMITS = Limits(
    length=LENGTH,
    measure=utf8_bytes,
    choices=6,
    label=60,
    with_choices=1000,
    passive_seconds=4.5,
)
# The rule since June 2023; "click" is the menu, a subscription, a scanned code, a tapped choice.
WINDOW = Window(
    "WeChat's customer-service window",
    {MESSAGE: Allowance(48 * 3600.0, 5), CLICK: Allowance(60.0, 3)},
)
# Both tell WeChat to do nothing and not to ask again: nothing is to be said, or it comes later.
NOTHING, LATER = "success", ""
# An answer that comes sooner needs no typing sign, and would leave it standing behind it.
SIGN_AFTER = 1.0


class WeChat(Channel):
    """Answers within WeChat's five seconds where it can, and through the web API where not."""

    channel = CHANNEL
    limits = LIMITS
    window = WINDOW
    files = wechat_files.FILES

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        key, app_id = settings["WECHAT_AES_KEY"], settings["WECHAT_APP_ID"]
        self._envelope = Envelope(key, app_id) if key else None
        self._api = WeChatApi(settings)
        self._host: Host | None = None
        self._passive: Passive | None = None

    def handshake(self, delivery: Delivery) -> str:
        """Echoes WeChat's text to whoever knows our token."""
        self._check_query(delivery.query)
        return delivery.query.get("echostr", "")

    def verify(self, delivery: Delivery) -> None:
        """Checks the signature: of the address alone, or of the encrypted body.

        Old timestamps are not refused: no page of WeChat's asks for it, and a message that comes
        again changes nothing.
        """
        if self._envelope is not None:
            self._opened(self._envelope, delivery)
            return
        if delivery.query.get("encrypt_type") == "aes":
            logger.warning("WeChat encrypts its messages: set WECHAT_AES_KEY, or 明文模式 there")
            raise BadSignature("the message is encrypted and we have no key")
        self._check_query(delivery.query)

    def parse(self, delivery: Delivery) -> list[Inbound]:
        """Returns the one message of a delivery, or none for what is no visitor's act."""
        body = delivery.body
        if self._envelope is not None:
            body = self._opened(self._envelope, delivery)
        return read_message(read_xml(body))

    async def send(self, person_id: str, message: Outbound) -> str | None:
        """Sends one customer-service message; WeChat tells no id of it."""
        await self._api.send(render(person_id, message))
        return None

    async def fetch(self, reference: Mapping[str, Any], most: int) -> bytes:
        """Gets a picture, a recording or a video by its id."""
        return await self._api.files.fetch(reference, most)

    async def send_file(self, person_id: str, _: Outbound, file: Carried) -> str | None:
        """Uploads a file and sends it by its id; WeChat tells no id of the message."""
        kind, media = await self._api.files.upload(file)
        await self._api.send(wechat_files.message(person_id, kind, media))
        return None

    async def typing(self, person_id: str, platform_id: str) -> None:
        """Shows 对方正在输入 where the answer takes its time; only verified accounts may."""
        if self._passive is None or not await self._passive.is_over(platform_id, SIGN_AFTER):
            await self._api.typing(person_id)

    async def check(self) -> str:
        """Asks WeChat whether it takes our AppID and AppSecret, and this server's address."""
        try:
            await self._api.check()
        except SendFailed as failed:
            if not failed.broken:
                raise
            raise ChannelBroken(failed.reason, failed.next_step) from None
        mode = "in clear" if self._envelope is None else "encrypted"
        return f"the account {self.settings['WECHAT_APP_ID']}, messages {mode}"

    def share(self, database: Database) -> None:
        """Keeps the access token where all processes find it: a second one ends the first."""
        self._api.token.database = database

    async def started(self, host: Host) -> None:
        """Begins to answer in the response."""
        self._host = host
        self._passive = Passive(CHANNEL, host.database, host.wake)

    def wake(self) -> None:
        """Looks whether an answer lies in the log."""
        if self._passive is not None:
            self._passive.wake()

    async def close(self) -> None:
        """Lets waiting requests go and closes the connections."""
        if self._passive is not None:
            await self._passive.close()
        await self._api.close()

    async def _post(self, request: Request) -> HTTPResponse:
        delivery = delivery_of(request)
        try:
            self.verify(delivery)
            events = self.parse(delivery)
        except Refused as refusal:
            return self.refuse(refusal)
        taken = await self.commit(request, events)
        if taken.status != 200:
            return taken
        return await self._answer(request, events[0]) if events else text_response(NOTHING)

    async def _answer(self, request: Request, message: Inbound) -> HTTPResponse:
        """Returns the answer to a message that lies in the log, if it comes soon enough."""
        if self._passive is None or self._host is None or not self._host.has_model:
            return text_response(LATER)
        row = await self._passive.answer(message.platform_id, lambda: _is_connected(request))
        if row is None:
            return text_response(LATER)
        body = self._sealed(_written(message, row))
        return text_response(body, content_type="text/xml; charset=utf-8")

    def _check_query(self, query: Mapping[str, str]) -> None:
        parts = (self.settings["WECHAT_TOKEN"], query.get("timestamp", ""), query.get("nonce", ""))
        if not same(query.get("signature", ""), signature(*parts)):
            raise BadSignature("the signature does not match our token")

    def _opened(self, envelope: Envelope, delivery: Delivery) -> bytes:
        """Returns the message in an encrypted body; what stands beside it in clear is not read."""
        query = delivery.query
        given = query.get("msg_signature", "")
        if not given:
            raise BadSignature("the message is not encrypted: WECHAT_AES_KEY asks for 安全模式")
        sealed = read_xml(delivery.body).get("Encrypt", "")
        times = (query.get("timestamp", ""), query.get("nonce", ""))
        if not same(given, signature(self.settings["WECHAT_TOKEN"], *times, sealed)):
            raise BadSignature("the signature does not match the encrypted message")
        return envelope.open(sealed)

    def _sealed(self, body: str) -> str:
        """Returns an answer as it travels: encrypted, and signed anew, where messages are."""
        if self._envelope is None:
            return body
        sealed, nonce = self._envelope.seal(body.encode()), secrets.token_hex(8)
        at = int(time.time())
        signed = signature(self.settings["WECHAT_TOKEN"], str(at), nonce, sealed)
        return write_xml(
            {"Encrypt": sealed, "MsgSignature": signed, "TimeStamp": at, "Nonce": nonce}
        )


def _written(message: Inbound, row: Row[Any]) -> str:
    choices = tuple(Choice(each["id"], each["label"]) for each in row.payload.get("choices", ()))
    return passive(message.place["account"], message.person_id, row.text, choices)


def _is_connected(request: Request) -> bool:
    # Sanic's type lacks what every transport of asyncio has.
    transport: Any = request.transport
    return transport is not None and not transport.is_closing()
