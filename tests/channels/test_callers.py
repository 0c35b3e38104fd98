"""Who calls: through which proxies, and from whose page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from multidict import CIMultiDict

from bot.channels.callers import caller, is_foreign, is_machine_itself
from bot.channels.shielding import shield
from bot.config import Settings
from bot.errors import SettingError

VISITOR, OTHER, PROXY = "203.0.113.5", "198.51.100.7", "10.0.0.9"


def asked(ip: str, *forwarded: str, **headers: str) -> Any:
    found = CIMultiDict([("X-Forwarded-For", each) for each in forwarded])
    found.extend(headers)
    return SimpleNamespace(ip=ip, headers=_Headers(found))


class _Headers(CIMultiDict[str]):
    def getall(self, key: str, default: Any = None) -> Any:
        return super().getall(key, default)


def settings(**values: str) -> Settings:
    return Settings(values)


@pytest.mark.parametrize(
    ("ip", "forwarded", "found"),
    [
        (VISITOR, [], VISITOR),
        # A stranger's word for where it comes from.
        (VISITOR, [OTHER], VISITOR),
        ("127.0.0.1", [VISITOR], VISITOR),
        ("::1", [VISITOR], VISITOR),
        # The visitor wrote the first part, our proxy the last.
        ("127.0.0.1", [f"{OTHER}, {VISITOR}"], VISITOR),
        ("127.0.0.1", [OTHER, VISITOR], VISITOR),
        ("127.0.0.1", [f"{VISITOR}, {PROXY}"], VISITOR),
        (PROXY, [VISITOR], VISITOR),
        ("127.0.0.1", ["nonsense"], "127.0.0.1"),
        ("127.0.0.1", [f"{VISITOR}, , x"], "127.0.0.1"),
        ("::ffff:203.0.113.5", [], VISITOR),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("", [VISITOR], "unknown"),
    ],
)
def test_only_our_own_proxies_are_believed(ip: str, forwarded: list[str], found: str) -> None:
    assert caller(asked(ip, *forwarded), settings(TRUSTED_PROXIES="10.0.0.0/8")) == found


def test_a_program_on_this_machine_is_told_from_a_proxy() -> None:
    assert is_machine_itself(asked("127.0.0.1"), settings())
    assert not is_machine_itself(asked("127.0.0.1", VISITOR), settings())
    assert not is_machine_itself(asked("127.0.0.1"), settings(PUBLIC_URL="https://a.example"))
    assert not is_machine_itself(asked(VISITOR), settings())


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"origin": "https://a.example"}, False),
        ({"origin": "https://evil.example"}, True),
        ({"origin": "null"}, True),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "https://a.example"}, True),
    ],
)
def test_a_page_of_another_site_is_known(headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign(headers, "a.example") is foreign


@pytest.mark.parametrize("named", ["10.0.0.0/99", "300.1.1.1", "1::2::3"])
def test_a_proxy_that_is_no_address_stops_the_start(named: str) -> None:
    with pytest.raises(SettingError, match="TRUSTED_PROXIES"):
        shield(settings(TRUSTED_PROXIES=named))
