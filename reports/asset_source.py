"""Gathering what statements of assets are built from: postings on accounts of things, and cards.

A statement of a period says what stood at its end, whatever is known by now.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.assets import accounts, life, sums, walk
from ledger.assets.marks import REQUEST
from ledger.assets.standing import register_of
from ledger.openings import opening_vouchers
from ledger.period import Month, Period
from ledger.registry import asset_requests, assets
from ledger.registry.asset_requests import ACCEPTED, APPROVED, DONE, HANDED
from ledger.registry.assets import Standing
from ledger.rules import rulebook
from ledger.rules.assets import UNITS, AssetTable
from reports.sources import book_source
from reports.statement import VoucherLine
from reports.statements.asset_rows import CHARGE, COST, OTHER, WORN, AssetMove, AssetRows, Planned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.assets.accounts import AssetAccounts
    from ledger.model import PostedLine
    from ledger.registry import Registry
    from ledger.registry.asset_requests import RequestRow
    from ledger.registry.assets import AssetRow, EstimateRow, UseRow
    from reports.statements.source import Source

#: Requests in these states were decided; what came of them since is told beside.
_DECIDED: Final = (APPROVED, ACCEPTED, HANDED, DONE)


def asset_source(
    registry: Registry, unit: str, name: str, period: Period, book: Source | None = None
) -> Source:
    """The book, and the unit's things as of the period's end; none on a chart that keeps none.

    ``book`` where the caller has it at hand.
    """
    book = book or book_source(registry.folder, unit, period)
    chart = accounts.known(book.facts.chart)
    if chart is None:
        return replace(book, assets=AssetRows())
    last = Month.of(period.last)
    posted = list(walk.lines_on(book.model, chart, period.last))
    with registry.read() as conn:
        requests = _requests(conn, unit)
        cards = {row.code: row for row in assets.of_unit(conn, unit)}
        events = assets.events(conn, unit) if name == "asset-history" else {}
        guesses = assets.estimates(conn, unit) if name == "depreciation" else {}
        uses = assets.uses(conn, unit) if name == "depreciation" else {}
    # The form of the state's assets is of the year, whatever month it is drawn for.
    span = Period(date(last.year, 1, 1), period.end) if name == "state-owned" else period
    moves = list(_moves(book, span, posted, cards, requests))
    stands = _stands(moves)
    found = register_of(registry, unit, period.last, stands)
    held = _held(book, chart, last)
    costs = frozenset(filter(chart.is_cost, held))
    rules, _ = rulebook.load(registry.folder, unit)
    used = {one.row.regime for one in found}
    tables = {
        table.head.key[:32]: table
        for table in rules.tables
        if isinstance(table, AssetTable) and table.head.key[:32] in used
    }
    by_asset = _by_asset(requests, period)
    decisions = _decisions(posted, by_asset, period.last)
    rows = AssetRows(
        found, moves, held, costs, decisions, tables, events, by_asset, on=period.last
    )  # fmt: skip
    if name == "depreciation":
        reached = _reached(book, last)
        known = {
            code: [one for one in of if _counts(one, by_asset)] for code, of in guesses.items()
        }
        due, plans = _ahead(cards, stands, known, uses, reached)
        rows = replace(rows, due=due, plans=plans, reached=reached)
    return replace(book, assets=rows)


# ---- what vouchers say -------------------------------------------------------------------------


def _moves(
    book: Source, period: Period, posted: Sequence[PostedLine], cards: Mapping[str, AssetRow],
    requests: Mapping[str, tuple[RequestRow, list[str]]],
) -> Iterator[AssetMove]:  # fmt: skip
    """What each posting did to which thing, and why; those that name no thing are left out."""
    chart = accounts.accounts_of(book.facts.chart)
    opened = book.facts.opened
    begun: set[str] = set()
    if period.start <= opened:
        begun = {one.number for one in opening_vouchers(book.model, opened)}
    found = list(walk.moves_of(posted, chart))
    came = _came(found)
    told: dict[tuple[str, str, str, bool], str] = {}
    for line, move in found:
        part = COST if move.account else WORN
        grew = line.amount.fen > 0 if part == COST else line.amount.fen < 0
        # What a reversal takes back is told where the original was, with the other sign.
        why = told.get((line.reverses, move.asset, part, not grew)) if line.reverses else None
        if why is None:
            why = _why(line, move, cards, requests, came, grew=grew)
        told[line.number, move.asset, part, grew] = why
        yield AssetMove(
            move.asset, part, why, line.day < period.start or line.number in begun,
            move.millionths,
            VoucherLine(
                line.number, line.day, line.narration, line.account, line.fund,
                line.amount if part == COST else -line.amount, line.papers,
            ),
        )  # fmt: skip


def _came(found: Iterable[tuple[PostedLine, sums.Move]]) -> dict[tuple[str, str], int]:
    """By voucher and thing: whether it came in it, or went."""
    return {
        (line.number, move.asset): 1 if move.millionths > 0 else -1
        for line, move in found
        if move.millionths
    }


def _why(
    line: PostedLine, move: sums.Move, cards: Mapping[str, AssetRow],
    requests: Mapping[str, tuple[RequestRow, list[str]]], came: Mapping[tuple[str, str], int], *,
    grew: bool,
) -> str:  # fmt: skip
    """The source of what comes, the kind of request by which it goes, or that it is charged.

    What is charged in the voucher by which a thing leaves is charged all the same.
    """
    way = came.get((line.number, move.asset), 0)
    if not move.account and (not way or (way < 0 and grew)):
        return CHARGE
    if way > 0:
        card = cards.get(move.asset)
        return OTHER if card is None else card.source
    request = requests.get(dict(line.meta).get(REQUEST, ""))
    return OTHER if request is None else request[0].kind


def _stands(moves: Iterable[AssetMove]) -> dict[str, Standing]:
    """What the book says of each thing at the period's end."""
    return sums.moved(
        {},
        (
            sums.Move(
                one.asset, one.line.account if one.part == COST else "",
                one.line.fund if one.part == COST else "", one.millionths,
                one.line.amount.fen if one.part == COST else 0,
                one.line.amount.fen if one.part == WORN else 0,
            )
            for one in moves
        ),
    )  # fmt: skip


