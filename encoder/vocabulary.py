"""Chooses the tokenizer's pieces that English and Chinese need: some 38,000 of 250,000.

A piece is kept when it occurs in the commonest words of either language, in misspelt words, or is
so short that any word can be put together from such pieces.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator

from tokenizers import Tokenizer, decoders
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace
from tokenizers.processors import TemplateProcessing
from wordfreq import top_n_list

from bot.nlu.text import normal
from bot.nlu.typos import misspell

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
UNKNOWN = SPECIAL.index("<unk>")
SPACE = "▁"
ENGLISH_WORDS = 100_000
CHINESE_WORDS = 200_000
MISSPELT_WORDS = 30_000
# Any English word, however mistyped, can be spelt with pieces of up to so many letters.
SHORT = 3


def make_tokenizer(pieces: list[str], scores: list[float]) -> Tokenizer:
    """Returns a SentencePiece unigram tokenizer over these pieces, for texts in `normal` form."""
    tokenizer = Tokenizer(Unigram(list(zip(pieces, scores, strict=True)), UNKNOWN, False))
    tokenizer.pre_tokenizer = Metaspace(SPACE, prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(SPACE)
    marks = [(mark, SPECIAL.index(mark)) for mark in ("<s>", "</s>")]
    tokenizer.post_processor = TemplateProcessing(single="<s> $A </s>", special_tokens=marks)
    return tokenizer


def needed(pieces: list[str], scores: list[float]) -> list[int]:
    """Returns the numbers of the pieces to keep, in order, the special ones first."""
    full = make_tokenizer(pieces, scores)
    numbers = {piece: number for number, piece in enumerate(pieces)}
    kept = set(range(len(SPECIAL)))
    for encoded in full.encode_batch(list(_words())):
        kept.update(encoded.ids)
    kept.update(numbers[word] for word in _words() if word in numbers)
    kept.update(number for number, piece in enumerate(pieces) if _is_short(piece))
    return sorted(n for n in kept if n < len(SPECIAL) or _is_ours(pieces[n]))


def _words() -> Iterator[str]:
    chance = random.Random(1)
    english = [normal(word) for word in top_n_list("en", ENGLISH_WORDS)]
    yield from english
    yield from (misspell(word, 1.0, chance) for word in english[:MISSPELT_WORDS])
    yield from (normal(word) for word in top_n_list("zh", CHINESE_WORDS))


def _is_short(piece: str) -> bool:
    bare = piece.lstrip(SPACE)
    if len(bare) == 1 and "\u3400" <= bare <= "\u9fff":
        return True
    return len(bare) <= SHORT and bare.isascii() and bare == bare.lower()


def _is_ours(piece: str) -> bool:
    return all(
        ord(character) < 0x250
        or "\u3000" <= character <= "\u9fff"
        or character == SPACE
        or unicodedata.category(character)[0] in "PS"
        for character in piece
    )
