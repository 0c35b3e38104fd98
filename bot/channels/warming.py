"""What is read once and kept: before the first visitor comes, and not while they wait for it."""

from __future__ import annotations

from bot.content.voice import Voice
from bot.desk.mood import mood_reader
from bot.language import TRADITIONAL, settle

_ANYTHING = "今天開門嗎 open?"


def warm(voice: Voice) -> None:
    """Reads the words of moods and the tables of Chinese scripts; it takes half a second.

    Read for the first message, they would hold a transaction open, and with it every other.
    """
    mood_reader(voice.museum).mood(_ANYTHING)
    settle(_ANYTHING, None, None)
    voice.answer(_ANYTHING, TRADITIONAL)
