"""The lint of all examples together: what is told, at which line, with which way out."""

from __future__ import annotations

from pathlib import Path

from bot.content.corpus_lint import (
    LEAST_OF_A_STYLE,
    LEAST_WITH_STYLES,
    Said,
    held_out_questions,
    lint_corpus,
)
from bot.content.example_rows import STYLES, Example
from bot.content.lint import lint
from bot.content.museum import load_museum

from .folder import FAQ, replaced, write

SUBJECTS = """
armour boats coins drums eggs fossils globes harps icons jade kites lamps maps necklaces opals
prints quilts robots swords tapestries urns violins watches yurts zithers
""".split()


def said(*texts: str, topic: str = "shop", first: int = 1, **row: str | None) -> list[Said]:
    """Examples of one topic, a line each."""
    path = f"data/nlu/faq/{topic}.yml"
    lines = enumerate(texts, start=first)
    return [Said(path, Example(t, n, f"faq/{topic}", **row)) for n, t in lines]


def told(examples: list[Said], held_out: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """The place of each problem and its words."""
    found = lint_corpus(examples, held_out or {}).problems
    return sorted((f"{each.path}:{each.line}", each.message) for each in found)


def test_a_text_of_two_topics_is_a_conflict_in_either_script() -> None:
    examples = said("請問可以退貨嗎") + said("请问可以退货吗？", topic="wifi", first=9)
    ((place, message),) = told(examples)
    assert place == "data/nlu/faq/wifi.yml:9"
    assert "stands under faq/shop too, at data/nlu/faq/shop.yml:1. Keep it" in message


def test_both_scripts_may_stand_in_one_topic_and_count_as_alike() -> None:
    found = lint_corpus(said("請問可以退貨嗎", "请问可以退货吗"), {})
    assert (found.problems, found.alike) == ((), 1)


def test_a_double_in_one_topic_is_told_once() -> None:
    ((place, message),) = told(said("gift shop", "any postcards", "Gift-Shop!"))
    assert place == "data/nlu/faq/shop.yml:3"
    assert message.startswith('"Gift-Shop!" stands already at data/nlu/faq/shop.yml:1.')


def test_nearly_the_same_in_two_topics_is_told_with_both_places() -> None:
    other = said("where do you sell postcards of the boats please", topic="wifi")
    ((place, message),) = told(said("where do you sell postcards of the boats") + other)
    assert place == "data/nlu/faq/wifi.yml:1"
    assert "of faq/shop, at data/nlu/faq/shop.yml:1. Keep one" in message


def test_a_few_held_out_questions_may_be_examples_and_are_counted() -> None:
    held_out = {f"question{n}": f"tests/nlu/dev.yml:{n}" for n in range(10)}
    held_out["giftshop"] = "tests/nlu/test.yml:7"
    found = lint_corpus(said("Question 3?", "any gifts"), held_out)
    assert (found.problems, found.shared) == ((), 1)
    found = lint_corpus(said("Gift shop?", "question 3", "question 4"), held_out)
    assert found.shared == 3
    both = "of its questions are examples too, at most"
    assert sorted((each.path, each.message) for each in found.problems) == [
        (
            "tests/nlu/dev.yml",
            f'2 {both} 1 may be, such as "question 4" at data/nlu/faq/shop.yml:3. '
            "Ask some examples in other words",
        ),
        (
            "tests/nlu/test.yml",
            f'1 {both} 0 may be, such as "Gift shop?" at data/nlu/faq/shop.yml:1. '
            "Ask some examples in other words",
        ),
    ]


def test_held_out_questions_are_read_with_their_lines(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "nlu"
    folder.mkdir(parents=True)
    rows = "questions:\n  # shop\n  - {text: Gift shop?, topic: shop}\n"
    (folder / "test.yml").write_text(rows, encoding="utf-8")
    (folder / "several.yml").write_text("questions: [{text: other}]\n", encoding="utf-8")
    assert held_out_questions(folder) == {"giftshop": "tests/nlu/test.yml:3"}
    assert held_out_questions(tmp_path) == {}


def test_the_lint_of_a_folder_knows_the_questions_beside_it(data: Path) -> None:
    folder = data.parent / "tests" / "nlu"
    folder.mkdir(parents=True)
    (folder / "dev.yml").write_text("questions:\n- {text: wifi password}\n", encoding="utf-8")
    (problem,) = lint(data, load_museum(data / "museum.yml")).problems
    assert (problem.path, problem.line) == ("tests/nlu/dev.yml", 1)
    assert f'"wifi password" at {FAQ}:7' in problem.message


def test_a_row_holds_its_own_language() -> None:
    english = said("do you sell 扇子", language="en", style="keyword")
    chinese = said("do you sell fans here", "OK wifi?", language="zh", style="txt", first=5)
    words = [message for _, message in told(english + chinese) if "row" in message]
    assert any('"do you sell 扇子" holds Chinese in an English row' in each for each in words)
    assert any('"do you sell fans here" is English in a Chinese row' in each for each in words)
    assert not any("OK wifi?" in each for each in words)


def styled(left_out: str = "", least: int = LEAST_OF_A_STYLE) -> list[Said]:
    """A topic with enough of each style, but for one that is left out."""
    examples: list[Said] = []
    for language, styles in STYLES.items():
        for number, style in enumerate(style for style in styles if style != left_out):
            word = "有" if language == "zh" else "any"
            texts = [f"{word} {thing} {number}{style}" for thing in SUBJECTS[: max(least, 5)]]
            examples += said(*texts, first=1 + len(examples), language=language, style=style)
    return examples


def test_a_topic_with_styles_has_all_of_them() -> None:
    messages = [message for _, message in told(styled("idiom"))]
    assert f"0 English examples in the style idiom. Write at least {LEAST_OF_A_STYLE}" in messages
    assert f"0 Chinese examples in the style idiom. Write at least {LEAST_OF_A_STYLE}" in messages
    assert not any("keyword" in message for message in messages)
    assert not any("Write at least" in message for _, message in told(styled()))


def test_a_topic_with_styles_has_enough_of_each_language() -> None:
    few = [each for each in styled() if each.example.language != "zh"]
    expected = f"0 Chinese examples in rows with styles. Write at least {LEAST_WITH_STYLES}"
    assert expected in [message for _, message in told(few)]


def test_a_topic_without_styles_needs_none(data: Path) -> None:
    write(data, replaced("is there wifi", "is there any wifi"))
    assert lint(data, load_museum(data / "museum.yml")).problems == []
