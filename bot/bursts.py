"""Which of the messages that a visitor sent in one go are one question.

People write "hi", "one question", "are you open", "on sunday?" as four messages. Such pieces are
read as one text and answered once. Two questions of their own are never put together, however
quickly they came: each gets its own turn, one after the other, so that none is lost among others
(one turn answers only questions that it is very sure of). In doubt, what came is not put together.

What a text says by itself is asked of the model; how the pieces hang together is told by words.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.nlu import follow_up
from bot.nlu.neighbours import is_near
from bot.nlu.reactions import is_reaction
from bot.nlu.several import asks
from bot.nlu.text import normal

# The encoder reads so many characters, and a thought has so many pieces at the most.
LONGEST, MOST_PIECES = 300, 6
# Said beside a question, these need no answer of their own.
ASIDES = frozenset({"greeting", "thanks", "goodbye"})
UNCLEAR = frozenset({"clarify", "out_of_scope"})

Read = Callable[[str], Awaitable[Mapping[str, Any]]]

_CALLS = re.compile(
    r"(?:(?:hi|hello|hey|sorry|ok|so|um+|excuse me|pardon)\W*)*"
    r"(?:(?:just )?(?:a|one|1|another|quick|i have an?|i've got an?|got an?)\s?)*"
    r"(?:quick |small |short )*(?:can i ask(?: you)?(?: something)?|questions?|question for you"
    r"|something|you something|excuse me|any(?:one|body) (?:there|here)"
    r"|(?:are )?you there)\W*"
    r"|(?:你好|您好|嗨|喂|哈[喽啰]|那个|打扰|不好意思|我)?[,，]?"
    r"(?:请问|想?问(?:一下|个问题|问|下)?|打扰(?:一下|了)?|有个?问题|有人(?:在)?吗|在吗|在不在|在么)"
    r"(?:一下)?\W*"
)
# Behind these something must follow.
_OPEN_END = re.compile(
    r"(?:^|\s)(?:a|an|the|i|we|you|it|my|our|your|me|us|is|are|was|do|does|did|can|could|will"
    r"|would|should|to|for|of|about|at|in|on|with|from|by|and|or|but|if|because|so|how|where|when|what|which"
    r"|who|why|whether|that|this|there|any|some|need|want|know|find|get|take|bring|buy|use)$"
    r"|[,，、:：]$|(?:的|在|去|到|和|跟|从|把|给|想|要|是|有|能|可以|怎么|如何|哪里|什么"
    r"|还是|或者|还有|带|关于|对于|因为|如果)$"
)
_ENDED = re.compile(r"[.?!。？！…~]\s*$|[吗嘛呢么]\s*$")
_GOES_ON = re.compile(
    r"^(?:for|with|without|in|at|from|to|on|by|near|of|after|before|because|cos|like|or|and|but"
    r"|if|when i|i mean|i meant|sorry i mean|as well|please|pls|too)\b"
    r"|^(?:在|从|到|给|跟|和|带|因为|我是说|我的意思|就是|还是|或者|的|如果|要是)"
)
_WORD = re.compile(r"[a-z0-9][a-z0-9'’-]*|[㐀-鿿]")
_FEW_WORDS, _FEW_HAN = 3, 4


@dataclass(frozen=True)
class Piece:
    """One message, and what the model says of it alone.

    `names` are its topics, or the service intent.
    """

    text: str
    decision: str
    names: tuple[str, ...]
    is_urgent: bool = False

    @property
    def is_aside(self) -> bool:
        """Whether it asks nothing beside a question: a greeting, a thank-you, "one question"."""
        if self.is_urgent:
            return False
        greets = self.decision == "service" and self.names[:1] in {(name,) for name in ASIDES}
        plain = normal(self.text)
        calls = _CALLS.fullmatch(plain) or not _WORD.search(plain)
        return greets or bool(calls) or is_reaction(self.text)

    @property
    def is_clear(self) -> bool:
        """Whether it is understood as it stands."""
        return self.is_urgent or (self.decision not in UNCLEAR and not self.is_aside)

    @property
    def leans(self) -> bool:
        """Whether its words say what they mean only after a question before."""
        return follow_up.kind(self.text) != "none"

    @property
    def is_broken_off(self) -> bool:
        """Whether more must follow: "where is the", "周日"."""
        plain = normal(self.text)
        if _ENDED.search(plain):
            return False
        words = _WORD.findall(plain)
        few = _FEW_HAN if len(words) and ord(words[0][0]) > 0x3400 else _FEW_WORDS
        return bool(_OPEN_END.search(plain)) or (len(words) <= few and not asks(plain))


@dataclass(frozen=True)
class Burst:
    """The messages that are one question, so far.

    `count` is how many messages it takes up, `pieces` are those that say something, and `whole`
    what the model says of them together. `follows` tells that a question was answered before.
    """

    count: int
    pieces: tuple[Piece, ...]
    whole: Piece
    follows: bool = False

    @property
    def text(self) -> str:
        """Returns the words to be answered."""
        return self.whole.text

    def has(self, piece: Piece) -> bool:
        """Tells whether the same was said already."""
        return _bare(piece.text) in {_bare(each.text) for each in self.pieces}

    @property
    def is_open(self) -> bool:
        """Whether it waits for words that complete it."""
        last = self.pieces[-1]
        alone = len(self.pieces) == 1 and last.leans and not self.follows
        return (alone or not self.whole.is_clear) and last.is_broken_off

    def may_take(self, piece: Piece) -> bool:
        """Tells whether a message may belong to it, going by their words."""
        if self.whole.is_urgent or piece.is_urgent:
            return False
        if len(self.pieces) >= MOST_PIECES or len(self.text) + len(piece.text) >= LONGEST:
            return False
        if self.is_open:
            return True
        goes_on = piece.leans or _GOES_ON.search(normal(piece.text)) is not None
        if piece.is_clear:
            # Who asks in full asks something new, however it begins: "from Oxford, which stop?"
            is_whole = asks(piece.text) and not piece.leans
            near = self.whole.is_clear and _are_near(self.whole, piece)
            return goes_on and near and not is_whole
        both_foreign = self.whole.decision == piece.decision == "out_of_scope"
        return goes_on or both_foreign


def piece_of(text: str, parsed: Mapping[str, Any]) -> Piece:
    """Returns a text with what the model says of it.

    Args:
        text: The text.
        parsed: What Rasa's `parse_message` gives for it.
    """
    asked = tuple(each["topic"] for each in parsed.get("questions") or ())
    intent = (parsed.get("intent") or {}).get("name") or ""
    decision = parsed.get("decision") or ""
    return Piece(text, decision, asked or (intent,), bool(parsed.get("urgent")))


async def first_of(texts: Sequence[str], read: Read, follows: bool) -> Burst:
    """Returns how many of the texts, from the first on, are one question, and its words.

    Args:
        texts: What a visitor wrote, oldest first; at least one.
        read: Gives what the model says of any text.
        follows: Whether a question was answered before.
    """
    head = piece_of(texts[0], await read(texts[0]))
    burst = Burst(1, (head,), head, follows)
    for text in texts[1:]:
        if burst.whole.is_urgent:
            break
        longer = await _longer(burst, piece_of(text, await read(text)), read)
        if longer is None:
            break
        burst = longer
    return burst


async def _longer(burst: Burst, piece: Piece, read: Read) -> Burst | None:
    """Returns the burst with one message more; None where that is another question."""
    one_more = replace(burst, count=burst.count + 1)
    if burst.has(piece) or piece.is_aside:
        return one_more
    if burst.whole.is_aside:
        # What greets only is left out as soon as something is asked.
        return replace(one_more, pieces=(piece,), whole=piece)
    if not burst.may_take(piece):
        return None
    text = f"{burst.text}\n{piece.text}"
    whole = piece_of(text, await read(text))
    if _keeps(burst, piece, whole):
        return replace(one_more, pieces=(*burst.pieces, piece), whole=whole)
    if burst.is_open and piece.is_clear and not any(asks(each.text) for each in burst.pieces):
        # Broken off and asking nothing: what was asked then stands alone.
        return replace(one_more, pieces=(piece,), whole=piece)
    return None


def _keeps(burst: Burst, piece: Piece, whole: Piece) -> bool:
    """Tells whether what was clear in the parts is as clear in the whole."""
    clear = [each for each in (burst.whole, piece) if each.is_clear]
    if not clear:
        return True
    if not whole.is_clear:
        return False
    sure = [each for each in clear if not (each.leans or each.is_broken_off)] or clear[-1:]
    return all(_are_near(whole, each) for each in sure)


def _are_near(one: Piece, other: Piece) -> bool:
    """Tells whether one of two readings speaks of what the other speaks of."""
    return any(a == b or is_near(a, b) for a in one.names for b in other.names)


def _bare(text: str) -> str:
    return "".join(_WORD.findall(normal(text))) or normal(text)
