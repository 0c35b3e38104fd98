"""Who pays what, and from which day on: a table without files and without a clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.content.calendar import Bilingual

# The kinds of visitor that a text can name; a category of museum.yml lists those it is for.
KINDS = (
    "adult child senior student disabled companion low_income member teacher health_worker "
    "military resident family_ticket group"
).split()
# What age decides where the age is known.
_BY_AGE = frozenset({"adult", "child", "senior"})


@dataclass(frozen=True)
class Category:
    """A line of the price list: for whom it is, by kind of visitor or by age in whole years."""

    id: str
    name: Bilingual
    who: frozenset[str] = frozenset()
    ages: tuple[int, int] | None = None
    whom: Bilingual | None = None
    proof: Bilingual | None = None

    def fits(self, kind: str, age: int | None) -> bool:
        """Whether such a visitor may buy this; a known age outweighs "child" and "senior"."""
        if age is not None and self.ages and self.ages[0] <= age <= self.ages[1]:
            return True
        if age is not None and kind in _BY_AGE:
            return False
        return kind in self.who or kind == self.id


@dataclass(frozen=True)
class PriceRow:
    """Prices in force from `first` to `last`, both included, by category; empty means free."""

    first: date
    last: date
    admission: Mapping[str, float]
    exhibition: Mapping[str, float]


@dataclass(frozen=True)
class PriceTable:
    """The categories in the order of the file, and rows of prices with their dates."""

    categories: tuple[Category, ...] = ()
    rows: tuple[PriceRow, ...] = ()

    def row_on(self, day: date) -> PriceRow | None:
        """The row in force on a day: of those that cover it the one that began last."""
        fitting = [row for row in self.rows if row.first <= day <= row.last]
        return max(fitting, key=lambda row: row.first, default=None)

    def category(self, id: str) -> Category:
        """The category of that name; raises KeyError where there is none."""
        for category in self.categories:
            if category.id == id:
                return category
        raise KeyError(id)

    @property
    def adult(self) -> Category:
        """The category of those who get no reduction."""
        return next(each for each in self.categories if "adult" in each.who)

    def best(self, kind: str, age: int | None, prices: Mapping[str, float]) -> Category | None:
        """The cheapest priced category that a visitor may buy, None where the list has none."""
        fitting = [each for each in self.categories if each.id in prices and each.fits(kind, age)]
        if not fitting and age is not None and kind in _BY_AGE and self.adult.id in prices:
            return self.adult
        return min(fitting, key=lambda each: prices[each.id], default=None)

    def quotable(self, day: date) -> Iterator[tuple[str, float]]:
        """What answers may quote of the row in force: prices.exhibition_adult and the like."""
        row = self.row_on(day)
        if row is None:
            return
        for name, prices in (("admission", row.admission), ("exhibition", row.exhibition)):
            if not prices:
                yield f"prices.{name}", 0
            for category, price in prices.items():
                yield f"prices.{name}_{category}", price
