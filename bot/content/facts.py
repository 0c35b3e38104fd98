"""The quotable facts of museum.yml: what stands there, and the prices that are in force today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.content.calendar import Bilingual
from bot.content.museum_file import amount
from bot.content.price_table import PriceTable


@dataclass(frozen=True)
class Facts(Mapping[str, Bilingual]):
    """Every fact by its dotted path; a price that has run out is none any more.

    `written` wins where it names a path that the table has too.
    """

    written: Mapping[str, Bilingual]
    table: PriceTable
    today: Callable[[], date]

    def __getitem__(self, path: str) -> Bilingual:
        if path in self.written:
            return self.written[path]
        return self._in_force()[path]

    def __iter__(self) -> Iterator[str]:
        return iter({**self.written, **self._in_force()})

    def __len__(self) -> int:
        return len({**self.written, **self._in_force()})

    def _in_force(self) -> dict[str, Bilingual]:
        rows = self.table.quotable(self.today())
        return {path: Bilingual(amount(price), amount(price)) for path, price in rows}


def clock_of(zone: ZoneInfo) -> Callable[[], date]:
    """Tells the day that it is now in a time zone."""
    return lambda: datetime.now(zone).date()
