"""Who calls: from which address, through which proxy, and from whose page.

X-Forwarded-For is a word of the caller's: it is believed only where a proxy of ours wrote it, one
on this machine or one that TRUSTED_PROXIES names. The last address that no such proxy has counts,
as each proxy adds the one before it at the end.

Sources: developer.mozilla.org/docs/Web/HTTP/Headers/X-Forwarded-For#selecting_an_ip_address;
www.w3.org/TR/fetch-metadata (Sec-Fetch-Site, which no script can set).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache

from sanic.request import Request

from bot.config import Settings
from bot.errors import SettingError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# What a proxy adds; a caller on this machine itself sends none of them.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "x-forwarded-host")
# Whoever has one address of IPv6 has 2^64.
IPV6_PREFIX = 64


def caller(request: Request, settings: Settings) -> str:
    """Returns the address of whoever calls, for counting; of IPv6 its network."""
    found = _address(request.ip)
    known = proxies(settings["TRUSTED_PROXIES"])
    told = ",".join(request.headers.getall("x-forwarded-for", []))
    for each in reversed(told.split(",") if told else []):
        if found is None or not _is_proxy(found, known) or (next_one := _address(each)) is None:
            break
        found = next_one
    if found is None:
        return "unknown"
    return str(found if found.version == 4 else _network(found))


def is_machine_itself(request: Request, settings: Settings) -> bool:
    """Tells whether a program on this machine calls, and certainly nobody behind a proxy.

    Some proxies add no header of their own; whoever has one has told PUBLIC_URL.
    """
    if settings["PUBLIC_URL"] or any(name in request.headers for name in FORWARDED):
        return False
    found = _address(request.ip)
    return found is not None and found.is_loopback


def is_foreign(headers: Mapping[str, str], own: str) -> bool:
    """Tells whether a page of another site asked a browser for this.

    Args:
        headers: The request's.
        own: Our host as the caller's browser sees it.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return bool(origin) and (origin or "").partition("://")[2] != own


@lru_cache(maxsize=4)
def proxies(named: str) -> tuple[Network, ...]:
    """Reads TRUSTED_PROXIES; raises SettingError."""
    try:
        return tuple(ipaddress.ip_network(each, strict=False) for each in named.split())
    except ValueError:
        words = "Write addresses or networks, such as 10.0.0.0/8, a space between two."
        raise SettingError(f"TRUSTED_PROXIES does not look right. {words}") from None


def _is_proxy(address: Address, known: tuple[Network, ...]) -> bool:
    return address.is_loopback or any(address in network for network in known)


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    mapped = found.ipv4_mapped if found.version == 6 else None
    return mapped or found


def _network(address: Address) -> Network:
    return ipaddress.ip_network((address, IPV6_PREFIX), strict=False)
