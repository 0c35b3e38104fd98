"""Fetches a visitor's or a colleague's file from where its platform says that it lies.

A webhook may name any address, and a platform's own page may lead elsewhere: only the platform's
hosts are asked, over https, at each step anew. So nobody makes Docent call the machines around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from bot.channels.http import Bytes, Http
from bot.desk.file_kinds import in_mb
from bot.errors import SendFailed

REDIRECTS = 3
_REDIRECTED = frozenset({301, 302, 303, 307, 308})
_SEND_AGAIN = "Ask for it to be sent again, or in another way."


class TooLarge(SendFailed):
    """The file is larger than we take."""

    def __init__(self, most: int) -> None:
        step = "Ask for a smaller one, or for a link."
        super().__init__(f"the file is larger than {in_mb(most)}", retryable=False, next_step=step)


@dataclass(frozen=True)
class Source:
    """Where a platform's files lie.

    Args:
        platform: Its name, for the words of failures.
        hosts: Host names; their subdomains count too.
        api: The configured address of its API, which may be a server of one's own.
        headers: What proves who we are; sent to these hosts alone.
    """

    platform: str
    hosts: tuple[str, ...]
    api: str
    headers: Mapping[str, str] | None = None

    def allows(self, url: str) -> bool:
        """Tells whether an address is one of the platform's."""
        try:
            parts, api = urlsplit(url), urlsplit(self.api)
            if _origin(parts) == _origin(api):
                return True
            is_plain = parts.port in (None, 443) and parts.username is None
        except ValueError:
            return False
        host = (parts.hostname or "").rstrip(".")
        known = any(host == name or host.endswith(f".{name}") for name in self.hosts)
        return parts.scheme == "https" and is_plain and known


async def download(http: Http, source: Source, url: str, most: int) -> bytes:
    """Returns the bytes at an address of a platform; raises SendFailed."""
    for _ in range(REDIRECTS + 1):
        if not source.allows(url):
            raise SendFailed(
                f"the file does not lie with {source.platform}",
                retryable=False,
                next_step=_SEND_AGAIN,
            )
        got = await http.get(url, most, headers=dict(source.headers or {}))
        if got.status not in _REDIRECTED:
            return _bytes_of(got, source.platform, most)
        url = urljoin(url, got.again)
    raise SendFailed(f"{source.platform} leads in circles", retryable=True)


def _bytes_of(got: Bytes, platform: str, most: int) -> bytes:
    if got.status in (429,) or got.status >= 500:
        reason = f"{platform} answered {got.status} for the file"
        raise SendFailed(reason, retryable=True, retry_after=got.retry_after)
    if got.status != 200:
        reason = f"{platform} does not give the file any more ({got.status})"
        raise SendFailed(reason, retryable=False, next_step=_SEND_AGAIN)
    if not got.whole:
        raise TooLarge(most)
    if got.kind == "text/html":
        # A page to sign in at, or one that says that the file is gone.
        reason = f"{platform} gave a web page in the place of the file"
        raise SendFailed(reason, retryable=False, next_step=_SEND_AGAIN)
    return got.data


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port
