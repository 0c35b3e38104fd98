"""What a token may do: each method's scope, and the header in which Slack tells a token's own.

docs.slack.dev/reference/methods names the scopes of each method; the answer of every method that
succeeds carries X-OAuth-Scopes.
"""

from __future__ import annotations

from collections.abc import Mapping

from .slack_store import SlackRefusal
from .wire import JsonDict

NEEDED = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "users.info": "users:read",
    "conversations.info": "channels:read",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
}
USUAL = frozenset(
    {
        *NEEDED.values(),
        "app_mentions:read",
        "commands",
        "files:read",
        "groups:history",
        "groups:read",
        "im:history",
        "reactions:read",
    }
)


def token_of(headers: Mapping[str, str], arguments: JsonDict) -> str:
    """Return the token of a call, from its header or from its arguments."""
    header = headers.get("authorization", "")
    bearer = header[7:] if header.lower().startswith("bearer ") else ""
    token = str(bearer or arguments.get("token") or "")
    if not token:
        raise SlackRefusal("not_authed")
    return token


def check_scope(method: str, scopes: frozenset[str]) -> None:
    """Refuse a call whose scope the token was not given."""
    needed = NEEDED.get(method)
    if needed is not None and needed not in scopes:
        provided = ",".join(sorted(scopes))
        raise SlackRefusal("missing_scope", needed=needed, provided=provided)


def header_of(scopes: frozenset[str]) -> dict[str, str]:
    """Return the header that tells a token's scopes."""
    return {"x-oauth-scopes": ",".join(sorted(scopes))}
