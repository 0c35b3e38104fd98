"""How a visitor sounds: angry, upset, neutral or pleased; by words, emoji, capitals and marks.

Nobody is answered differently for it. A person at the desk sees it, and desk.routing may ask for
it; so what is only a name, a quotation, a question or a courtesy must not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from bot.content.mood_words import CHINESE, EMOJI, ENDS, ENGLISH, SAID, MoodWords, load_moods
from bot.content.museum import Museum
from bot.language import is_han
from bot.nlu.text import normal

ANGRY, UPSET, NEUTRAL, PLEASED, WANTED = "angry", "upset", "neutral", "pleased", "wanted"
# From the mildest to the gravest: later words of a visitor may only make it graver.
_GRAVITY = (NEUTRAL, PLEASED, UPSET, ANGRY)
# Longer texts are read as far as this.
LONGEST = 1500

_QUOTED = re.compile(r"《[^》]*》|〈[^〉]*〉|「[^」]*」|『[^』]*』|“[^”]*”|\"[^\"]{1,80}\"")
# Within a sentence, several words with capitals are a name: "the Angry Birds exhibition".
_TITLE = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: (?:of |the |and )?[A-Z][a-z]+)+")
_CLAUSES = re.compile(r"[^,.!?;:~…，。！？；、\n]+[,.!?;:~…，。！？；、\n]*")
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
_INSISTS = re.compile(r"[!?！？]\s*[!?！？]")
_CALLS = re.compile(
    r"\s*(?:hello|hi|hey|anyone(?: there)?|anybody(?: there)?|喂|有人吗|在吗|人呢)\s*"
)
# Who is moved to tears by beauty writes these too.
_TEARS = frozenset("😭😢")
# How many words or characters a denial reaches over.
_REACH = r"(?: \w+){0,3} ?$"
_GAP = r"(?: \w+){0,3}? "
_GAP_CHINESE = r".{0,12}?"
_REACH_CHINESE = r"[^\x00-\x7f ]{0,4} ?$"


class MoodReader:
    """Reads how a text sounds.

    Args:
        words: The phrases of data/moods.yml.
        names: Names in which a word means nothing, such as those of exhibitions.
    """

    def __init__(self, words: MoodWords, names: Iterable[str] = ()) -> None:
        self._names = [re.compile(re.escape(name), re.IGNORECASE) for name in names if name]
        self._emoji = {sign: mood for mood in SAID for sign in words.of(mood, EMOJI)}
        said = [(phrase, mood) for mood in SAID for phrase in words.of(mood, ENGLISH, CHINESE)]
        self._moods = {_spelt(phrase): mood for phrase, mood in said}
        self._open = [
            (re.compile(_any([phrase])), mood) for phrase, mood in said if set("…*") & set(phrase)
        ]
        self._said = re.compile(_any(phrase for phrase, _ in said))
        self._denied = re.compile(
            f"{_any(words.of('negations', ENGLISH))}{_REACH}"
            f"|{_any(words.of('negations', CHINESE))}{_REACH_CHINESE}"
        )
        self._turns = re.compile(_any(words.of("turns")))
        self._asks = re.compile(f" ?{_any(words.of('asking', ENGLISH))}")
        self._asks_chinese = re.compile(_any(words.of("asking", CHINESE)))
        self._ends = re.compile(rf"{_any(words.of('asking', ENDS))}[?？\s]*$")

    def mood(self, text: str) -> str:
        """Returns "angry", "upset", "neutral" or "pleased" for one message."""
        text = text[:LONGEST]
        found = set(self._hits(text))
        signs = {self._emoji[sign] for sign in text if sign in self._emoji}
        if PLEASED in found and not any(c in self._emoji for c in set(text) - _TEARS):
            signs = set()
        for mood in (ANGRY, UPSET, PLEASED):
            if mood in found | signs:
                return ANGRY if mood == UPSET and _insists(text) else mood
        return UPSET if _calls(text) or (_shouts(text) and _INSISTS.search(text)) else NEUTRAL

    def gravest(self, texts: Iterable[str]) -> str:
        """Returns the gravest mood of several messages."""
        return max((self.mood(text) for text in texts), key=_GRAVITY.index, default=NEUTRAL)

    def _hits(self, text: str) -> list[str]:
        """The moods of a text's words; where there is a "but", of what follows, and any anger."""
        found: list[str] = []
        for clause in _CLAUSES.findall(_plain(self._unnamed(text))):
            *before, after = self._turns.split(clause)
            earlier = [*found, *(mood for part in before for mood in self._clause(part))]
            later = list(self._clause(after))
            if before and later:
                earlier = [mood for mood in earlier if mood == ANGRY]
            found = [*earlier, *later]
        return found

    def _clause(self, clause: str) -> Iterator[str]:
        begins = self._asks.match(clause)
        ends = self._ends.search(clause)
        end = 0
        for hit in self._said.finditer(clause):
            is_denied = self._denied.search(f" {clause[end : hit.start()].strip()} ") is not None
            asks = begins or self._asks_chinese.search(clause, 0, hit.start())
            mood = self._mood_of(hit[0])
            end = hit.end()
            if is_denied:
                # "Not bad" says little, "not happy" much.
                mood = UPSET if mood in (PLEASED, WANTED) and not asks else NEUTRAL
            elif mood == ANGRY:
                # Whoever asks whether something is rude is not angry; "are you kidding me" is.
                mood = NEUTRAL if begins and hit[0].isalpha() else ANGRY
            elif asks or ends or (mood == PLEASED and "?" in clause):
                mood = NEUTRAL
            if mood in (ANGRY, UPSET, PLEASED):
                yield mood

    def _mood_of(self, found: str) -> str:
        if found in self._moods:
            return self._moods[found]
        return next((mood for phrase, mood in self._open if phrase.fullmatch(found)), NEUTRAL)

    def _unnamed(self, text: str) -> str:
        for name in self._names:
            text = name.sub(" ", text)
        text = _QUOTED.sub(" ", text)
        return text if _is_headline(text) else _TITLE.sub(" ", text)


