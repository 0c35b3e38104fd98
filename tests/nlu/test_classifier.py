"""The classifier: trained on a handful, loaded without a pickle, answering as before."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.classifier import TopicClassifier
from bot.nlu.encoder import SentenceEncoder

EXAMPLES = {
    "faq/opening_hours": ["when do you close", "几点关门", "are you open today", "今天开吗"],
    "faq/directions": ["how do i get there", "怎么去", "which bus", "坐什么车"],
    "thanks": ["thank you", "谢谢", "thanks a lot", "多谢"],
}
RESOURCE = Resource("classifier")
QUESTIONS = ["when are you open", "你们今天几点关门", "which bus可以到", "谢谢你"]
Made = tuple[TopicClassifier, LocalModelStorage]


def encoded(text: str, **more: Any) -> Message:
    component = SentenceEncoder(SentenceEncoder.get_default_config())
    [message] = component.process([Message({"text": text, **more})])
    return message


def example(text: str, topic: str) -> Message:
    intent, _, key = topic.partition("/")
    return encoded(text, intent=intent, **({"intent_response_key": topic} if key else {}))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    storage = LocalModelStorage(tmp_path_factory.mktemp("storage"))
    config = TopicClassifier.get_default_config()
    classifier = TopicClassifier.create(config, storage, RESOURCE, None)  # type: ignore[arg-type]
    data = [example(text, topic) for topic, texts in EXAMPLES.items() for text in texts]
    classifier.train(TrainingData(data))
    return classifier, storage


def loaded(made: Made) -> TopicClassifier:
    config = TopicClassifier.get_default_config()
    return TopicClassifier.load(config, made[1], RESOURCE, None)  # type: ignore[arg-type]


def ranking(classifier: TopicClassifier, text: str, **more: Any) -> list[dict[str, Any]]:
    [message] = classifier.process([encoded(text, **more)])
    assert message.get("intent") == message.get("intent_ranking")[0]
    return list(message.get("intent_ranking"))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("when are you open", "faq/opening_hours"),
        ("你们今天几点关门", "faq/opening_hours"),
        ("which bus可以到", "faq/directions"),
        ("谢谢你", "thanks"),
    ],
)
def test_the_best_topic_comes_first(made: Made, text: str, topic: str) -> None:
    found = ranking(made[0], text)
    chances = [ranked["confidence"] for ranked in found]
    assert found[0]["name"] == topic
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1, abs=1e-5)
    assert {ranked["name"] for ranked in found} == set(EXAMPLES)


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_loaded_classifier_answers_as_before(made: Made, text: str) -> None:
    before, after = ranking(made[0], text), ranking(loaded(made), text)
    assert [r["name"] for r in before] == [r["name"] for r in after]
    np.testing.assert_allclose(
        [r["confidence"] for r in before], [r["confidence"] for r in after], atol=1e-5
    )


def test_nothing_in_the_archive_is_a_pickle(made: Made) -> None:
    with made[1].read_from(RESOURCE) as folder:
        [file] = list(Path(folder).iterdir())
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                with archive.open(name) as stored:
                    array = np.lib.format.read_array(stored, allow_pickle=False)
                assert array.dtype != object


@pytest.mark.parametrize("choice", ["faq/directions", "speak_to_human"])
def test_a_pressed_button_is_certain(made: Made, choice: str) -> None:
    found = ranking(made[0], "when do you close 几点", metadata={"choice": choice})
    assert found == [{"name": choice, "confidence": 1.0}]


def test_no_words_are_out_of_scope(made: Made) -> None:
    assert ranking(made[0], "") == [{"name": "out_of_scope", "confidence": 1.0}]


def test_without_examples_everything_is_out_of_scope(tmp_path: Path) -> None:
    storage = LocalModelStorage(tmp_path)
    config = TopicClassifier.get_default_config()
    empty = TopicClassifier.create(config, storage, RESOURCE, None)  # type: ignore[arg-type]
    assert empty.train(TrainingData([])) == RESOURCE
    assert ranking(empty, "几点 open")[0]["name"] == "out_of_scope"


def test_words_that_were_never_seen_are_ranked(made: Made) -> None:
    for text in ("qzx", "🎟️", "שלום", "馆" * 2000):
        assert len(ranking(made[0], text)) == 3
