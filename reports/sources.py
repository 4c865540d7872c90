"""Gathering what a statement is built from: the book alone, or the book and the registry.

Most statements need the book's text only, so that a warm report never opens a database. The bank
reconciliation and the operation log ask the registry, which is imported when they do.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.chart import load_chart
from ledger.entry import safe_text
from ledger.errors import Words
from ledger.layout import month_file, unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.period import Month, Period
from ledger.unitfacts import read_facts
from reports.statements.source import Act, BankStatement, Source, Unmatched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.model import PostedLine
    from ledger.registry import Registry

#: The statements that tell of members' dues, and those that tell of levies and what goes up.
OF_DUES: Final = ("dues-roll", "dues-use", "collection", "arrears")
OF_LEVY: Final = ("levy", "remittance")
#: Those of a whole subtree of units.
OF_SUPPORT: Final = ("support", "support-per-head", "support-by-region", "grass-roots-share")
OF_TREE: Final = ("consolidated", "comparison", "statistics", *OF_SUPPORT)
#: Those of what units pay each other.
OF_TRANSFERS: Final = ("matrix", "transfers")
#: Those of allocations.
OF_ALLOCATIONS: Final = ("arrivals", "allocation-use", "special-unspent")
#: Those of gifts and campaigns, and of the yearly report on gifts.
OF_GIFTS: Final = ("gift-disclosure", "campaign")
OF_GIFT_FIGURES: Final = ("gifts-received", "public-benefit", "large-gifts", "major-projects")
#: Those of lasting things.
OF_ASSETS: Final = (
    "asset-register", "asset-changes", "depreciation", "asset-history", "state-owned",
)  # fmt: skip
#: Those of the registry of which every figure opens on screen.
OPEN_ON_SCREEN: Final = (
    *OF_DUES, *OF_LEVY, *OF_TREE, *OF_TRANSFERS, *OF_ALLOCATIONS, *OF_GIFTS, *OF_GIFT_FIGURES,
    *OF_ASSETS, "budget", "contracts", "major-items", "aid", "venue-use", "stocktake",
)  # fmt: skip
#: What stands in the place of a text that holds something of a person.
WITHHELD: Final = "（不公开 not told）"
#: All that say what only the registry knows.
OF_REGISTRY: Final = ("bank-reconciliation", "operation-log", *OPEN_ON_SCREEN)


def book_source(
    federation: Path, unit: str, period: Period | None = None, *, kept: bool = True
) -> Source:
    """What the book's text gives; CannotRun if there is no such unit.

    With a ``period`` that is closed, who closed and checked it stands on its statements. Without
    ``kept`` no cache is written beside the book.
    """
    facts = read_facts(federation, unit)
    folder = unit_folder(federation, unit)
    signatures = () if period is None else _signatures(folder, Month.of(period.last))
    model = Model.open(folder) if kept else Model.unkept(folder)
    return Source(model, load_chart(facts.chart), facts, signatures=tuple(signatures))


_CLOSED_BY = re.compile(rb'custom "close" "([0-9-]{7})" "[0-9a-f]{64}"\n  by: "([^"]+)"')
_CHECKERS = re.compile(rb'^  checker: "([^"]+)"$', re.MULTILINE)


def _signatures(folder: Path, month: Month) -> Iterator[tuple[Words, str]]:
    """The maker and the checkers of a closed month, by their ids."""
    path = folder / month_file(month)
    data = path.read_bytes() if path.is_file() else b""
    closed = _CLOSED_BY.findall(data)
    if not closed:
        yield Words("状态", "State"), "未结账 not closed"
        return
    yield Words("制表", "Maker"), closed[-1][1].decode()
    checkers = Counter(user for found in _CHECKERS.findall(data) for user in found.decode().split())
    yield Words("审核", "Checker"), " ".join(user for user, _ in checkers.most_common(3))


def source_for(federation: Path, unit: str, name: str, period: Period) -> Source:
    """The source for one statement, opening the registry only where the statement needs it."""
    if name not in OF_REGISTRY:
        return book_source(federation, unit, period)
    from ledger.registry import Registry

    registry = Registry.open(federation)
    try:
        return known_source(registry, unit, name, period)
    finally:
        registry.close()


def known_source(registry: Registry, unit: str, name: str, period: Period) -> Source:
    """The source for one statement, of a registry that is open."""
    if name not in OF_REGISTRY:
        return book_source(registry.folder, unit, period)
    if name in OF_DUES:
        from reports.dues_source import dues_source

        return dues_source(registry, unit, name, period)
    if name in OF_LEVY:
        from reports.levy_source import levy_source

        return levy_source(registry, book_source(registry.folder, unit, period), period)
    if name == "budget":
        return _budget_source(registry, unit, period)
    if name == "aid":
        from reports.aid_source import aid_source

        return aid_source(registry, unit, period)
    if name in OF_GIFTS:
        from reports.gift_source import gift_source

        return gift_source(registry, unit, name, period)
    if name in OF_ALLOCATIONS:
        return _allocation_source(registry, unit, period)
    if name in OF_GIFT_FIGURES:
        from reports.yearly_source import yearly_source

        return yearly_source(registry, unit, name, period)
    if name in OF_SUPPORT:
        from reports.support_source import support_source

        book = book_source(registry.folder, unit, period)
        return support_source(registry, book, name, period)
    if name in OF_ASSETS:
        from reports.asset_source import asset_source

        return asset_source(registry, unit, name, period)
    if name == "contracts":
        return _contract_source(registry, unit, period)
    if name == "major-items":
        return _major_source(registry, unit, period)
    if name == "venue-use":
        return _venue_source(registry, unit, period)
    if name == "stocktake":
        from reports.stocktake_source import stocktake_source

        return stocktake_source(registry, book_source(registry.folder, unit, period), period)
    if name == "statistics":
        from ledger.tree.statistics import of_subtree

        found = of_subtree(registry, unit, period.last)
        return replace(book_source(registry.folder, unit, period), statistics=tuple(found))
    if name in OF_TREE:
        from reports.tree_source import tree_source

        return tree_source(registry, book_source(registry.folder, unit, period), period)
    if name in OF_TRANSFERS:
        from reports.transfers_source import transfers_source

        return transfers_source(registry, book_source(registry.folder, unit, period), period)
    return registry_source(registry, unit, period)


def _budget_source(registry: Registry, unit: str, period: Period) -> Source:
    """The source with the budget of the period's year, and what was posted up to its end."""
    from ledger.budgets.standing import compare

    last = Month.of(period.last)
    rows = compare(registry, unit, last.year, last, dropped=True)
    return replace(book_source(registry.folder, unit, period), budget=tuple(rows))


