"""The computed answer to "are you open?": now, on a day, on several days or in general."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.content.calendar import Bilingual, DayHours, Hours, clock_words
from bot.content.dates import find_day
from bot.content.museum import Museum, in_language
from bot.content.sentences import Sentences

# Exceptions are seldom entered further ahead than this, so the plain week would be a guess.
KNOWN_DAYS = 548
NEWS_DAYS = 7
_HAN_DAYS = "一二三四五六日"


def opening_answer(
    text: str, language: str, museum: Museum, sentences: Sentences, now: datetime
) -> str:
    """The opening times that a text asks for, in 'en', 'zh-Hans' or 'zh-Hant'.

    `now` is aware and of any zone; days are the museum's. A question about a day that has passed
    is answered like a general one, because what helps that visitor is the next chance to come.
    """
    answer = _Answer(museum, sentences, language, now.astimezone(museum.time_zone))
    question = find_day(text, answer.now)
    days = [day for day in question.dates if day >= answer.today]
    if question.kind == "now":
        return answer.joined(answer.moment())
    if days == [answer.today] and question.by_weekday and answer.has_shut_for_today():
        # "Are you open on Sunday?", asked on a Sunday evening, means the next one.
        days = [answer.today + timedelta(days=7)]
    if days:
        return answer.joined(answer.about(days))
    lines = [*answer.week(), answer.joined(answer.state()), *answer.news()]
    if question.kind == "unclear":
        lines.append(answer.say("date_unclear"))
    return "\n".join(lines)


@dataclass(frozen=True)
class _Answer:
    """What one visitor is told at one moment, sentence by sentence."""

    museum: Museum
    sentences: Sentences
    language: str
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()

    def say(self, key: str, **values: object) -> str:
        told = {name: self._told(value) for name, value in values.items()}
        return self.museum.fill(self.sentences.say(key, self.language, **told), self.language)

    def joined(self, sentences: Iterable[str]) -> str:
        return ("" if self.language.startswith("zh") else " ").join(sentences)

    def moment(self) -> Iterator[str]:
        """The state, and while the doors are open also how long one may still come in."""
        yield from self.state()
        if self.museum.opening.is_open(self.now):
            yield self.say("opening.last_entry", minutes=self.museum.last_entry_minutes)

    def state(self) -> Iterator[str]:
        """Whether the doors are open at this moment, and when that changes."""
        opening = self.museum.opening
        closes, opens = opening.closing_after(self.now), opening.next_opening(self.now)
        if closes is not None:
            yield self.say("opening.open_now", closes=closes.time())
        elif opens is None:
            yield self.say("opening.closed_on", day=self._day(self.today))
        elif opens.date() == self.today:
            yield self.say("opening.closed_now_opens_later", opens=opens.time())
        else:
            day = self._day(opens.date())
            yield self.say("opening.closed_now_next", next_day=day, opens=opens.time())
        yield from self._reason(opening.hours_on(self.today))

    def about(self, days: Sequence[date]) -> Iterator[str]:
        """The hours of days, today or later; where all are closed also the next open one."""
        known = [day for day in days if (day - self.today).days <= KNOWN_DAYS]
        for run in self._runs(known):
            yield from self._hours(run)
        if len(known) < len(days):
            first = next(day for day in days if day not in known)
            yield self.say("opening.beyond_calendar", day=self._day(first))
        if known and not any(self.museum.opening.hours_on(day).open for day in known):
            yield from self._next_after(known[-1])

    def week(self) -> Iterator[str]:
        """The usual week, days with the same hours on one line, closed days last."""
        yield self.say("opening.week_intro")
        days: dict[Hours, list[int]] = {}
        for number, hours in enumerate(self.museum.opening.week):
            days.setdefault(hours, []).append(number)
        for hours in sorted(days, key=lambda each: not each):
            names = _day_names(days[hours])
            for opens, closes in hours:
                yield self.say("opening.week_line", days=names, opens=opens, closes=closes)
            if not hours:
                yield self.say("opening.week_closed", days=names)
        yield self.say("opening.last_entry", minutes=self.museum.last_entry_minutes)

    def news(self) -> Iterator[str]:
        """The coming week's exceptions, which the usual week would get wrong."""
        coming = (self.today + timedelta(days=ahead) for ahead in range(1, NEWS_DAYS + 1))
        special = [day for day in coming if self.museum.opening.hours_on(day).special]
        return (self.joined(self._hours(run)) for run in self._runs(special))

    def _hours(self, run: Sequence[date]) -> Iterator[str]:
        hours = self.museum.opening.hours_on(run[0])
        phrase = self._days(run)
        if run[0] == self.today and hours.open and self.is_over_for_today():
            yield from self.state()
            return
        if not hours.open and hours.reason:
            yield self.say("opening.closed_on_reason", day=phrase, reason=hours.reason)
        elif not hours.open:
            yield self.say("opening.closed_on", day=phrase)
        for opens, closes in hours.open:
            last = _earlier(closes, self.museum.last_entry_minutes)
            values = {"opens": opens, "closes": closes, "last_entry": last}
            yield self.say("opening.open_on", day=phrase, **values)
        if hours.open:
            yield from self._reason(hours)

    def _reason(self, hours: DayHours) -> Iterator[str]:
        if hours.reason:
            yield self.say("opening.special_hours_reason", reason=hours.reason)

    def _next_after(self, day: date) -> Iterator[str]:
        end = datetime.combine(day, time.max, self.museum.time_zone)
        opens = self.museum.opening.next_opening(end)
        if opens is not None:
            yield from self._hours([opens.date()])

    def has_shut_for_today(self) -> bool:
        """Whether the doors were open today and will not open again before midnight."""
        return bool(self.museum.opening.hours_on(self.today).open) and self.is_over_for_today()

    def is_over_for_today(self) -> bool:
        """Whether the doors are shut and stay so until midnight."""
        opens = self.museum.opening.next_opening(self.now)
        later = opens is not None and opens.date() == self.today
        return not later and not self.museum.opening.is_open(self.now)

    def _runs(self, days: Sequence[date]) -> Iterator[list[date]]:
        """Neighbouring days with the same hours and reason; today stands alone."""
        run: list[date] = []
        for day in days:
            if run and not self._continues(run[-1], day):
                yield run
                run = []
            run.append(day)
        if run:
            yield run

    def _continues(self, before: date, day: date) -> bool:
        hours_on = self.museum.opening.hours_on
        near = before != self.today and day - before == timedelta(days=1)
        return near and hours_on(before) == hours_on(day)

    def _told(self, value: object) -> object:
        if isinstance(value, time):
            value = clock_words(value)
        return in_language(value, self.language) if isinstance(value, Bilingual) else value

    def _days(self, run: Sequence[date]) -> Bilingual:
        if len(run) == 1:
            return self._day(run[0])
        first, last = self._date(run[0]), self._date(run[-1])
        english = first.en
        if (run[0].year, run[0].month) == (run[-1].year, run[-1].month):
            english = f"{run[0]:%A} {run[0].day}"
        link = Bilingual("and", "和") if len(run) == 2 else Bilingual("to", "至")
        opening = "on " if len(run) == 2 else ""
        return Bilingual(
            f"{opening}{english} {link.en} {last.en}", f"{first.zh}{link.zh}{last.zh}"
        )

    def _day(self, day: date) -> Bilingual:
        words = self._date(day)
        names = {0: Bilingual("today", "今天"), 1: Bilingual("tomorrow", "明天")}
        name = names.get((day - self.today).days)
        if name is None:
            return Bilingual(f"on {words.en}", words.zh)
        inside = words.zh.replace("（", "，")
        return Bilingual(f"{name.en} ({words.en})", f"{name.zh}（{inside}")

    def _date(self, day: date) -> Bilingual:
        same_year = day.year == self.today.year
        english = f"{day:%A} {day.day} {day:%B}{'' if same_year else f' {day.year}'}"
        chinese = f"{'' if same_year else f'{day.year}年'}{day.month}月{day.day}日"
        return Bilingual(english, f"{chinese}（星期{_HAN_DAYS[day.weekday()]}）")


def _earlier(at: time, minutes: int) -> time:
    total = max(at.hour * 60 + at.minute - minutes, 0)
    return time(total // 60, total % 60)


def _day_names(numbers: Sequence[int]) -> Bilingual:
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