def graver(mood: str | None, before: str | None) -> bool:
    """Tells whether a mood is to replace the one that a case has."""
    rank = _GRAVITY.index
    return mood is not None and rank(mood) > (rank(before) if before in _GRAVITY else 0)


def mood_reader(museum: Museum) -> MoodReader:
    """Returns the reader of a museum's data folder, in which its exhibitions are names."""
    names = [side for each in museum.exhibitions for side in (each.name.en, each.name.zh)]
    return _reader(museum.path.parent / "moods.yml", tuple(names))


@lru_cache(maxsize=4)
def _reader(path: Path, names: tuple[str, ...]) -> MoodReader:
    return MoodReader(load_moods(path), names)


def _plain(text: str) -> str:
    """Returns a text in one spelling, without emoji, whose names would be read as words."""
    bare = "".join(" " if unicodedata.category(c) == "So" else c for c in text)
    return re.sub(" +", " ", _spelt(bare))


def _spelt(text: str) -> str:
    return re.sub("['’`]", "", normal(text))


def _any(phrases: Iterable[str]) -> str:
    """Returns what finds the longest of some phrases: English as whole words, Chinese anywhere."""
    english, chinese = [], []
    for phrase in sorted(phrases, key=len, reverse=True):
        parts = [re.escape(_spelt(part)) for part in phrase.rstrip("*").split("…")]
        if any(map(is_han, phrase)):
            chinese.append(_GAP_CHINESE.join(parts))
        else:
            english.append(_GAP.join(parts) + (r"\w*" if phrase.endswith("*") else ""))
    # No phrase at all finds nothing.
    words = "|".join(english) or r"\b\B"
    return f"(?:(?<![a-z0-9])(?:{words})(?![a-z0-9])|{'|'.join(chinese) or words})"


def _is_headline(text: str) -> bool:
    """Tells whether a text is written With Capitals Throughout, which makes none of it a name."""
    words = re.findall(r"[A-Za-z]+", text)
    return len(words) > 3 and sum(word[0].isupper() for word in words) > 0.6 * len(words)


def _shouts(text: str) -> bool:
    letters = [c for c in text if c.isascii() and c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return len(_CAPITALS.findall(text)) >= 3 and capitals > 0.7 * len(letters)


def _insists(text: str) -> bool:
    return _shouts(text) or len(_INSISTS.findall(text)) > 0


def _calls(text: str) -> bool:
    """Tells whether somebody calls out again and again: "Hello??? anybody there?"."""
    if not _INSISTS.search(text):
        return False
    return any(_CALLS.fullmatch(part) for part in re.split(r"[!?！？,，]+", text.lower()))
