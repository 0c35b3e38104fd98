"""The computed answer to what it costs: for these visitors, on this day, for this exhibition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.content.asking import asked_when, newest
from bot.content.exhibitions_answer import Programme
from bot.content.names import named
from bot.content.party import Person, find_party
from bot.content.price_table import Category, PriceRow
from bot.content.programme import Exhibition
from bot.content.telling import Computed, message

MOST_EXHIBITIONS = 2
Prices = Mapping[str, float]


@dataclass(frozen=True)
class _Share:
    """What visitors of one kind pay: `each` for everyone of `count`, which may be open."""

    person: Person
    category: Category
    each: float


def answer_prices(text: str, tell: Till) -> Computed | None:
    """The answer to what it costs, None where museum.yml has no price table."""
    return _answer(text, tell, reductions=False)


def answer_concessions(text: str, tell: Till) -> Computed | None:
    """The answer to who pays less, None where museum.yml has no price table."""
    return _answer(text, tell, reductions=True)


def _answer(text: str, tell: Till, *, reductions: bool) -> Computed | None:
    if not tell.museum.prices.rows:
        return None
    when = asked_when(text, tell.now)
    day = when.days[0] if when.days else when.period.first if when.period else tell.today
    row = tell.museum.prices.row_on(day)
    party = newest(text, find_party) or ()
    if row is None:
        return Computed(tell.say("prices.not_known", day=tell.day(day)), offer_person=True)
    strangers = tell.strangers(party, row)
    shown = newest(text, lambda line: named(line, tell.museum.exhibitions)) or ()
    known = tuple(person for person in party if person not in strangers)
    lines = list(tell.no_category(strangers))
    lines += tell.bill(known, row, shown, day) if known or not reductions else []
    if reductions and not known:
        lines += tell.reduced(row)
    unknown = any(tell.price_at(each, day) is None for each in shown if each.last >= tell.today)
    return Computed(message(lines), offer_person=bool(strangers) or unknown)


class Till(Programme):
    """Tells prices."""

    def bill(
        self, party: Sequence[Person], row: PriceRow, named: Sequence[Exhibition], day: date
    ) -> Iterator[str]:
        """Entry and exhibitions, for a party where one was told, else the price list."""
        if row.admission:
            yield from self._priced(self.say("prices.entry"), row.admission, party)
        else:
            yield self.say("prices.entry_free")
        shown = list(named) or self._ticketed(day)
        for each in shown[:MOST_EXHIBITIONS]:
            yield from self._exhibition(each, party, day)
        used = [row.admission, *(self.price_at(each, day) or {} for each in shown)]
        shares = [share for prices in used for share in self._shares(party, prices)]
        yield from self._proofs([share.category for share in shares])

    def price_at(self, exhibition: Exhibition, day: date) -> Prices | None:
        """What an exhibition costs on a day, on its first where it has not opened by then."""
        return self.museum.exhibition_prices(exhibition, max(day, exhibition.first))

    def reduced(self, row: PriceRow) -> Iterator[str]:
        """Every reduction of the price list, whom it is for, and what proves it."""
        if not row.admission:
            yield self.say("prices.entry_free")
        prices = row.admission or row.exhibition
        cheaper = [
            each
            for each in self.museum.prices.categories
            if each.id in prices and "adult" not in each.who
        ]
        if not cheaper:
            return
        yield self.say("prices.reduced" if row.admission else "prices.reduced_exhibition")
        for each in cheaper:
            yield self._price_line(each.name, prices[each.id], each)
        yield from self._proofs(cheaper)

    def strangers(self, party: Sequence[Person], row: PriceRow) -> list[Person]:
        """Those of a party for whom the price list has no line."""
        lists = [prices for prices in (row.admission, row.exhibition) if prices]
        best = self.museum.prices.best
        return [
            each
            for each in party
            if lists and not any(best(each.kind, each.age, prices) for prices in lists)
        ]

    def no_category(self, strangers: Sequence[Person]) -> Iterator[str]:
        """That the price list says nothing of these visitors."""
        kinds = dict.fromkeys(each.kind for each in strangers)
        if kinds:
            who = self.listed(self.say(f"prices.kinds.{kind}") for kind in kinds)
            yield self.say("prices.no_category", who=who)

    def _ticketed(self, day: date) -> list[Exhibition]:
        shown = [each for each in self.museum.exhibitions if each.is_on(day)]
        return [each for each in shown if any((self.price_at(each, day) or {}).values())]

    def _exhibition(self, each: Exhibition, party: Sequence[Person], day: date) -> Iterator[str]:
        if each.last < self.today:
            yield self.say("exhibitions.ended", **self._values(each))
            return
        prices = self.price_at(each, day)
        name = self.say("prices.exhibition", name=each.name)
        if prices is None:
            yield self.say("prices.exhibition_unknown", name=each.name)
        elif not any(prices.values()):
            yield self.say("prices.exhibition_free", name=each.name)
        else:
            yield from self._priced(name, prices, party)

    def _priced(self, heading: str, prices: Prices, party: Sequence[Person]) -> Iterator[str]:
        shares = self._shares(party, prices)
        if not shares:
            yield self.say("prices.list", what=heading, prices=self.price_list(dict(prices)))
            return
        yield self.say("prices.heading", what=heading)
        yield from (self._share(share) for share in shares)
        total = _total(shares)
        if total is not None and (len(shares) > 1 or (shares[0].person.count or 1) > 1):
            yield self.say("prices.total", total=self.money(total))

    def _shares(self, party: Sequence[Person], prices: Prices) -> list[_Share]:
        shares = []
        for person in party:
            category = self.museum.prices.best(person.kind, person.age, prices)
            if category is not None:
                shares.append(_Share(person, category, prices[category.id]))
        return _merged(shares)

    def _share(self, share: _Share) -> str:
        name, count = share.category.name, share.person.count or 1
        who: object = name
        if share.person.age is not None:
            who = self.say("prices.aged", who=name, age=share.person.age)
        if count > 1:
            who = self.say("prices.times", who=who, count=count)
        return self._price_line(who, share.each * count)

    def _price_line(self, who: object, price: float, category: Category | None = None) -> str:
        if category is not None and category.whom:
            return self.say(
                "prices.line_for", who=who, whom=category.whom, price=self.money(price)
            )
        return self.say("prices.line", who=who, price=self.money(price))

    def _proofs(self, categories: Sequence[Category]) -> Iterator[str]:
        proofs = dict.fromkeys(each.proof for each in categories if each.proof)
        if proofs:
            yield self.say("prices.proof", proof=self.listed(map(self.words, proofs)))


def _merged(shares: Sequence[_Share]) -> list[_Share]:
    """Shares with the visitors of one age and category put together."""
    merged: dict[tuple[str, int | None], _Share] = {}
    for share in shares:
        key = (share.category.id, share.person.age)
        before = merged[key].person.count if key in merged else None
        count = (share.person.count or 0) + (before or 0)
        person = Person(share.person.kind, count or None, share.person.age)
        merged[key] = _Share(person, share.category, share.each)
    return list(merged.values())


def _total(shares: Sequence[_Share]) -> float | None:
    """The sum, None where it is open how many come and that matters."""
    if any(share.person.count is None and share.each for share in shares):
        return None
    return sum(share.each * (share.person.count or 0) for share in shares)
