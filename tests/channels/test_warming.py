"""What is read once is there before the first visitor."""

from __future__ import annotations

from bot.channels.warming import warm
from bot.content.voice import Voice
from bot.desk import mood


def test_the_words_of_moods_are_read_at_the_start(voice: Voice) -> None:
    mood._reader.cache_clear()
    warm(voice)
    read = mood._reader.cache_info().misses
    mood.mood_reader(voice.museum).mood("太好了 great")
    assert mood._reader.cache_info().misses == read == 1
