"""What the computed answers have in common: sentences, days and money in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.content.calendar import Bilingual, clock_words
from bot.content.museum import Museum, in_language
from bot.content.museum_file import amount
from bot.content.sentences import Sentences

# WeChat takes 2,048 bytes; a visitor's phone shows about a third of that at once.
LONGEST_BYTES = 1_900
_HAN_DAYS = "一二三四五六日"


@dataclass(frozen=True)
class Computed:
    """A computed answer; with `offer_person` something asked for is not known here."""

    text: str
    offer_person: bool = False


@dataclass(frozen=True)
class Teller:
    """Tells one visitor something at one moment; `now` is in the museum's time zone."""

    museum: Museum
    sentences: Sentences
    language: str
    now: datetime

    @property
    def today(self) -> date:
        """The day that it is in the museum."""
        return self.now.date()

    def say(self, key: str, **values: object) -> str:
        """A sentence with its blanks and facts filled; times and Bilinguals find their words."""
        told = {name: self._told(value) for name, value in values.items()}
        return self.museum.fill(self.sentences.say(key, self.language, **told), self.language)

    def joined(self, sentences: Iterable[str]) -> str:
        """Sentences one after the other on a line."""
        between = "" if self.language.startswith("zh") else " "
        return between.join(sentence for sentence in sentences if sentence)

    def listed(self, parts: Iterable[str]) -> str:
        """Short parts as they are counted up in a sentence."""
        return ("、" if self.language.startswith("zh") else ", ").join(parts)

    def words(self, words: Bilingual) -> str:
        """The reader's side of a bilingual text."""
        return in_language(words, self.language)

    def money(self, price: float) -> str:
        """A price in the museum's currency, or "free"."""
        return self.say("prices.money", amount=amount(price)) if price else self.say("prices.free")

    def day(self, day: date) -> Bilingual:
        """A day as it stands in a sentence: "today (Sunday 22 November)"."""
        words = self.date(day)
        names = {0: Bilingual("today", "今天"), 1: Bilingual("tomorrow", "明天")}
        name = names.get((day - self.today).days)
        if name is None:
            return Bilingual(f"on {words.en}", words.zh)
        inside = words.zh.replace("（", "，")
        return Bilingual(f"{name.en} ({words.en})", f"{name.zh}（{inside}")

    def days(self, run: Sequence[date]) -> Bilingual:
        """Neighbouring days as they stand in a sentence: "Monday 11 to Friday 15 January"."""
        if len(run) == 1:
            return self.day(run[0])
        first, last = self.date(run[0]), self.date(run[-1])
        english = first.en
        if (run[0].year, run[0].month) == (run[-1].year, run[-1].month):
            english = f"{run[0]:%A} {run[0].day}"
        link = Bilingual("and", "和") if len(run) == 2 else Bilingual("to", "至")
        opening = "on " if len(run) == 2 else ""
        return Bilingual(
            f"{opening}{english} {link.en} {last.en}", f"{first.zh}{link.zh}{last.zh}"
        )

    def date(self, day: date) -> Bilingual:
        """A date with its weekday, and with its year where that is not the present one."""
        same_year = day.year == self.today.year
        english = f"{day:%A} {day.day} {day:%B}{'' if same_year else f' {day.year}'}"
        chinese = f"{'' if same_year else f'{day.year}年'}{day.month}月{day.day}日"
        return Bilingual(english, f"{chinese}（星期{_HAN_DAYS[day.weekday()]}）")

    def _told(self, value: object) -> object:
        if isinstance(value, time):
            value = clock_words(value)
        return in_language(value, self.language) if isinstance(value, Bilingual) else value


def message(lines: Iterable[str]) -> str:
    """One message of whole lines, the last ones left out where a phone could not take them."""
    text = ""
    for line in lines:
        longer = f"{text}\n{line}" if text and line else text or line
        if len(longer.encode()) > LONGEST_BYTES:
            break
        text = longer
    return text


def minute_time(minute: int) -> time:
    """The time of day of a minute since midnight; 1440 is midnight again."""
    return time(minute // 60 % 24, minute % 60)


def earlier(at: time, minutes: int) -> time:
    """A time of day so many minutes before another, not before midnight."""
    return minute_time(max(at.hour * 60 + at.minute - minutes, 0))


def day_names(numbers: Sequence[int]) -> Bilingual:
    """Weekdays as people list them: "Tuesday to Thursday, Saturday, Sunday"."""
    english, chinese = [], []
    for run in _weekday_runs(numbers):
        names = [_weekday_name(number) for number in run]
        if len(run) > 2:
            names = [
                Bilingual(f"{names[0].en} to {names[-1].en}", f"{names[0].zh}至{names[-1].zh}")
            ]
        english += [name.en for name in names]
        chinese += [name.zh for name in names]
    return Bilingual(", ".join(english), "、".join(chinese))


def _weekday_runs(numbers: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _weekday_name(number: int) -> Bilingual:
    # 1 January 2024 was a Monday.
    return Bilingual(f"{date(2024, 1, 1 + number):%A}", f"周{_HAN_DAYS[number]}")
