"""What a pack has beside the statements of the redacted book: streams that the registry knows.

Each is built as people inside read it and then told as :mod:`reports.packs.telling` allows. Budgets
and the use of dues are drawn of the redacted book itself, so that what is posted on them is what is
published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ledger.account import component_code
from ledger.errors import LedgerError
from ledger.period import Month
from ledger.registry import budgets
from reports.packs.behind import Behind
from reports.packs.roll import with_sums
from reports.packs.scanning import Scanner
from reports.packs.telling import BOOK, TELLINGS, Told, told
from reports.site.from_books import MOST_BEHIND
from reports.sources import known_source
from reports.statements import asset_register, depreciation
from reports.statements.catalogue import build, with_annex
from reports.statements.gift_moves import RECEIVED
from reports.statements.source import Snapshot

if TYPE_CHECKING:
    from ledger.errors import Finding
    from ledger.period import Period
    from ledger.publishing.values import PublicBook
    from ledger.registry import Registry
    from reports.packs.sealed import Sealed
    from reports.statement import Statement
    from reports.statements.gift_moves import GiftMoves
    from reports.statements.source import Source

#: Drawn of the year up to the period's end, a month's of each month, and of the period itself.
_TO_DATE = ("budget", "dues-use", "levy", "remittance", "arrivals", "allocation-use",
            "special-unspent", "contracts", "asset-register")  # fmt: skip
_BY_MONTH = ("dues-roll", "aid", "major-items", "asset-changes", "depreciation")
_WHOLE = ("gift-disclosure", "campaign", "venue-use")
_OF_YEAR = ("aid", "gifts-received", "major-items", "asset-changes", "depreciation")


def planned(period: Period) -> Iterator[tuple[str, Period]]:
    """Which statements are drawn of which periods, for a pack of a month, a quarter or a year."""
    months = list(period.months())
    last = months[-1].period if len(months) in (2, 3) else period
    is_year = len(months) > 3
    for name in _TO_DATE:
        yield name, last
    for name in _BY_MONTH:
        if is_year and name in _OF_YEAR:
            yield name, period
        if not is_year or name in ("dues-roll", "aid"):
            for month in months:
                yield name, month.period
    for name in _WHOLE:
        yield name, period
    if is_year:
        yield "gifts-received", period


@dataclass
class Gathering:
    """One pack's statements of the registry. ``pattern`` is one of its redacted book."""

    registry: Registry
    unit: str
    period: Period
    redacted: Source
    pattern: Statement
    book: PublicBook
    sealed: Sealed

    def statements(self) -> tuple[list[Statement], list[Finding]]:
        """Those of which there is something to tell, and why others cannot be drawn."""
        scan = Scanner(self.registry)
        found: list[Statement] = []
        findings: list[Finding] = []
        funds = {fund.code: fund for fund in self.book.funds}
        for name, period in planned(self.period):
            try:
                source = self._source(name, period, scan)
                made = source and _BUILDERS.get(name, _usual(name))(source, period)
                if not source or not made:
                    continue
                behind = Behind(self.book, self.sealed, _given(source.gifts))
                one = told(
                    made, self.pattern, period, scan, source=source, behind=behind, funds=funds
                )
            except LedgerError as fault:
                findings += fault.findings
                continue
            if one is not None:
                is_book = TELLINGS[name].by == BOOK
                found.append(with_annex(source, one, MOST_BEHIND) if is_book else one)
        return found, findings

    def _source(self, name: str, period: Period, scan: Told) -> Source | None:
        """What a statement is built from; None where the unit has nothing of its kind."""
        if name == "budget":
            return self._budget(period, scan)
        source = known_source(self.registry, self.unit, name, period)
        if not _HAS[name](source, period):
            return None
        if name == "dues-use":
            return replace(self.redacted, dues=source.dues)
        source = replace(source, model=Snapshot(source.model))
        return with_sums(source, self.book, self.sealed) if name == "dues-roll" else source

    def _budget(self, period: Period, scan: Told) -> Source | None:
        """The budget in force when the period ended, with what of it is published as posted.

        What was revised later changes no period that is over: its pack is rebuilt to the byte.
        """
        from ledger.budgets.standing import compare

        last = Month.of(period.last)
        with self.registry.read() as conn:
            version = budgets.version_on(conn, self.unit, last.year, period.last)
        if version is None:
            return None
        rows = compare(
            self.registry, self.unit, last.year, last, version, dropped=True,
            book=self.redacted.model,
        )  # fmt: skip
        clean = [replace(one, line=replace(one.line, account=_clean(one.line.account, scan)))
                 for one in rows]  # fmt: skip
        return replace(self.redacted, budget=clean)


def _clean(account: str, scan: Told) -> str:
    """An account's name as it is published: parts that hold something of a person by their code."""
    root, *parts = account.split(":")
    return ":".join(
        (
            root,
            *(p if scan(p) == p else component_code(p) or f"X{at}" for at, p in enumerate(parts)),
        )
    )


def _given(gifts: GiftMoves | None) -> frozenset[str]:
    """The vouchers that brought gifts, which are disclosed one by one."""
    if gifts is None:
        return frozenset()
    funds = [*gifts.funds, *gifts.wholes.values()]
    return frozenset(
        move.voucher
        for fund in funds
        for move in (*fund.earlier, *fund.moves)
        if move.kind == RECEIVED
    )


def _usual(name: str) -> Callable[[Source, Period], Statement]:
    return lambda source, period: build(name, source, period)


_BUILDERS: dict[str, Callable[[Source, Period], Statement]] = {
    asset_register.NAME: asset_register.build_public,
    "depreciation": depreciation.build_public,
}


def _assessed(source: Source, period: Period) -> bool:
    month = Month.of(period.last)
    return source.dues is not None and any(one.month == month for one in source.dues.assessed)


def _collects(source: Source, _: Period) -> bool:
    return source.dues is not None and any(one.unit == source.unit for one in source.dues.schemes)


#: Whether a unit has anything of a kind, asked of what its statement would be built from.
_HAS: dict[str, Callable[[Source, Period], bool]] = {
    "dues-use": _collects,
    "dues-roll": _assessed,
    "levy": lambda source, _: source.levy is not None and bool(source.levy.targets),
    "remittance": lambda source, _: bool(source.ways),
    "arrivals": lambda source, _: bool(source.allocations),
    "allocation-use": lambda source, _: bool(source.allocations),
    "special-unspent": lambda source, _: bool(source.allocations),
    "contracts": lambda source, _: bool(source.contracts),
    "asset-register": lambda source, _: source.assets is not None and bool(source.assets.stands),
    "asset-changes": lambda source, _: source.assets is not None and bool(source.assets.stands),
    "depreciation": lambda source, _: source.assets is not None and bool(source.assets.stands),
    "aid": lambda source, _: source.aid is not None and bool(source.aid.paid),
    "major-items": lambda source, _: (
        source.major is not None and bool(source.major.decided or source.major.undecided)
    ),
    "gift-disclosure": lambda source, _: source.gifts is not None and bool(source.gifts.told),
    "campaign": lambda source, _: source.gifts is not None and bool(source.gifts.campaigns),
    "gifts-received": lambda source, _: source.gift_rows is not None,
    "venue-use": lambda source, _: bool(source.venues),
}
