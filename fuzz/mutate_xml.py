"""Breaks WeChat's XML: its values, its elements, its declarations; pure."""

from __future__ import annotations

import re
from random import Random

from fuzz.mutate import torn
from fuzz.values import any_value

_ELEMENT = re.compile(r"<(\w+)>(.*?)</\1>", re.S)
BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
TYPES = (
    f'<!DOCTYPE xml [<!ENTITY l0 "lol">{BOMB}]>',
    '<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd">',
    '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]>',
    '<!DOCTYPE xml [<!ATTLIST xml a CDATA "&#60;">]>',
    "<!DOCTYPE xml>",
)
HEADS = (
    '<?xml version="1.0" encoding="utf-16"?>',
    '<?xml version="1.0" encoding="no-such"?>',
    '<?xml version="1.1"?>',
    '<?xml-stylesheet href="x"?>',
    "<!-- -- -->",
    "\ufeff\ufeff",
)


def every_value(body: str) -> list[str]:
    """Returns the body with odd values in each element, and without each element."""
    found = []
    for element in list(_ELEMENT.finditer(body.partition("<xml>")[2])):
        name, whole = element[1], element[0]
        for value in ("", "x", "-1", "9" * 400, "nan", "<a/>", "<![CDATA[<b>]]>", "\x00\x0b", "&"):
            found.append(body.replace(whole, f"<{name}>{value}</{name}>", 1))
        found += [body.replace(whole, "", 1), body.replace(whole, whole * 2, 1)]
        found.append(body.replace(whole, f"<{name}>{whole * 3}</{name}>", 1))
    return found


def broken(body: str, random: Random) -> str:
    """Returns the body with one to three things wrong."""
    for _ in range(random.choice((1, 1, 2, 3))):
        body = _one(body, random)
    return body


def _one(body: str, random: Random) -> str:
    way = random.randrange(9)
    elements = list(_ELEMENT.finditer(body.partition("<xml>")[2]))
    chosen = random.choice(elements) if elements else None
    if way == 0:
        return random.choice(TYPES) + body
    if way == 1:
        return random.choice(TYPES) + body.replace("<xml>", "<xml>&l9;&x;", 1)
    if way == 2:
        return random.choice(HEADS) + body
    if way == 3:
        return "<a>" * 50_000 + body
    if way == 4:
        return body.replace("</xml>", "<E>x</E>" * random.choice((100, 20_000)) + "</xml>")
    if way == 5:
        return body.replace("<xml>", random.choice(('<xml a="&lt;">', "<x:xml>", "<XML>")), 1)
    if chosen is None:
        return body + str(any_value(random))[:100]
    name, value = chosen[1], str(any_value(random))
    wrapped = value if random.random() < 0.3 else f"<![CDATA[{value}]]>"
    return body.replace(chosen[0], f"<{name}>{wrapped}</{name}>", 1)


def written(body: str, random: Random) -> bytes:
    """Returns the bytes of a body, now and then as no writer of XML would have them."""
    data = body.encode("utf-8", "surrogatepass")
    way = random.randrange(25)
    if way == 0:
        return torn(data, random)
    if way == 1:
        return body.encode(random.choice(("utf-16", "gb18030", "latin-1")), "replace")
    return data
