"""A tokenizer for English, Chinese and both in one sentence.

One token for each Chinese character, whole words elsewhere. Rasa's WhitespaceTokenizer cannot be
used: its emoji pattern (rasa/utils/io.py, U+24C2 to U+1F251) covers every Chinese character and
deletes them.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language import is_han
from bot.nlu.examples import Examples

_PIECE = re.compile(r"\w+|[^\w\s]", re.UNICODE)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BilingualTokenizer(Tokenizer):
    """Cuts a text into words and Chinese characters; offsets are those of the text as written."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Returns the settings that every Rasa tokenizer has."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
        }

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the examples without tokens: no component of ours learns from them."""
        return Examples.of(training_data)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Returns the tokens of one attribute of a message."""
        text = message.get(attribute)
        return [Token(piece, start) for piece, start in pieces(text)]


def pieces(text: str) -> list[tuple[str, int]]:
    """Returns words, Chinese characters and signs, each with its offset."""
    found = []
    for match in _PIECE.finditer(text):
        found += _apart(match.group(), match.start())
    return found


def _apart(word: str, start: int) -> list[tuple[str, int]]:
    parts: list[tuple[str, int]] = []
    inside_word = False
    for offset, character in enumerate(word):
        if is_han(character):
            parts.append((character, start + offset))
            inside_word = False
        elif inside_word:
            parts[-1] = (parts[-1][0] + character, parts[-1][1])
        else:
            parts.append((character, start + offset))
            inside_word = True
    return parts
