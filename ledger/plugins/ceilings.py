"""The budget's part of the plugin ``funds``: hard ceilings, in the order of the journal.

A voucher is measured by the version of its year's budget that was in force when it was posted, by
the same sums and in the same words as on the posting path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from beancount.core import convert, data

from ledger.account import carries_over
from ledger.budgetcheck import DIRECTIVE, BudgetLine, above, check_line, line_of_directive
from ledger.canonical_directives import CustomEntry
from ledger.money import CNY

#: Year, fund and account: what one line of any version is about.
_Place = tuple[int, str, str]


def over_budget(entries: data.Directives) -> Iterator[tuple[Any, str]]:
    """Each directive that is no line of a budget, and each voucher beyond a hard line, with why."""
    book = _Budgets()
    vouchers: list[tuple[int, Any]] = []
    for entry in entries:
        if isinstance(entry, data.Custom) and entry.type == DIRECTIVE:
            if not book.add(entry):
                yield entry, "预算行有误 bad line of a budget"
        elif isinstance(entry, data.Transaction) and str(entry.meta.get("seq", "")).isdigit():
            vouchers.append((int(entry.meta["seq"]), entry))
    if not book.signs:
        return
    sums: dict[_Place, int] = defaultdict(int)
    for seq, entry in sorted(vouchers, key=lambda item: item[0]):
        for place, added in book.moves(entry).items():
            line = book.in_force(place, seq)
            fault = check_line(line, sums[place], added) if line is not None else None
            if fault is not None and fault.severity == "error":
                yield entry, f"[{fault.rule}] {fault.what.zh} {fault.what.en}"
            sums[place] += added


class _Budgets:
    """Every line of every version that the book holds."""

    def __init__(self) -> None:
        self.signs: dict[_Place, int] = {}
        #: Year → version → the place in the journal from which on it measures.
        self._after: dict[int, dict[int, int]] = defaultdict(dict)
        self._lines: dict[tuple[_Place, int], BudgetLine] = {}

    def add(self, entry: Any) -> bool:
        """Take a line in; False if it is none."""
        values = tuple(str(value.value) for value in entry.values or ())
        meta = tuple((key, str(text)) for key, text in entry.meta.items())
        try:
            line = line_of_directive(CustomEntry(entry.date, entry.type, values, meta))
        except (ValueError, KeyError):
            return False
        place = (line.year, line.fund, line.account)
        self.signs[place] = line.sign
        self._lines[place, line.version] = line
        self._after[line.year][line.version] = line.after
        return True

    def in_force(self, place: _Place, seq: int) -> BudgetLine | None:
        """The line of a place that measures the ``seq``-th entry of the journal."""
        versions = [version for version, after in self._after[place[0]].items() if after < seq]
        return self._lines.get((place, max(versions))) if versions else None

    def moves(self, entry: Any) -> dict[_Place, int]:
        """What a voucher adds to each place of any version, in fen."""
        found: dict[_Place, int] = defaultdict(int)
        if carries_over(posting.account for posting in entry.postings):
            return {}
        for posting in entry.postings:
            if posting.units.currency != CNY:
                continue
            fund = str((posting.meta or {}).get("fund", ""))
            for name in above(posting.account):
                place = (entry.date.year, fund, name)
                if place in self.signs:
                    found[place] += self.signs[place] * _fen(posting)
        return {place: fen for place, fen in found.items() if fen}


def _fen(posting: Any) -> int:
    weight = convert.get_weight(posting).number or Decimal(0)  # type: ignore[no-untyped-call]
    return int(weight * 100)