def _allocation_source(registry: Registry, unit: str, period: Period) -> Source:
    """The source with every allocation as of the period's end, and what vouchers moved of them."""
    from ledger.allocations.standing import moves_by_code, stands

    found = stands(registry, unit, period.last)
    moves = moves_by_code(registry, unit, period.last)
    book = book_source(registry.folder, unit, period)
    return replace(book, allocations=tuple(found), allocation_moves=moves)


def _contract_source(registry: Registry, unit: str, period: Period) -> Source:
    """The source with the unit's contracts as of the period's end."""
    from ledger.contracts.standing import stands

    book = book_source(registry.folder, unit, period)
    return replace(book, contracts=tuple(stands(registry, unit, period.last)))


def _venue_source(registry: Registry, unit: str, period: Period) -> Source:
    """The source with the unit's venues that somebody approved, and their use in the period."""
    from ledger.registry.venues import WAITING
    from ledger.venues.standing import stands

    found = tuple(one for one in stands(registry, unit, period) if one.state != WAITING)
    return replace(book_source(registry.folder, unit, period), venues=found)


def _major_source(registry: Registry, unit: str, period: Period) -> Source:
    """The source with the decisions of the period as of its end."""
    from ledger.decisions.standing import major_items

    book = book_source(registry.folder, unit, period)
    return replace(book, major=major_items(registry, unit, period, period.last))


