"""The sentence encoder and its cache: encoded once, kept on disk, never trusted blindly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import encoder
from bot.nlu.encoder import DIMENSIONS, SentenceEncoder, embed, embed_all
from bot.nlu.general import DIMENSIONS as GENERAL
from bot.nlu.vector_cache import VectorCache

TEXTS = ["when do you close", "几点关门", "我想book两张ticket"]


def ascii_name(text: str) -> str:
    """Names a row of a table without its length."""
    return ascii(text)[:12]


class Counting:
    """An encoder that only counts."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, texts: Sequence[str], told: Any) -> Any:
        self.seen += texts
        told(len(texts))
        return [np.full(4, len(text), dtype=np.float32) for text in texts]


def encoded(path: Path, texts: list[str], maker: str = "ours 我们的") -> list[str]:
    counting = Counting()
    with VectorCache(path, maker) as cache:
        found = cache.get_all(texts, counting)
    assert {text: v.tolist() for text, v in found.items()} == {t: [len(t)] * 4 for t in texts}
    return counting.seen


def test_a_text_is_encoded_once(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "vectors.npz"
    assert encoded(path, TEXTS * 2) == TEXTS
    assert encoded(path, TEXTS) == []
    assert encoded(path, [*TEXTS, "新的 new"]) == ["新的 new"]


def test_what_is_not_used_any_more_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    encoded(path, TEXTS)
    encoded(path, ["别的 other"])
    assert encoded(path, TEXTS) == TEXTS


@pytest.mark.parametrize("broken", [b"", b"not a zip", b"PK\x03\x04 cut", b"\x93NUMPY"])
def test_a_broken_file_is_made_anew(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "vectors.npz"
    path.write_bytes(broken)
    assert encoded(path, TEXTS) == TEXTS
    assert encoded(path, TEXTS) == []


def test_a_file_cut_short_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    encoded(path, TEXTS)
    path.write_bytes(path.read_bytes()[:-40])
    assert encoded(path, TEXTS) == TEXTS


def test_vectors_of_another_encoder_are_not_used(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    encoded(path, TEXTS, maker="another 别的")
    assert encoded(path, TEXTS) == TEXTS
    assert encoded(path, TEXTS) == []


@pytest.mark.parametrize("changed", encoder.FILES)
def test_another_encoder_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    for name in encoder.FILES:
        (tmp_path / name).write_text("as it was 原样")
    monkeypatch.setattr(encoder, "HERE", tmp_path)
    before = encoder.maker.__wrapped__()
    assert encoder.maker.__wrapped__() == before
    (tmp_path / changed).write_text("changed 改了")
    assert encoder.maker.__wrapped__() != before


def test_vectors_of_an_unknown_encoder_are_not_used(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    np.savez(path, texts=np.array(TEXTS), vectors=np.ones((3, 4), dtype=np.float32))
    assert encoded(path, TEXTS) == TEXTS


def test_a_pickled_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    np.savez(path, texts=np.array([{"a": 1}], dtype=object), vectors=np.ones((1, 4)))
    assert encoded(path, TEXTS) == TEXTS


def test_a_training_that_failed_keeps_the_file(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    encoded(path, TEXTS)
    before = path.read_bytes()
    cache = VectorCache(path, "ours 我们的")
    cache.__enter__().get_all(["half 一半"], Counting())
    cache.__exit__(RuntimeError, RuntimeError("half way"), None)
    assert path.read_bytes() == before


def test_examples_and_messages_get_the_same_vector(tmp_path: Path) -> None:
    component = SentenceEncoder(
        {**SentenceEncoder.get_default_config(), "cache": str(tmp_path / "v.npz")}
    )
    data = TrainingData([Message({"text": text, "intent": "x"}) for text in [*TEXTS, ""]])
    component.process_training_data(data)
    for example in data.training_examples[:3]:
        [message] = component.process([Message({"text": example.get("text").upper()})])
        vectors = [m.get_dense_features("text")[1].features for m in (example, message)]
        assert vectors[0].shape == (1, DIMENSIONS)
        np.testing.assert_allclose(*vectors, atol=1e-6)
    assert data.training_examples[3].get_dense_features("text") == (None, None)


def test_a_second_training_encodes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {**SentenceEncoder.get_default_config(), "cache": str(tmp_path / "v.npz")}
    for text in TEXTS:
        data = [Message({"text": text, "intent": "x"}) for text in TEXTS]
        SentenceEncoder(config).process_training_data(TrainingData(data))
        monkeypatch.setattr(encoder, "embed_all", lambda *_: pytest.fail("encoded again"))
        assert text


@pytest.mark.parametrize(
    ("one", "alike", "other"),
    [
        ("when do you close", "几点关门", "our cat is blue"),
        ("where are the toilets", "洗手间在哪里", "下雨了"),
        ("wifi密码是多少", "what is the wifi password", "怎么去机场"),
    ],
)
def test_embeddings_know_what_means_the_same(one: str, alike: str, other: str) -> None:
    assert float(embed(one) @ embed(alike)) > float(embed(one) @ embed(other)) + 0.1


@pytest.mark.parametrize("text", ["", "?", "馆" * 5000, "👍", "\u202e"], ids=ascii_name)
def test_every_text_has_two_vectors_of_length_one(text: str) -> None:
    vector = embed(text)
    assert vector.shape == (DIMENSIONS,)
    for half in (vector[:GENERAL], vector[GENERAL:]):
        assert abs(float(np.linalg.norm(half)) - 1) < 1e-4


def test_many_texts_get_the_vectors_that_each_gets_alone() -> None:
    texts = [*TEXTS, "", "馆" * 400, *(f"room {number} 在哪" for number in range(40))]
    told: list[int] = []
    for text, vector in zip(texts, embed_all(texts, told.append), strict=True):
        np.testing.assert_allclose(vector, embed(text), atol=1e-4)
    assert told
