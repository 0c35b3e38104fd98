"""The computed answer about closing: closed days, closed galleries, and what stands in the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bot.content.asking import asked_when, newest
from bot.content.calendar import hours_words
from bot.content.hours_answer import Hours
from bot.content.names import named
from bot.content.periods import Period
from bot.content.programme import GalleryClosure
from bot.content.telling import Computed, day_names, message
from bot.nlu.text import normal

AHEAD_DAYS = 42
# What closes a museum without being in its calendar.
_TROUBLES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bstrik(?:e|es|ing)\b|industrial action|罢工",
        r"\bsnow|\bflood|\bstorm|heatwave|weather|雪|暴雨|台风|洪水|天气",
        r"scaffold|building works?|construction|renovat|refurb|脚手架|施工|装修|翻修|改造",
        r"power cut|outage|停电",
    )
)


def answer_closures(text: str, tell: Shut) -> Computed:
    """The answer to a question about closed days, galleries and trouble."""
    when = asked_when(text, tell.now)
    days = (tell.today,) if when.now else tell.still_to_come(when)
    period = when.period or Period(tell.today, tell.today + timedelta(days=AHEAD_DAYS))
    span = Period(days[0], days[-1]) if days else period
    galleries = newest(text, lambda line: named(line, tell.galleries_not_over()))
    if galleries:
        return Computed(message(tell.gallery_lines(galleries)))
    asked = bool(days) or when.period is not None
    shut = [*tell.gallery_lines(tell.galleries(span, asked=asked)), *tell.notices(span)]
    trouble = newest(text, _trouble)
    if trouble:
        notices = list(tell.notices(span))
        known = any(trouble.search(normal(notice)) for notice in notices)
        lines = [tell.joined(tell.about(days) if days else tell.state()), *notices]
        lines += [] if known else [tell.say("closures.no_notice")]
        return Computed(message(lines), offer_person=not known)
    lines = [tell.joined(tell.about(days))] if days else list(tell.in_general(period))
    lines += [tell.say("date_unclear")] if when.unclear else []
    return Computed(message([*lines, *shut]), bool(days) and tell.is_unknown(days[-1]))


def _trouble(line: str) -> re.Pattern[str] | None:
    return next((each for each in _TROUBLES if each.search(normal(line))), None)


class Shut(Hours):
    """Tells closed days and galleries."""

    def in_general(self, period: Period) -> Iterator[str]:
        """The weekdays that are always closed, then the exceptions of a period, a line each."""
        closed = [number for number, hours in enumerate(self.museum.opening.week) if not hours]
        if closed:
            yield self.say("closures.weekly", days=day_names(closed))
        else:
            yield self.say("closures.no_weekly")
        runs = list(self.special_runs(period))
        if not runs:
            yield self.say("closures.nothing_special", day=self.date(period.last))
            return
        yield self.say("closures.special", day=self.date(period.last))
        yield from (self._special(run) for run in runs)

    def _special(self, run: Sequence[date]) -> str:
        hours = self.museum.opening.hours_on(run[0])
        days = self.days(run) if len(run) > 1 else self.date(run[0])
        values = {"days": days, "hours": hours_words(hours.open), "reason": hours.reason}
        return self.say("closures.line_why" if hours.reason else "closures.line", **values)

    def galleries(self, span: Period, *, asked: bool) -> list[GalleryClosure]:
        """The closed galleries of some days; unasked only what is or will soon be closed."""
        if not asked:
            ahead = timedelta(days=self.museum.closures.ahead_days)
            span = Period(self.today, self.today + ahead)
        return [each for each in self.galleries_not_over() if span.covers(each.first, each.last)]

    def galleries_not_over(self) -> list[GalleryClosure]:
        """The galleries that are closed or will be."""
        return [each for each in self.museum.closures.galleries if each.last >= self.today]

    def gallery_lines(self, galleries: Sequence[GalleryClosure]) -> Iterator[str]:
        """A line for each closed gallery, with its dates and reason."""
        for each in galleries:
            key = "closures.gallery" if each.first <= self.today else "closures.gallery_ahead"
            name = self.words(each.name)
            if each.part:
                name = self.say("closures.part", name=name, part=each.part)
            first, last = self.date(each.first), self.date(each.last)
            yield self.say(key, name=name, first=first, last=last, reason=each.reason)

    def notices(self, span: Period) -> Iterator[str]:
        """The notices that hold on some of these days."""
        for notice in self.museum.notices:
            if span.covers(notice.first, notice.last) and notice.last >= self.today:
                yield self.words(notice.text)
