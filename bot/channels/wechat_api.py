"""WeChat's web API for one account: every call with the shared token, every answer with a code.

Source: developers.weixin.qq.com/doc/service/api/ (customer messages, callback addresses).
"""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from bot.channels.http import Answer, Http
from bot.channels.wechat_errors import STALE, code_of, failure
from bot.channels.wechat_files import WeChatFiles
from bot.channels.wechat_token import AccessToken
from bot.config import Settings

TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
JSON = {"Content-Type": "application/json; charset=utf-8"}
# Already shown; or nothing passed between us and the visitor for 30 seconds: nothing to mend.
NO_SIGN_NEEDED = frozenset({45080, 45081})


class WeChatApi:
    """Makes calls; the token travels in the address, which no words of ours ever hold.

    Args:
        settings: AppID, AppSecret and WeChat's address.
    """

    def __init__(self, settings: Settings) -> None:
        self._url = settings["WECHAT_API_URL"].rstrip("/")
        self._http = Http("WeChat", TIMEOUT)
        app_id, secret = settings["WECHAT_APP_ID"], settings["WECHAT_APP_SECRET"]
        self.token = AccessToken(app_id, secret, self._url, self._http)
        self.files = WeChatFiles(self._http, self._url, self.token)

    async def send(self, body: dict[str, Any]) -> None:
        """Sends one customer-service message; raises SendFailed."""
        answer = await self._call("POST", "/cgi-bin/message/custom/send", body)
        if code_of(answer) != 0:
            raise failure(answer)

    async def typing(self, person_id: str) -> None:
        """Shows that somebody is typing, for 15 seconds or until a message; raises SendFailed."""
        body = {"touser": person_id, "command": "Typing"}
        answer = await self._call("POST", "/cgi-bin/message/custom/typing", body)
        if (code_of(answer) or 0) not in (0, *NO_SIGN_NEEDED):
            raise failure(answer)

    async def check(self) -> None:
        """Asks something that costs nothing, to see whether the token is still good.

        Raises:
            SendFailed: WeChat gives no token, takes it no more, or cannot be asked now.
        """
        answer = await self._call("GET", "/cgi-bin/getcallbackip")
        refusal = failure(answer)
        was_refused = bool(code_of(answer)) or answer.status != 200
        # That this account may not ask is no answer to whether it may write.
        if was_refused and (refusal.broken or refusal.retryable):
            raise refusal

    async def close(self) -> None:
        """Closes the connections."""
        await self.token.close()
        await self._http.close()

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        token = await self.token.get()
        answer = await self._with(token, method, path, body)
        if code_of(answer) not in STALE:
            return answer
        # It ended early: somebody fetched another one, or the AppSecret was changed.
        await self.token.forget(token)
        return await self._with(await self.token.get(), method, path, body)

    async def _with(
        self, token: str, method: str, path: str, body: dict[str, Any] | None
    ) -> Answer:
        url, query = f"{self._url}{path}", {"access_token": token}
        if body is None:
            return await self._http.call(method, url, params=query)
        # Visitors would read \u escapes as they stand: WeChat does not undo them.
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        return await self._http.call(method, url, params=query, data=data, headers=JSON)
