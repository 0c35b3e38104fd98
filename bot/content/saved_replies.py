"""Replies that staff send often, from data/replies.yml: each written once, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.content.museum import Museum, to_traditional
from bot.content.sentences import place, read_yaml
from bot.content.topics import is_chinese
from bot.content.voice import Voice
from bot.errors import ContentError
from bot.language import base

KEYS = ("id", "title", "en", "zh")
# A menu of Slack: docs.slack.dev/reference/block-kit/composition-objects/option-object.
LONGEST_TITLE, MOST = 75, 100
# As for answers: WeChat takes 2,048 bytes, and a phone shows about a third of that at once.
LONGEST_CHARACTERS, LONGEST_BYTES = 2000, 2048
_REMEDY = "Write id, title, en and zh"
_NAMES = {"en": "English", "zh": "Chinese"}


@dataclass(frozen=True)
class SavedReply:
    """One reply: what staff choose it by, and its words by "en" and "zh" (Simplified)."""

    id: str
    title: str
    texts: Mapping[str, str]

    def words(self, language: str, voice: Voice) -> str:
        """Returns the reply for a reader: facts filled in, Traditional where that is read."""
        return voice.answer(self.texts[base(language)], language).strip()


def load_saved_replies(path: Path, museum: Museum) -> tuple[SavedReply, ...]:
    """Returns the replies in the order of the file, none where there is no file.

    Raises:
        ContentError: The first slip, with file, line and remedy.
    """
    found: list[SavedReply] = []
    for each in _rows(path, museum):
        if isinstance(each, ContentError):
            raise each
        found.append(each)
    return tuple(found)


def saved_reply_problems(path: Path, museum: Museum) -> list[ContentError]:
    """Everything that load_saved_replies would refuse, in the order of the file."""
    try:
        return [each for each in _rows(path, museum) if isinstance(each, ContentError)]
    except ContentError as error:
        return [error]


def _rows(path: Path, museum: Museum) -> Iterator[SavedReply | ContentError]:
    if not path.exists():
        return
    root = read_yaml(path)
    rows = root.get("replies") if isinstance(root, CommentedMap) else None
    if not isinstance(rows, CommentedSeq):
        raise ContentError(f"{path}:1", "the file holds no replies", "Write replies: and rows")
    seen: dict[str, str] = {}
    for index in range(len(rows)):
        where = place(path, rows, index)
        if index == MOST:
            yield ContentError(where, f"more than {MOST} replies", "A menu of Slack shows 100")
        yield _read(path, where, rows[index], seen, museum)


def _read(
    path: Path, where: str, row: object, seen: dict[str, str], museum: Museum
) -> SavedReply | ContentError:
    if not isinstance(row, CommentedMap):
        return ContentError(where, "a reply is no mapping", _REMEDY)
    for key in row:
        if key not in KEYS:
            problem = f"a reply has the unknown key {key}"
            return ContentError(place(path, row, key), problem, f"Known are {', '.join(KEYS)}")
    for key in KEYS:
        if not isinstance(row.get(key), str) or not row[key].strip():
            return ContentError(where, f"a reply has no {key}", _REMEDY)
    told = {key: str(row[key]).strip() for key in KEYS}
    if told["id"] in seen:
        problem = f"the id {told['id']} stands already at {seen[told['id']]}"
        return ContentError(place(path, row, "id"), problem, "Keep one of the two")
    seen[told["id"]] = where
    if len(told["title"]) > LONGEST_TITLE or len(told["id"]) > LONGEST_TITLE:
        problem = f"a title or an id has more than {LONGEST_TITLE} characters"
        return ContentError(place(path, row, "title"), problem, "Shorten it")
    for language in _NAMES:
        if fault := _fault(told[language], language, museum):
            return ContentError(place(path, row, language), *fault)
    return SavedReply(told["id"], told["title"], {name: told[name] for name in _NAMES})


def _fault(text: str, language: str, museum: Museum) -> tuple[str, str] | None:
    """Returns what is wrong with a text and what to do, or None."""
    if is_chinese(text) is not None and is_chinese(text) != (language == "zh"):
        name = _NAMES[language]
        return f"the {name} text is not in {name}", "Write both languages in their places"
    if unknown := museum.unknown_facts(text):
        return f"[[{unknown[0]}]] is no fact of museum.yml", "Add it there or mend the path"
    filled = museum.fill(text, "zh-Hans" if language == "zh" else "en")
    forms = [filled, to_traditional(filled)] if language == "zh" else [filled]
    if max(map(len, forms)) > LONGEST_CHARACTERS:
        return f"the text has {max(map(len, forms))} characters", f"At most {LONGEST_CHARACTERS}"
    size = max(len(form.encode()) for form in forms)
    if size > LONGEST_BYTES:
        return f"the text has {size} bytes, too many for WeChat", f"At most {LONGEST_BYTES}"
    return None
