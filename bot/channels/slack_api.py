"""Slack's Web API as Docent calls it: one attempt a call, and every failure as SendFailed.

Error words: https://docs.slack.dev/reference/methods/chat.postMessage#errors. HTTP is 200 with
`ok: false`, except 429 (with Retry-After) and Slack's own trouble (5xx).
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import stages
from bot.errors import SendFailed

TIMEOUT_SECONDS = 10
ANSWER_SECONDS = 3
# Staff have to mend it first; asking more often than this helps nobody.
MENDABLE_SECONDS = 60.0

PASSING = frozenset(
    {
        "fatal_error",
        "internal_error",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
# What staff can do about a refusal that will last until they do it.
MENDABLE = {
    "access_denied": "Ask a workspace admin to allow the app.",
    "account_inactive": "Install the Slack app again and renew SLACK_BOT_TOKEN.",
    "channel_not_found": "Set SLACK_DESK_CHANNEL to the channel's id and invite the app to it.",
    "ekm_access_denied": "Ask a workspace admin to allow the app.",
    "invalid_auth": "Renew SLACK_BOT_TOKEN.",
    "is_archived": "Unarchive the desk channel, or set SLACK_DESK_CHANNEL to another.",
    "missing_scope": "Install the Slack app again with docs/slack_app_manifest.yml.",
    "no_permission": "Install the Slack app again with docs/slack_app_manifest.yml.",
    "not_allowed_token_type": "Set SLACK_BOT_TOKEN to the bot token (xoxb-...).",
    "not_authed": "Set SLACK_BOT_TOKEN.",
    "not_in_channel": "Invite the app to the desk channel.",
    "org_login_required": "Ask a workspace admin to finish the move to the organisation.",
    "restricted_action": "Ask a workspace admin to let the app post in the desk channel.",
    "restricted_action_read_only_channel": "Let the app post in the desk channel.",
    "restricted_action_thread_only_channel": "Let the app post in the desk channel.",
    "team_access_not_granted": "Ask an organisation admin to grant the app this workspace.",
    "token_expired": "Renew SLACK_BOT_TOKEN.",
    "token_revoked": "Install the Slack app again and renew SLACK_BOT_TOKEN.",
}
# Of those, what no call of the app gets past: the token, the installation, or an admin's word.
BROKEN = frozenset(
    {
        "access_denied",
        "account_inactive",
        "ekm_access_denied",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)

# slack_sdk writes whole requests to its log at DEBUG, visitors' words among them.
_logger = logging.getLogger("docent.slack_sdk")
_logger.setLevel(logging.ERROR)


class SlackRefused(SendFailed):
    """Slack answered and said no; `code` is its word for why."""

    code = ""


class SlackApi:
    """Calls Slack with the bot's token.

    Args:
        token: The bot token.
        base_url: Slack's Web API, or a stand-in's.
        timeout: Seconds to wait for an answer.
    """

    def __init__(self, token: str, base_url: str, timeout: int = TIMEOUT_SECONDS) -> None:
        # retry_handlers=[]: the SDK's own would post a message twice after a broken connection.
        self.client = AsyncWebClient(
            token, base_url, timeout=timeout, retry_handlers=[], logger=_logger
        )
        self._is_local = urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1")
        if self._is_local:
            self.client.proxy = None
        self._quiet_until: dict[str, float] = {}

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Calls a method that writes; returns Slack's answer.

        Raises:
            SlackRefused: Slack said no; `retryable` and `retry_after` say what to do.
            SendFailed: Slack was not reached, or did not answer.
        """
        return _data(await self._call(method, "POST", json=arguments))

    async def read(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Calls a method that reads; as `call`."""
        return _data(await self._call(method, "GET", params=arguments))

    async def whose_token(self) -> tuple[dict[str, Any], frozenset[str]]:
        """Returns what auth.test says, and the token's scopes; none where Slack does not tell.

        The scopes stand in a header: https://docs.slack.dev/authentication/installing-with-oauth.
        Raises SendFailed.
        """
        answer = await self._call("auth.test", "POST", json={})
        scopes = str(answer.headers.get("x-oauth-scopes") or "").split(",")
        return _data(answer), frozenset(scope.strip() for scope in scopes if scope.strip())

    async def respond(self, response_url: str, text: str) -> None:
        """Puts words in the place of an ephemeral message; raises SendFailed.

        https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
        """
        await self._send(response_url, text=text, replace_original=True)

    async def whisper(self, response_url: str, text: str, thread_ts: str = "") -> None:
        """Says words to whoever pressed or commanded, and leaves what they saw; raises SendFailed.

        A response_url answers in the thread only where it is told to
        (docs.slack.dev/interactivity/handling-user-interaction#publishing_ephemeral_response).
        """
        thread = {"thread_ts": thread_ts} if thread_ts else {}
        kind = {"response_type": "ephemeral", "replace_original": False}
        await self._send(response_url, body={"text": text, **kind, **thread})

    async def show(
        self, response_url: str, text: str, blocks: list[dict[str, Any]], *, replace: bool = False
    ) -> None:
        """Shows blocks to whoever pressed or commanded, below or in place; raises SendFailed.

        An address lasts thirty minutes and takes five answers
        (docs.slack.dev/interactivity/handling-user-interaction#message_responses).
        """
        kind = {"response_type": "ephemeral", "replace_original": replace}
        await self._send(response_url, body={"text": text, "blocks": blocks, **kind})

    async def _send(
        self, response_url: str, body: dict[str, Any] | None = None, **words: Any
    ) -> None:
        client = AsyncWebhookClient(
            response_url, timeout=ANSWER_SECONDS, retry_handlers=[], logger=_logger
        )
        if self._is_local:
            client.proxy = None
        try:
            answer = await (client.send_dict(body) if body else client.send(**words))
        except (aiohttp.ClientError, asyncio.TimeoutError, SlackClientError) as error:
            raise SendFailed(type(error).__name__, retryable=False) from None
        if answer.status_code != 200:
            raise SendFailed(f"HTTP {answer.status_code}", retryable=False)

    async def _call(self, method: str, verb: str, **how: Any) -> AsyncSlackResponse:
        wait = self._quiet_until.get(method, 0.0) - time.monotonic()
        if wait > 0:
            raise SendFailed("Slack asked us to slow down", retryable=True, retry_after=wait)
        try:
            with stages.slack_call(method, SlackApiError):
                return await self.client.api_call(method, http_verb=verb, **how)
        except SlackApiError as error:
            raise self._refusal(method, error) from None
        except Exception as error:
            # The error's own words may hold what was posted: only its kind leaves this room.
            raise _unreached(error) from None

    def _refusal(self, method: str, error: SlackApiError) -> SendFailed:
        response: Any = error.response
        status = getattr(response, "status_code", None) or getattr(response, "status", 0)
        data = getattr(response, "data", None)
        code = str(data.get("error") or "") if isinstance(data, dict) else ""
        if status == 429 or code in ("ratelimited", "rate_limited"):
            wait = _seconds(response.headers.get("Retry-After"))
            self._quiet_until[method] = time.monotonic() + wait
            return _refused(code or "ratelimited", "Slack asked us to slow down", wait)
        if not code:
            return SendFailed(
                f"Slack answered HTTP {status}", retryable=True, maybe_delivered=True
            )
        return refusal(code)


def refusal(code: str) -> SlackRefused:
    """Returns the failure that one of Slack's error words means."""
    reason = f"Slack refused: {code}"
    if code in PASSING:
        # Slack may have taken a post before it failed inside.
        return _refused(code, reason, None, maybe_delivered=True)
    if code in MENDABLE:
        return _refused(code, reason, MENDABLE_SECONDS, next_step=MENDABLE[code])
    return _refused(code, reason, None, retryable=False, next_step="Please report this.")


def _refused(
    code: str,
    reason: str,
    retry_after: float | None,
    *,
    retryable: bool = True,
    next_step: str = "",
    maybe_delivered: bool = False,
) -> SlackRefused:
    made = SlackRefused(
        reason,
        retryable=retryable,
        retry_after=retry_after,
        next_step=next_step,
        maybe_delivered=maybe_delivered,
        broken=code in BROKEN,
    )
    made.code = code
    return made


def _data(answer: AsyncSlackResponse) -> dict[str, Any]:
    return answer.data if isinstance(answer.data, dict) else {}


def _unreached(error: Exception) -> SendFailed:
    if isinstance(error, aiohttp.ClientConnectorError):
        return SendFailed("Slack cannot be reached", retryable=True)
    if isinstance(error, asyncio.TimeoutError):
        return SendFailed("Slack did not answer in time", retryable=True, maybe_delivered=True)
    reason = f"the connection to Slack broke ({type(error).__name__})"
    return SendFailed(reason, retryable=True, maybe_delivered=True)


def _seconds(retry_after: object) -> float:
    try:
        return max(1.0, float(str(retry_after)))
    except ValueError:
        return 1.0