def registry_source(registry: Registry, unit: str, period: Period) -> Source:
    """The source with what the registry knows of banks and acts in ``period``."""
    from ledger.registry import imports, oplog

    book = book_source(registry.folder, unit, period)
    with registry.read() as conn:
        banks = tuple(
            _bank(conn, registry, book, money.account, period)
            for money in imports.accounts(conn, registry.vault, unit)
        )
        log = [
            Act(datetime.fromisoformat(act.at), act.user, act.action, act.object, act.detail)
            for act in oplog.entries(conn, unit, period.start, period.end)
        ]
        acts = tuple(scanned(conn, registry, log))
    return Source(book.model, book.chart, book.facts, banks, acts, book.signatures)


def scanned(conn: Connection, registry: Registry, acts: list[Act]) -> Iterator[Act]:
    """The acts without the documents that hold something of a person: the log shows codes."""
    from ledger.privacy import kinds_in
    from ledger.registry.persons import names_in

    def holds(*texts: str) -> bool:
        text = "\n".join(texts)
        return bool(kinds_in(text)) or names_in(conn, registry.vault, text)

    # Hardly ever does any hold a name: all are asked at once.
    is_clean = not holds(*{text for act in acts for text in (act.object, act.detail)})
    for act in acts:
        if is_clean or not holds(act.object, act.detail):
            yield act
        else:
            yield replace(act, object=WITHHELD, detail="")


# ---- what did not match ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Posted:
    """A posting on a money account, and what its voucher came from."""

    line: PostedLine
    source: str
    reverses: str | None


def _bank(
    conn: Connection, registry: Registry, book: Source, account: str, period: Period
) -> BankStatement:
    from ledger.registry import staging, statement_files

    closing = statement_files.balance_at(conn, book.unit, account, period.last)
    if closing is None:
        return BankStatement(account, None)
    waiting = staging.lines(
        conn,
        registry.vault,
        book.unit,
        # Those of a file that is being undone are in the bank's statement until it is.
        states=(staging.QUESTION, staging.DRAFTED, staging.SET_ASIDE, staging.UNDONE),
        account=account,
        until=period.end,
    )
    only_bank = tuple(
        Unmatched(
            line.day,
            Money(line.fen, line.currency),
            f"流水 line {line.id}",
            f"line-{line.id}",
        )
        for line in waiting
    )
    files = [
        row
        for row in statement_files.files(conn, book.unit, account)
        if row.start is not None and row.end is not None and row.start <= period.last <= row.end
    ]
    return BankStatement(
        account,
        Money(closing),
        only_bank,
        tuple(_only_book(conn, book, account, period)),
        files[-1].digest if files else "",
    )


def _only_book(conn: Connection, book: Source, account: str, period: Period) -> Iterator[Unmatched]:
    """Postings since the first statement that no statement line stands behind.

    A voucher that was reversed, and its reversal, cancel out and are no difference.
    """
    from ledger.registry import entries, staging, statement_files

    covered = [row.start for row in statement_files.files(conn, book.unit, account) if row.start]
    since = min(covered)
    posted = [
        line
        for line in book.model.lines(
            since=Month.of(since), through=Month.of(period.last), accounts=[account]
        )
        if line.day >= since
    ]
    origins = entries.origins(conn, book.unit, {line.number for line in posted})
    reversed_ = {reverses for _, reverses in origins.values() if reverses}
    settled = staging.settled_numbers(conn, book.unit)
    for line in posted:
        _, reverses = origins[line.number]
        if reverses or line.number in reversed_ or line.number in settled:
            continue
        yield Unmatched(line.day, line.amount, safe_text(line.narration), line.number)
