"""The computed answer to "are you open?": now, on a day, on several days or in general."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from bot.content.asking import When, a_week_later, asked_clock, asked_when
from bot.content.calendar import DayHours, Interval, days_between
from bot.content.calendar import Hours as OpenHours
from bot.content.clock_times import Clock
from bot.content.museum import Museum
from bot.content.periods import Period
from bot.content.sentences import Sentences
from bot.content.telling import Computed, Teller, day_names, earlier, message, minute_time

# Exceptions are seldom entered further ahead than this, so the plain week would be a guess.
KNOWN_DAYS = 548
NEWS_DAYS = 7


def opening_answer(
    text: str, language: str, museum: Museum, sentences: Sentences, now: datetime
) -> str:
    """The opening times that a text asks for, in 'en', 'zh-Hans' or 'zh-Hant'.

    `now` is aware and of any zone; days are the museum's. A question about a day that has passed
    is answered like a general one, because what helps that visitor is the next chance to come.
    """
    here = now.astimezone(museum.time_zone)
    return answer_opening(text, Hours(museum, sentences, language, here)).text


def answer_opening(text: str, tell: Hours) -> Computed:
    """The answer to a question about opening times."""
    when = asked_when(text, tell.now)
    if when.now:
        return Computed(tell.joined(tell.moment()))
    days = tell.still_to_come(when)
    clock = asked_clock(text)
    if len(days) == 1 and clock is not None:
        return Computed(tell.joined(tell.at_clock(days[0], clock.by_day())))
    if days:
        return Computed(tell.joined(tell.about(days)), tell.is_unknown(days[-1]))
    period = when.period or Period(tell.today, tell.today + timedelta(days=NEWS_DAYS))
    state = [] if when.period else [tell.joined(tell.state())]
    lines = [*tell.week(), *state, *tell.news(period)]
    if when.unclear:
        lines.append(tell.say("date_unclear"))
    return Computed(message(lines))


class Hours(Teller):
    """Tells opening times, sentence by sentence."""

    def still_to_come(self, when: When) -> tuple[date, ...]:
        """The days that are asked about; a weekday that is over for today is the next one.

        "Are you open on Sunday?", asked on a Sunday evening, means the next Sunday.
        """
        if when.days == (self.today,) and when.by_weekday and self.has_shut_for_today():
            return a_week_later(when.days)
        return when.days

    def is_unknown(self, day: date) -> bool:
        """Whether a day lies further ahead than the calendar is kept."""
        return (day - self.today).days > KNOWN_DAYS

    def at_clock(self, day: date, clock: Clock) -> Iterator[str]:
        """Whether the doors are open at a time of day, or stay open until then."""
        at = minute_time(clock.minute)
        span = self.open_at(day, clock)
        if span is None:
            if self.museum.opening.hours_on(day).open and not self.is_unknown(day):
                yield self.say("late.not_until" if clock.until else "late.closed_at", at=at)
            yield from self.about([day])
            return
        last = earlier(span.closes, self.museum.last_entry_minutes)
        values = {"at": at, "day": self.day(day), "closes": span.closes, "last_entry": last}
        entry = clock.until or clock.minute <= _minute(last)
        key = "late.open_until" if clock.until else "late.open_at" if entry else "late.no_entry"
        yield self.say(key, **values)

    def open_at(self, day: date, clock: Clock) -> Interval | None:
        """The open stretch of a day that a time of day lies in; none where it is not known."""
        if self.is_unknown(day):
            return None
        for span in self.museum.opening.hours_on(day).open:
            before_end = clock.minute < _minute(span.closes) + clock.until
            if _minute(span.opens) <= clock.minute and before_end:
                return span
        return None

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
            yield self.say("opening.closed_on", day=self.day(self.today))
        elif opens.date() == self.today:
            yield self.say("opening.closed_now_opens_later", opens=opens.time())
        else:
            day = self.day(opens.date())
            yield self.say("opening.closed_now_next", next_day=day, opens=opens.time())
        yield from self._reason(opening.hours_on(self.today))

    def about(self, days: Sequence[date]) -> Iterator[str]:
        """The hours of days, today or later; where all are closed also the next open one."""
        known = [day for day in days if not self.is_unknown(day)]
        for run in self._runs(known):
            yield from self.hours(run)
        if len(known) < len(days):
            first = next(day for day in days if day not in known)
            yield self.say("opening.beyond_calendar", day=self.day(first))
        if known and not any(self.museum.opening.hours_on(day).open for day in known):
            yield from self._next_after(known[-1])

    def week(self) -> Iterator[str]:
        """The usual week, days with the same hours on one line, closed days last."""
        yield self.say("opening.week_intro")
        days: dict[OpenHours, list[int]] = {}
        for number, hours in enumerate(self.museum.opening.week):
            days.setdefault(hours, []).append(number)
        for hours in sorted(days, key=lambda each: not each):
            names = day_names(days[hours])
            for opens, closes in hours:
                yield self.say("opening.week_line", days=names, opens=opens, closes=closes)
            if not hours:
                yield self.say("opening.week_closed", days=names)
        yield self.say("opening.last_entry", minutes=self.museum.last_entry_minutes)

    def news(self, period: Period) -> Iterator[str]:
        """The exceptions of the days after today, which the usual week would get wrong."""
        return (self.joined(self.hours(run)) for run in self.special_runs(period))

    def special_runs(self, period: Period) -> Iterator[list[date]]:
        """Neighbouring days with the same exception, those after today."""
        first = max(period.first, self.today + timedelta(days=1))
        days = days_between(first, period.last)
        special = [day for day in days if self.museum.opening.hours_on(day).special]
        return self._runs(special)

    def hours(self, run: Sequence[date]) -> Iterator[str]:
        """The hours of neighbouring days that have the same."""
        hours = self.museum.opening.hours_on(run[0])
        phrase = self.days(run)
        if run[0] == self.today and hours.open and self.is_over_for_today():
            yield from self.state()
            return
        if not hours.open and hours.reason:
            yield self.say("opening.closed_on_reason", day=phrase, reason=hours.reason)
        elif not hours.open:
            yield self.say("opening.closed_on", day=phrase)
        for opens, closes in hours.open:
            last = earlier(closes, self.museum.last_entry_minutes)
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
            yield from self.hours([opens.date()])

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


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