def _held(book: Source, chart: AssetAccounts, last: Month) -> dict[str, int]:
    """What accounts of things hold, debit positive, in fen: from month cells, not from postings."""
    found: dict[str, int] = {}
    for cell in book.model.cells(through=last):
        if chart.is_cost(cell.account) or chart.is_accumulated(cell.account):
            found[cell.account] = found.get(cell.account, 0) + cell.net
    return found


def _reached(book: Source, last: Month) -> Month:
    """The last month with vouchers up to ``last``."""
    months = [cell.month for cell in book.model.cells(through=last)]
    return max(months, default=last)


# ---- what the registry says --------------------------------------------------------------------


def _requests(conn: Connection, unit: str) -> dict[str, tuple[RequestRow, list[str]]]:
    rows = {row.code: row for row in asset_requests.of_unit(conn, unit)}
    items = asset_requests.items(conn, unit, rows)
    return {code: (row, items.get(code, [])) for code, row in rows.items()}


def _by_asset(
    requests: Mapping[str, tuple[RequestRow, list[str]]], period: Period
) -> dict[str, list[RequestRow]]:
    """The requests that were made by the period's end, by thing."""
    found: dict[str, list[RequestRow]] = {}
    for row, codes in requests.values():
        if row.day <= period.last:
            for code in codes:
                found.setdefault(code, []).append(row)
    return found


def _decisions(
    posted: Iterable[PostedLine], requests: Mapping[str, Sequence[RequestRow]], on: date
) -> dict[str, str]:
    """The decision by which each thing was last changed, or by which it came."""
    found = {}
    for line in posted:
        number = dict(line.meta).get("decision", "")
        if line.commodity and number:
            found[line.commodity] = number
    for asset, rows in requests.items():
        numbers = [row.decision for row in rows if row.state_on(on) in _DECIDED and row.decision]
        if numbers:
            found[asset] = numbers[-1]
    return found


def _counts(one: EstimateRow, requests: Mapping[str, Sequence[RequestRow]]) -> bool:
    """Whether a new estimate was asked for by the period's end; what came with the book always."""
    return not one.request or any(row.code == one.request for row in requests.get(one.asset, ()))


def _ahead(
    cards: Mapping[str, AssetRow], stands: Mapping[str, Standing],
    guesses: Mapping[str, Sequence[EstimateRow]], uses: Mapping[str, Sequence[UseRow]],
    reached: Month,
) -> tuple[dict[str, int], dict[str, Planned]]:  # fmt: skip
    """What is not charged yet, and the plan of the twelve months after it; things there alone.

    What wears by its use has no plan: how much it will be used nobody knows.
    """
    due: dict[str, int] = {}
    plans: dict[str, Planned] = {}
    for code, standing in stands.items():
        card = cards.get(code)
        if card is None or standing.millionths <= 0 or card.life_months is None:
            continue
        guessed, used = guesses.get(code, ()), uses.get(code, ())
        behind = life.due(card, reached, standing.accumulated_fen, guessed, used)
        if behind:
            due[code] = behind
        if _method(card, guessed) == UNITS:
            continue
        plans[code] = Planned(card, guessed, standing.accumulated_fen + behind, reached)
    return due, plans


def _method(card: AssetRow, guesses: Sequence[EstimateRow]) -> str:
    return guesses[-1].method if guesses else card.method
