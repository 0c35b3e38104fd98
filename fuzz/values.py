"""Values that no platform sends and that a parser may meet all the same."""

from __future__ import annotations

from random import Random
from typing import Any

MEGABYTE = 1_000_000
# Texts: NUL, half a surrogate pair, words that run backwards, what looks like something else.
TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud83d",
    "\udc00 之后",
    "\u202e倒着写\u202c",
    "\u2066\u2067\u2068",
    "\ufeff\u200b\u200d",
    "\ufffe\uffff",
    "\x1b[31m\x07",
    "\r\nX-Injected: 1",
    "/speak_to_human{}",
    "/restart",
    "<@U0ADA> <!channel> &lt;",
    "${jndi:ldap://x}{{7*7}}{title}{%s}%s%n",
    "]]><x/>&amp;&#0;",
    "' OR 1=1; --",
    "../../etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "-1",
    "1e400",
    "NaN",
    "\u0663\u0664",
    "９" * 30,
    "0" * 300,
    "9" * 5000,
    "é" * 201,
    "馆" * 5000,
    "e\u0301" * 2000,
    "\U0001f468\u200d" * 500,
    "1767265200.000100",
    "你们周日开门吗，有票吗",
    "can i take photos",
)
NUMBERS = (
    *(0, -1, 1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 2**64, 10**30, 10**400),
    *(0.5, -0.0, 1e308, 1e-320, float("inf"), float("-inf"), float("nan")),
)


def any_value(random: Random) -> Any:
    """Returns something that is probably of the wrong type, or too much of the right one."""
    kind = random.randrange(12)
    if kind < 4:
        return random.choice(TEXTS)
    if kind < 6:
        return random.choice(NUMBERS)
    if kind == 6:
        return random.choice((None, True, False))
    if kind == 7:
        return random.choice(([], {}, [[]], [{}], {"": ""}, {"id": {}}, [None, 1, "x"]))
    if kind == 8:
        return deep(random.choice((5, 50, 400)), random.random() < 0.5)
    if kind == 9:
        return [random.choice(TEXTS) for _ in range(random.choice((3, 200)))]
    if kind == 10:
        return random.choice("馆a\x00 ") * random.choice((300, 5000, MEGABYTE))
    return {random.choice(TEXTS): random.choice(NUMBERS) for _ in range(4)}


def wrong_types() -> tuple[Any, ...]:
    """Returns one value of each type, for every path of a body in turn."""
    return (None, True, 0, -1, 2**70, float("nan"), "", "x", "\x00\ud800", [], [[]], {}, {"id": 1})


def deep(levels: int, of_lists: bool) -> Any:
    """Returns a value nested so deep."""
    found: Any = "底"
    for _ in range(levels):
        found = [found] if of_lists else {"a": found}
    return found
