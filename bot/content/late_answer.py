"""The computed answer about late evenings: which, whether this one, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta

from bot.content.asking import asked_clock, asked_when
from bot.content.calendar import days_between
from bot.content.clock_times import Clock
from bot.content.hours_answer import Hours
from bot.content.periods import Period
from bot.content.telling import Computed, day_names, earlier, message, minute_time

SEARCH_DAYS = 60
MOST_DAYS = 3


def answer_late(text: str, tell: Evenings) -> Computed:
    """The answer to a question about late opening."""
    when, clock = asked_when(text, tell.now), asked_clock(text)
    days = (tell.today,) if when.now else tell.still_to_come(when)
    if days and tell.is_unknown(days[-1]):
        return Computed(tell.joined(tell.about(days[-1:])), offer_person=True)
    if days and clock is not None:
        return Computed(message([tell.joined(tell.at_that_time(days, clock.by_evening()))]))
    if days:
        return Computed(tell.joined(tell.about_days(days)))
    if clock is not None and when.period is None:
        return Computed(tell.joined(tell.in_general_at(clock.by_evening())))
    ahead = Period(tell.today, tell.today + timedelta(days=SEARCH_DAYS))
    lines = [tell.joined(tell.in_general(when.period or ahead))]
    return Computed(message([*lines, tell.say("date_unclear")] if when.unclear else lines))


class Evenings(Hours):
    """Tells late evenings: days that close later than most days of the usual week."""

    def usual_closing(self) -> time:
        """When most days of the usual week close; of several such times the earliest."""
        closings = [hours[-1].closes for hours in self.museum.opening.week if hours]
        return min(closings, key=lambda closes: (-closings.count(closes), closes))

    def is_late(self, day: date) -> bool:
        """Whether the doors close later on a day than they usually do."""
        hours = self.museum.opening.hours_on(day).open
        return bool(hours) and hours[-1].closes > self.usual_closing()

    def late_days(self, period: Period, most: int) -> list[date]:
        """The first late evenings of a period; today's only while it lasts."""
        found: list[date] = []
        for day in days_between(period.first, period.last):
            over = day == self.today and self.is_over_for_today()
            if len(found) < most and self.is_late(day) and not over:
                found.append(day)
        return found

    def in_general(self, period: Period) -> Iterator[str]:
        """The weekdays that are late, and the next of them that is really kept."""
        yield from self._weekdays(Clock(0))
        coming = self.late_days(period, MOST_DAYS if period.first > self.today else 1)
        if coming:
            yield self.say("late.next", days=self._listed(coming))
        else:
            yield self.say("late.none_until", day=self.date(period.last))
        if "late.programme" in self.museum.facts:
            yield self.say("late.programme")

    def in_general_at(self, clock: Clock) -> Iterator[str]:
        """The weekdays on which the doors are still open at a time of day."""
        fitting = list(self._weekdays(clock))
        if not fitting:
            yield self.say("late.never_at", at=minute_time(clock.minute))
            fitting = list(self._weekdays(Clock(0)))
        yield from fitting
        yield from self._next(())

    def about_days(self, days: Sequence[date]) -> Iterator[str]:
        """Whether these days are late evenings; where none is, also the next one."""
        late = [day for day in days if self.is_late(day)]
        for day in late[:MOST_DAYS]:
            if day == self.today and self.is_over_for_today():
                yield from self.state()
            else:
                yield self._late_on(day)
        if not late:
            yield from self._not_late(days)
            yield from self._next(days)

    def at_that_time(self, days: Sequence[date], clock: Clock) -> Iterator[str]:
        """Whether the doors are open on days at a time; where on none, also the next evening."""
        for day in days[:MOST_DAYS]:
            yield from self.at_clock(day, clock)
        if not any(self.open_at(day, clock) for day in days):
            yield from self._next(days)

    def _weekdays(self, clock: Clock) -> Iterator[str]:
        """One sentence for the weekdays that close later than usual, and than `clock`."""
        closings: dict[time, list[int]] = {}
        for number, hours in enumerate(self.museum.opening.week):
            if hours and hours[-1].closes > self.usual_closing():
                closings.setdefault(hours[-1].closes, []).append(number)
        for closes, numbers in closings.items():
            if clock.minute < closes.hour * 60 + closes.minute + clock.until:
                last = earlier(closes, self.museum.last_entry_minutes)
                names = day_names(numbers)
                yield self.say("late.weekly", days=names, closes=closes, last_entry=last)

    def _late_on(self, day: date) -> str:
        closes = self.museum.opening.hours_on(day).open[-1].closes
        last = earlier(closes, self.museum.last_entry_minutes)
        return self.say("late.late_on", day=self.day(day), closes=closes, last_entry=last)

    def _not_late(self, days: Sequence[date]) -> Iterator[str]:
        hours = self.museum.opening.hours_on(days[0])
        if len(days) > 1:
            yield self.say("late.none_of_these")
        elif not hours.open or (days[0] == self.today and self.is_over_for_today()):
            yield from self.hours(days)
        else:
            closes = hours.open[-1].closes
            last = earlier(closes, self.museum.last_entry_minutes)
            yield self.say(
                "late.not_late_on", day=self.day(days[0]), closes=closes, last_entry=last
            )

    def _next(self, told: Sequence[date]) -> Iterator[str]:
        period = Period(self.today, self.today + timedelta(days=SEARCH_DAYS))
        coming = [day for day in self.late_days(period, SEARCH_DAYS) if day not in told]
        if coming:
            yield self.say("late.next", days=self._listed(coming[:1]))

    def _listed(self, days: Iterable[date]) -> str:
        return self.listed(
            self.say(
                "late.evening",
                day=self.date(day),
                closes=self.museum.opening.hours_on(day).open[-1].closes,
            )
            for day in days
        )
