"""Several questions in one message: "what time do you open and how much is parking?"."""

from __future__ import annotations

import re

from bot.nlu.text import normal

MOST = 3
SHORTEST_HAN = 2

_ASKS = (
    r"what|what's|whats|when|where|where's|who|which|why|how|how's|is|are|do|does|did|can|could"
    r"|will|would|should|may|have|has|wot|wat|wen"
)
# Where one question ends and the next may begin.
_ENDS = re.compile(r"(?<=[?？！!。;；\n])\s*|(?<=[a-zA-Z一-鿿][:：])\s*|(?<=[a-zA-Z一-鿿]\.)\s+")
_ENGLISH_JOINTS = re.compile(
    rf"[,\s]+(?:and|&|but|or|plus|then)(?:\s+(?:also|then|if so|please))?[,\s]+(?=(?:{_ASKS})\b)"
    r"|[,\s]+(?:and also|also|plus|as well as)[,\s]+"
    rf"|\s*,\s*(?=(?:{_ASKS})\b)|\s+[-–—]+\s+(?=(?:{_ASKS})\b)",
    re.IGNORECASE,
)
_CHINESE_JOINTS = re.compile(
    r"[,，\s]*(?:另外|另问|以及|順便問一?下?|顺便问一?下?|順便|顺便|还想问一?下?|還想問一?下?|再问一?下?|再問一?下?|还有就是|還有就是"
    r"|还有(?!没|沒|票|位|多|吗|嗎|什|哪)|還有(?!沒|票|位|多|嗎|什|哪)|同时|同時|然后|然後|对了|對了)[,，:：\s]*|[,，、]\s*"
)
# Joins two things that are asked for by their names alone.
_LISTED = re.compile(
    r"[,\s]+(?:and also|also|plus|as well as)[,\s]+|[,，\s]*(?:另外|以及|还有|還有)[,，\s]*",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\?|(?:^\W*|[,:;] )(?:(?:and|also|plus|but|so|or|hi|hello|hey|ok|please|oh)\W+)*"
    rf"(?:{_ASKS})\b"
    r"|\b(?:how much|how long|how many|how do|what time|where(?:'s| is| are| can| do)|is there"
    r"|are there|do you|can (?:i|we)|could (?:i|we|you)|tell me|let me know|wonder(?:ing)?"
    r"|like to know|want to know|need to know|any idea|do (?:i|we) (?:need|have))\b"
    r"|[吗嗎呢么麼]|[几幾](?:点|點|号|號|时|時|岁|歲|块|塊|天|个|個|楼|樓)|多少|多久|多大|多远|哪"
    r"|怎么|怎麼|怎样|怎樣|如何|什么|什麼"
    r"|能不能|可不可以|可以.{1,8}不$|有没有|有沒有|是不是|要不要|会不会|會不會|需不需要|用不用|得不得|能否|是否|谁|誰|邊度|點樣"
    r"|有冇|可唔可以|想问|想問|想知道|请问|請問"
)
_HAN = re.compile(r"[㐀-鿿]")
_LETTERS = re.compile(r"[a-z]{2,}")


def questions(text: str) -> list[str]:
    """Returns the questions of a text in order, at most three; one where it asks one thing.

    Greetings, stories and other sentences that ask nothing are no parts. Where nothing looks like
    a question, as in "opening times plus parking", every part counts.
    """
    parts = [part for sentence in _ENDS.split(text) for part in _joined(sentence)]
    asking = [part for part in parts if _says_something(part) and asks(part)]
    if not asking:
        asking = [part.strip(" ,，") for part in _LISTED.split(text) if _says_something(part)]
    return asking[:MOST] if len(asking) > 1 else [text.strip()]


def asks(part: str) -> bool:
    """Tells whether a part of a text looks like a question."""
    return _QUESTION.search(normal(part)) is not None


def _joined(sentence: str) -> list[str]:
    """Cuts one sentence at its joints; a piece that asks nothing leads to the next question."""
    chinese = len(_HAN.findall(sentence)) >= 4
    joints = _CHINESE_JOINTS if chinese else _ENGLISH_JOINTS
    pieces = [piece.strip(" ,，") for piece in joints.split(sentence)]
    gathered: list[str] = []
    lead = ""
    for piece in filter(None, pieces):
        lead = f"{lead}{'，' if chinese else ', '}{piece}" if lead else piece
        if asks(piece):
            gathered.append(lead)
            lead = ""
    return [*gathered, lead] if lead else gathered


def _says_something(part: str) -> bool:
    plain = normal(part)
    return len(_HAN.findall(plain)) >= SHORTEST_HAN or bool(_LETTERS.search(plain))
