"""The lint that editors meet first: what to mend in topics and sentences, by file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.corpus_lint import Said, held_out_questions, lint_corpus
from bot.content.emergency_lint import lint_emergencies
from bot.content.example_rows import NAMES, Phrase, Problem
from bot.content.glossary import glossary_problems
from bot.content.mood_words import mood_problems
from bot.content.museum import QUOTE, Museum, to_traditional
from bot.content.saved_replies import saved_reply_problems
from bot.content.sentences import (
    Sentences,
    line_of,
    load_sentences,
    read_yaml,
    sentence_problems,
)
from bot.content.topics import Topic, TopicFile, is_chinese, problem_of, topic_files

LONGEST_CHARACTERS = 2000
# WeChat counts a text message in bytes of UTF-8: https://developers.weixin.qq.com/doc/offiaccount
LONGEST_BYTES = 2048
LONGEST_LABEL = 20
LABELS = ("clarify_none", "talk_to_person")
_LINK = re.compile(r"https?://|\S+@\S+\.\S+$|\+\d[\d ]+$")


@dataclass(frozen=True)
class Lint:
    """What was found: all problems by file and line, and the size of what was read.

    `alike` counts the examples that say nearly what another of their topic does, `shared` those
    that are held-out questions too.
    """

    problems: list[Problem]
    topics: int
    examples: int
    alike: int
    shared: int


def lint(data_folder: Path, museum: Museum) -> Lint:
    """Checks the topics and sentences of a data folder, its examples also against tests/nlu."""
    files = [_file(path, data_folder) for path in topic_files(data_folder / "nlu" / "faq")]
    topics = [file.topic() for file in files]
    said: list[Said] = []
    for file, topic in zip(files, topics, strict=True):
        _check_answers(file, topic, museum)
        said += [Said(file.shown, example) for example in topic.examples]
    service = data_folder / "nlu" / "service.yml"
    if service.exists():
        files.append(_file(service, data_folder))
        said += [Said(files[-1].shown, example) for example in files[-1].all_examples()]
    corpus = lint_corpus(said, held_out_questions(data_folder.parent / "tests" / "nlu"))
    problems = {problem for file in files for problem in file.problems}
    problems.update(corpus.problems)
    problems.update(lint_emergencies(data_folder.parent, said))
    problems.update(_sentence_lint(data_folder, [topic.name for topic in topics], museum))
    glossary = data_folder / "glossary.yml"
    faults = glossary_problems(glossary)
    problems.update(problem_of(fault, _shown(glossary, data_folder)) for fault in faults)
    moods = data_folder / "moods.yml"
    faults = mood_problems(moods)
    problems.update(problem_of(fault, _shown(moods, data_folder)) for fault in faults)
    replies = data_folder / "replies.yml"
    faults = saved_reply_problems(replies, museum)
    problems.update(problem_of(fault, _shown(replies, data_folder)) for fault in faults)
    ordered = sorted(problems, key=lambda each: (each.path, each.line, each.message))
    return Lint(ordered, len(topics), len(said), corpus.alike, corpus.shared)


def _file(path: Path, data_folder: Path) -> TopicFile:
    return TopicFile(path, _shown(path, data_folder))


def _shown(path: Path, data_folder: Path) -> str:
    return str(Path(data_folder.name) / path.relative_to(data_folder))


# --- Answers ---


def _check_answers(file: TopicFile, topic: Topic, museum: Museum) -> None:
    for language, answer in topic.answers.items():
        _check_language(file, language, answer)
        _check_typed_facts(file, answer, museum)
        unknown = museum.unknown_facts(answer.text)
        for fact in dict.fromkeys(unknown):
            quote = rf"\[\[\s*{re.escape(fact)}\s*\]\]"
            file.add(_line_with(quote, file, answer), _unknown_fact(fact))
        if not unknown:
            _check_length(file, language, answer, museum)


def _check_language(file: TopicFile, language: str, answer: Phrase) -> None:
    chinese = is_chinese(answer.text)
    if chinese is not None and chinese != (language == "zh"):
        problem = f"the {NAMES[language]} answer is not in {NAMES[language]}"
        file.add(answer.line, f"{problem}. The answer with the condition is the Chinese one")


def _check_length(file: TopicFile, language: str, answer: Phrase, museum: Museum) -> None:
    filled = museum.fill(answer.text, "zh-Hans" if language == "zh" else "en")
    forms = [filled, to_traditional(filled)] if language == "zh" else [filled]
    characters = max(len(form) for form in forms)
    size = max(len(form.encode()) for form in forms)
    if characters > LONGEST_CHARACTERS:
        problem = f"the {NAMES[language]} answer has {characters} characters"
        file.add(answer.line, f"{problem}. Keep it within {LONGEST_CHARACTERS}")
    elif size > LONGEST_BYTES:
        problem = f"the {NAMES[language]} answer has {size} bytes, too many for WeChat"
        file.add(answer.line, f"{problem}. Keep it within {LONGEST_BYTES}")


def _check_typed_facts(file: TopicFile, answer: Phrase, museum: Museum) -> None:
    text = answer.text
    links = [(words.en, path) for path, words in museum.facts.items() if _LINK.match(words.en)]
    for link, path in sorted(links, key=lambda each: -len(each[0])):
        bare = re.sub(r"^https?://(?:www\.)?", "", link)
        # As a whole only: the home page is also the beginning of pages that are no facts.
        whole = rf"(?<![\w@.-])(?:https?://)?(?:www\.)?{re.escape(bare)}/?(?![\w/@-]|\.\w)"
        if re.search(whole, text, re.ASCII):
            message = f"{bare} is typed out. Write [[{path}]], so that it is kept in one place"
            file.add(_line_with(whole, file, answer), message)
            text = re.sub(whole, "", text, flags=re.ASCII)


def _line_with(pattern: str, file: TopicFile, answer: Phrase) -> int:
    """The line of an answer that a pattern is found in, which may be far below its first."""
    lines = file.path.read_text(encoding="utf-8").splitlines()
    after = range(answer.line, len(lines) + 1)
    return next(
        (number for number in after if re.search(pattern, lines[number - 1], re.ASCII)),
        answer.line,
    )


def _unknown_fact(path: str) -> str:
    return f"[[{path}]] is no fact of museum.yml. Add it there or mend the path"


# --- Sentences ---


def _sentence_lint(data_folder: Path, topics: list[str], museum: Museum) -> Iterator[Problem]:
    path = data_folder / "sentences.yml"
    shown = _shown(path, data_folder)
    faults = sentence_problems(path)
    if faults:
        yield from (problem_of(fault, shown) for fault in faults)
        return
    sentences = load_sentences(path)
    for key, texts in sentences.texts.items():
        line = int(sentences.places[key].rpartition(":")[2])
        for fact in dict.fromkeys(QUOTE.findall(" ".join(texts.values()))):
            if fact not in museum.facts:
                yield Problem(shown, line, _unknown_fact(fact))
        if key.startswith(("topics.", "forms.button.")) or key in LABELS:
            yield from _long_labels(shown, line, key, texts)
    yield from _missing_labels(shown, sentences, topics)


def _long_labels(shown: str, line: int, key: str, texts: Mapping[str, str]) -> Iterator[Problem]:
    for language, text in texts.items():
        if len(text) > LONGEST_LABEL:
            size = f"{len(text)} characters, at most {LONGEST_LABEL} fit on a button"
            yield Problem(shown, line, f"the {language} label {key} has {size}. Shorten it")


def _missing_labels(shown: str, sentences: Sentences, topics: list[str]) -> Iterator[Problem]:
    root = read_yaml(sentences.path)
    line = line_of(root, "topics") if "topics" in root else 1
    for topic in topics:
        if f"topics.{topic}" not in sentences:
            yield Problem(shown, line, f"topics.{topic} is missing. Add the label of its button")
