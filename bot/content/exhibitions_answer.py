"""The computed answer about exhibitions: what is on then, what comes next, and one by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from bot.content.asking import When, asked_when, newest
from bot.content.calendar import Bilingual, date_words
from bot.content.hours_answer import Hours
from bot.content.names import named
from bot.content.periods import Period
from bot.content.programme import Exhibition
from bot.content.telling import Computed, message
from bot.nlu.text import normal

MOST = 4
MOST_PRICES = 4
_NEXT = re.compile(
    r"\bnext\b(?! (?:week|month|year|mon|tue|wed|thu|fri|sat|sun))|upcoming|coming|\bsoon\b"
    r"|\bafter (?:that|this|the)|\bfuture\b|\bnew\b"
    r"|即将|将要|下一|下个展|下個展|接下来|之后|以后|新展|预告|快要"
)
_FREE = re.compile(r"\bfree\b|免费|不要钱|不收费|不花钱")


def answer_exhibitions(text: str, tell: Programme) -> Computed:
    """The answer to what is on, now or at the time asked about, or about those named."""
    found = _named(text, tell)
    if found:
        return _about(found, text, tell)
    when = asked_when(text, tell.now)
    span = _span(when, tell.today)
    on = tell.on(span)
    no_free: list[str] = []
    if newest(text, lambda line: _FREE.search(normal(line))):
        free = [each for each in on if tell.is_free(each)]
        no_free = [tell.say("exhibitions.no_free")] if on and not free else []
        on = free or on
    wants_next = newest(text, lambda line: _NEXT.search(normal(line))) is not None
    lines = [*no_free, *tell.overview(on, when, span)]
    lines += [*tell.next(span.last)] if wants_next or not on else []
    lines += [tell.say("date_unclear")] if when.unclear else []
    return Computed(message(lines), offer_person=not on and not tell.after(span.last))


def answer_exhibition(text: str, tell: Programme) -> Computed | None:
    """The answer about the exhibitions that a text names, None where it names none of ours."""
    found = _named(text, tell)
    return _about(found, text, tell) if found else None


def _named(text: str, tell: Programme) -> Sequence[Exhibition]:
    return newest(text, lambda line: named(line, tell.museum.exhibitions)) or ()


def _about(found: Sequence[Exhibition], text: str, tell: Programme) -> Computed:
    when = asked_when(text, tell.now)
    lines = [tell.joined(tell.details(each, when)) for each in found[:MOST]]
    if all(each.last < tell.today for each in found):
        now = Period(tell.today, tell.today)
        lines += [*tell.overview(tell.on(now), When(), now)]
    unknown = any(tell.prices_of(each) is None and each.last >= tell.today for each in found)
    return Computed(message(lines), offer_person=unknown)


def _span(when: When, today: date) -> Period:
    if when.days:
        return Period(when.days[0], when.days[-1])
    return when.period or Period(today, today)


class Programme(Hours):
    """Tells exhibitions; one that has ended is told only to who asks for it by name."""

    def on(self, span: Period) -> list[Exhibition]:
        """Those that are on in a stretch of days from today, the first to end first."""
        shown = [each for each in self.museum.exhibitions if span.covers(each.first, each.last)]
        return sorted(shown, key=lambda each: each.last)

    def after(self, day: date) -> list[Exhibition]:
        """Those that begin after a day, in order."""
        ahead = [each for each in self.museum.exhibitions if each.first > day]
        return sorted(ahead, key=lambda each: each.first)

    def prices_of(self, exhibition: Exhibition) -> dict[str, float] | None:
        """What it costs by category, empty where free, None where that is not known yet."""
        day = max(self.today, exhibition.first)
        prices = self.museum.exhibition_prices(exhibition, day)
        return None if prices is None else dict(prices)

    def is_free(self, exhibition: Exhibition) -> bool:
        """Whether it costs nothing."""
        return self.prices_of(exhibition) == {}

    def overview(self, on: Sequence[Exhibition], when: When, span: Period) -> Iterator[str]:
        """A line for each exhibition, or that there is none, and whether we are closed then."""
        ahead = when.days or when.period
        days = self.days(when.days[:1]) if when.days else self._stretch(span)
        closed = when.days and not any(self.museum.opening.hours_on(d).open for d in when.days)
        if closed:
            yield self.joined(self.about(when.days))
        if not on:
            yield self.say("exhibitions.none_then" if ahead else "exhibitions.none", when=days)
            return
        key = "on_around" if closed else "on_these" if len(when.days) > 1 else "on_then"
        yield self.say(f"exhibitions.{key if ahead else 'on_now'}", when=days)
        yield from (self._line(each) for each in on[:MOST])
        if len(on) > MOST:
            yield self.say("exhibitions.more", count=len(on) - MOST)

    def next(self, day: date) -> Iterator[str]:
        """The next one that begins after a day."""
        coming = self.after(day)
        if coming:
            yield self.say("exhibitions.next", **self._values(coming[0]))
        else:
            yield self.say("exhibitions.no_next")

    def details(self, each: Exhibition, when: When) -> Iterator[str]:
        """One exhibition: whether and until when, where, what it is, for how much."""
        values = self._values(each)
        if each.last < self.today:
            yield self.say("exhibitions.ended", **values)
            return
        key = "exhibitions.opens" if each.first > self.today else "exhibitions.is_on"
        yield self.say(key, **values)
        if when.days and not any(each.is_on(day) for day in when.days):
            yield self.say("exhibitions.not_on", day=self.day(when.days[0]))
        elif when.days and not self.museum.opening.hours_on(when.days[0]).open:
            yield from self.about(when.days[:1])
        if each.about:
            yield self.words(each.about)
        yield self.full_price(each)
        yield self.say("exhibitions.link", link=each.link)

    def full_price(self, each: Exhibition) -> str:
        """All prices of an exhibition in one sentence."""
        prices = self.prices_of(each)
        if prices is None:
            return self.say("exhibitions.price_unknown")
        if not any(prices.values()):
            return self.say("exhibitions.is_free")
        return self.say("exhibitions.costs", prices=self.price_list(prices))

    def price_list(self, prices: dict[str, float]) -> str:
        """The first categories with their prices: "Adult £14, Student £9"."""
        known = {each.id: each.name for each in self.museum.prices.categories}
        first = [id for id in (*known, *prices) if id in prices]
        return self.listed(
            self.say("prices.item", who=known.get(id, id), price=self.money(prices[id]))
            for id in list(dict.fromkeys(first))[:MOST_PRICES]
        )

    def _line(self, each: Exhibition) -> str:
        key = "exhibitions.line_ahead" if each.first > self.today else "exhibitions.line"
        return self.say(key, **self._values(each))

    def _values(self, each: Exhibition) -> dict[str, object]:
        return {
            "name": each.name,
            "first": date_words(each.first),
            "last": date_words(each.last),
            "room": each.room,
            "price": self._few_words(each),
            "link": each.link,
        }

    def _few_words(self, each: Exhibition) -> str:
        prices = self.prices_of(each)
        if prices is None:
            return self.say("exhibitions.price_ahead")
        if not any(prices.values()):
            return self.say("prices.free")
        dearest = max(prices, key=lambda id: prices[id])
        return self.price_list({dearest: prices[dearest]})

    def _stretch(self, span: Period) -> Bilingual | str:
        if span.first == span.last:
            return self.day(span.first)
        if span.is_month(self.today):
            first = span.first
            return Bilingual(f"in {first:%B %Y}", f"{first.year}年{first.month}月")
        return self.say(
            "exhibitions.stretch", first=date_words(span.first), last=date_words(span.last)
        )
