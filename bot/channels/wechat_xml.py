"""Reads and writes WeChat's XML: one flat element of named values, all of them texts.

Source: developers.weixin.qq.com/doc/service/guide/product/message/ (receiving messages, and
Passive_user_reply_message for what is answered).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from bot.channels.payload import clean
from bot.errors import BadRequest

# A visitor's text has 2,048 bytes at most; the compatible mode holds everything twice, once in
# Base64. What is longer is not from WeChat.
LARGEST = 262_144

# As many signs of markup as a text that holds nothing else, sent twice; a message has sixty. More
# of them would keep the parser busy, and everybody else waiting.
MOST_MARKS = 6000

# WeChat passes on what visitors type, control characters too, which XML 1.0 forbids: they travel
# through the parser as non-characters, of which Unicode has enough and nobody types any.
_FORBIDDEN = [code for code in range(1, 32) if code not in (9, 10, 13)]
_DISGUISED = {**{code: 0xFDD0 + code for code in _FORBIDDEN}, 0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}
_REVEALED = {0xFDD0 + code: code for code in _FORBIDDEN}
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def read_xml(body: bytes) -> dict[str, str]:
    """Returns the named values of WeChat's one element; what holds more elements gives "".

    Raises:
        BadRequest: The body is too large, no XML, defines anything (DTD), or is another XML.
    """
    if len(body) > LARGEST:
        raise BadRequest("the body is larger than 256 kB", status=413)
    if body.count(b"<") > MOST_MARKS:
        raise BadRequest("the body is not a message of WeChat")
    text = clean(_decoded(body)).lstrip("\ufeff \r\n\t").translate(_DISGUISED)
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, ValueError, LookupError, RecursionError):
        raise BadRequest("the body is not XML that is read here") from None
    if root.tag != "xml":
        raise BadRequest("the body is not a message of WeChat")
    # Of a name that comes twice the first counts.
    return {child.tag: _value(child) for child in reversed(root) if _NAME.fullmatch(child.tag)}


def write_xml(values: Mapping[str, str | int]) -> str:
    """Returns the XML of these values: numbers bare, texts as CDATA."""
    lines = [f"<{name}>{_written(value)}</{name}>" for name, value in values.items()]
    return "\n".join(["<xml>", *lines, "</xml>"])


def _decoded(body: bytes) -> str:
    try:
        # Half a surrogate pair is one character that is replaced, not three bytes that are wrong.
        return body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace")


def _value(element: Any) -> str:
    return "" if len(element) else str(element.text or "").translate(_REVEALED)


def _written(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    # "]]>" would end the section: it is cut in two, each half in a section of its own.
    text = clean(value).translate(dict.fromkeys(_DISGUISED)).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{text}]]>"
