"""What a voucher moves of which allocation, and whether it may.

The rule, in its order. What names an allocation (``allocation`` on the line, or ``claim`` with a
code of it) is that allocation's. What lowers the resources of a fund with special allocations and
names none is spent of them, those first whose money came first. What comes back to such a fund goes
back to the one that was spent last. ``allocation`` with the word ``other`` says that it is the
fund's other money, and is nobody's.

A voucher is attributed once, when it is posted, by what was posted before it: nothing that is
entered later changes what it spent. No allocation falls below nothing on any day: what goes beyond
what was promised, or beyond what is held, is refused. The work grows with the days on which an
allocation moved, never with the vouchers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger import fundcheck
from ledger.account import carries_over
from ledger.allocations import attribution_faults as faults
from ledger.allocations.curve import Curve, lapses, least_of
from ledger.canonical_reader import parse_voucher
from ledger.money import CNY, Money
from ledger.registry import allocation_moves, allocations, claims, entries, fund_sums, units
from ledger.registry.allocation_moves import ARRIVED, RETURNED, SPENT, Move
from ledger.registry.allocations import APPROVED, LAPSED, PREFIX

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection

    from ledger.entry import Draft, Posting
    from ledger.errors import Finding
    from ledger.registry.allocations import AllocationRow

#: The posting metadata that names an allocation, and the word for money that is none's.
ALLOCATION: Final = "allocation"
OTHER: Final = "other"
#: The kind of the claims under which promised money is expected; ``rule`` says of which promise.
CLAIM_KIND: Final = "allocation"


class Attributing:
    """What the registry says of a unit's allocations, for the drafts of one transaction."""

    def __init__(self, conn: Connection, unit: str, capital: Collection[str], opened: date) -> None:
        self._conn, self._unit = conn, unit
        self._capital, self._opened = capital, opened
        self._any = allocations.has_any(conn, unit)
        self._rows: dict[str, AllocationRow | None] = {}
        self._curves: dict[str, Curve] = {}
        self._in_fund: dict[str, list[AllocationRow]] = {}

    def check(self, draft: Draft) -> list[Finding]:
        """All findings against what a draft would move of allocations."""
        if not self._any:
            named = (dict(line.meta).get(ALLOCATION, OTHER) for line in draft.postings)
            return [faults.unknown(code) for code in dict.fromkeys(named) if code != OTHER]
        moves, found = self.moves_of(draft)
        if found:
            return found
        found = self._beyond(moves)
        return found or self._others_money(draft, moves)

    def moves_of(self, draft: Draft) -> tuple[list[Move], list[Finding]]:
        """What a voucher moves, one move for each allocation and kind, and what is wrong in it."""
        if draft.reverses is not None:
            before = allocation_moves.of_voucher(self._conn, self._unit, draft.reverses)
            return [replace(m, day=draft.day, fen=-m.fen, voucher="") for m in before], []
        if fundcheck.is_opening(draft.tags, draft.day, self._opened):
            return [], []
        if carries_over(posting.account for posting in draft.postings):
            return [], []  # the year's end takes income and spending to net assets: no money moves
        moves, rests, found = self._named(draft)
        for fund, rest in rests.items():
            more, fault = self._unnamed(draft, fund, rest, moves)
            moves += more
            found += fault
        return _netted(moves), found

    def take(self, moves: Iterable[Move]) -> None:
        """A voucher that moves this was posted."""
        for one in moves:
            self._curve(one.code).add(one.kind, one.day, one.fen)

    # ---- what is named -------------------------------------------------------------------------

    def _named(self, draft: Draft) -> tuple[list[Move], dict[str, int], list[Finding]]:
        """What lines name, what is left of each fund's resources to explain, and the faults."""
        moves: list[Move] = []
        found: list[Finding] = []
        rests: dict[str, int] = defaultdict(int)
        codes = _codes_of(self._conn, self._unit, draft)
        spending = {p.fund for p in draft.postings if p.account.startswith("Expenses:")}
        for line, code in zip(draft.postings, codes, strict=True):
            if line.amount.currency != CNY:
                continue
            if fundcheck.is_resource(line.account, self._capital):
                rests[line.fund] += line.amount.fen
                if code is not None:
                    found.append(faults.on_money(line.account))
            elif code is not None and line.account in self._capital and line.fund in spending:
                # What is bought is spent once: on its line of spending, not on the thing's too.
                found.append(faults.on_money(line.account))
            elif code is not None:
                rests[line.fund] += line.amount.fen
                if code != OTHER:
                    row = self._row(code)
                    found += _misnamed(row, code, line, draft)
                    if row is not None:
                        kind, fen = _kind(row, line)
                        moves.append(Move(code, kind, draft.day, fen, line.account))
            elif line.account.startswith("Income:") and line.amount.fen > 0:
                rests[line.fund] += line.amount.fen  # other income that is corrected
        return moves, dict(rests), found

    # ---- what is not ---------------------------------------------------------------------------

    def _unnamed(
        self, draft: Draft, fund: str, rest: int, named: list[Move]
    ) -> tuple[list[Move], list[Finding]]:
        """What of a fund's resources went, or came back, without naming an allocation."""
        rows = [row for row in self._special(fund) if self._has_come(row, draft.day)]
        if not rows or not rest:
            return [], []
        curves = {row.code: self._curve(row.code).copy() for row in rows}
        for one in named:
            if one.code in curves:
                curves[one.code].add(one.kind, one.day, one.fen)
        account = _account_of(draft, fund, self._capital)
        rows.sort(key=lambda row: (curves[row.code].first_arrival or draft.day, row.code))
        if rest > 0:
            back = -sum(
                line.amount.fen
                for line in draft.postings
                if line.fund == fund and line.account.startswith("Expenses:")
                and line.amount.currency == CNY and ALLOCATION not in dict(line.meta)
            )  # fmt: skip
            return self._given_back(draft, rows[::-1], curves, min(rest, back), account), []
        left, moves = -rest, []
        held = 0
        for row in rows:
            there = max(0, curves[row.code].held(draft.day))
            held += there
            if taken := min(left, there):
                moves.append(Move(row.code, SPENT, draft.day, taken, account))
                left -= taken
        if not left:
            return moves, []
        return moves, [faults.beyond_fund(rows, fund, Money(held), Money(-rest))]

    def _given_back(
        self, draft: Draft, rows: list[AllocationRow], curves: dict[str, Curve], left: int,
        account: str,
    ) -> list[Move]:  # fmt: skip
        moves = []
        for row in rows:
            spent = max(0, curves[row.code].least({SPENT: 1}, draft.day))
            taken = min(left, spent)
            if taken > 0:
                moves.append(Move(row.code, SPENT, draft.day, -taken, account))
                left -= taken
        return moves

    # ---- may it? -------------------------------------------------------------------------------

    def _beyond(self, moves: Iterable[Move]) -> list[Finding]:
        """Findings for every allocation that would fall below nothing on some day."""
        found = []
        by_code: dict[str, list[Move]] = defaultdict(list)
        for one in moves:
            by_code[one.code].append(one)
        for code, own in by_code.items():
            row = self._row(code)
            assert row is not None  # noqa: S101 - it moved
            before, day = self._curve(code), own[0].day
            fen: dict[str, int] = defaultdict(int)
            for one in own:
                fen[one.kind] += one.fen
            held = fen[ARRIVED] - fen[SPENT] - fen[RETURNED]
            if fen[ARRIVED] > max(0, before.outstanding(day)) and fen[ARRIVED] > 0:
                found.append(
                    faults.beyond_promise(row, Money(before.outstanding(day)), Money(fen[ARRIVED]))
                )
            if held < 0 and before.held(day) + held < 0:
                found.append(faults.beyond_held(row, Money(before.held(day)), Money(-held)))
            for kind in (ARRIVED, SPENT, RETURNED):
                if fen[kind] < 0 and before.least({kind: 1}, day) + fen[kind] < 0:
                    found.append(faults.beyond_done(row, kind))
        return found

    def _others_money(self, draft: Draft, moves: Iterable[Move]) -> list[Finding]:
        """Findings where a fund's other money would be short, and an allocation's be used for it.

        A fund holds what its special allocations hold, and its other money.
        """
        found = []
        held: dict[str, int] = defaultdict(int)
        for one in moves:
            row = self._row(one.code)
            if row is not None:
                held[row.fund] += one.fen if one.kind == ARRIVED else -one.fen
        moved_of = fundcheck.resource_moves(draft, self._capital)
        for fund in dict.fromkeys(line.fund for line in draft.postings):
            rows = self._special(fund)
            lost = held[fund] - moved_of.get((fund, CNY), 0)
            if lost <= 0 or not any(self._curve(row.code).first_arrival for row in rows):
                continue
            where = (self._conn, self._unit, fund, CNY, draft.day)
            moved = [
                (date.min, fund_sums.resources_before(*where)),
                *fund_sums.resource_days(*where),
            ]
            for row in rows:
                for kind, days in self._curve(row.code).days.items():
                    sign = {ARRIVED: -1, SPENT: 1, RETURNED: 1}.get(kind, 0)
                    moved += [(day, sign * part) for day, part in days.items()]
            there = least_of(moved, draft.day)
            if there < lost:
                found.append(faults.not_others(rows, fund, Money(max(0, there)), Money(lost)))
        return found

    # ---- what the registry says ----------------------------------------------------------------

    def _row(self, code: str) -> AllocationRow | None:
        self._load([code])
        return self._rows[code]

    def _special(self, fund: str) -> list[AllocationRow]:
        if fund not in self._in_fund:
            self._in_fund[fund] = rows = allocations.special_of(self._conn, self._unit, [fund])
            self._keep(rows)
        return list(self._in_fund[fund])

    def _has_come(self, row: AllocationRow, day: date) -> bool:
        first = self._curve(row.code).first_arrival
        return first is not None and first <= day

    def _curve(self, code: str) -> Curve:
        self._load([code])
        return self._curves[code]

    def _load(self, codes: list[str]) -> None:
        """Ask for what is not known of these; one that there is not has an empty curve."""
        wanted = [code for code in codes if code not in self._curves]
        if not wanted:
            return
        rows = allocations.exactly(self._conn, self._unit, wanted)
        self._keep(rows.values())
        for code in wanted:
            self._rows.setdefault(code, None)
            self._curves.setdefault(code, Curve(0))

    def _keep(self, rows: Iterable[AllocationRow]) -> None:
        new = [row for row in rows if row.code not in self._curves]
        self._rows |= {row.code: row for row in new}
        self._curves |= _curves(self._conn, self._unit, new)


def curve_of(conn: Connection, row: AllocationRow) -> Curve:
    """How an allocation stands on every day, for those who decide what may still happen to it."""
    catch_up(conn, row.unit)
    return _curves(conn, row.unit, [row])[row.code]


def _curves(conn: Connection, unit: str, rows: Sequence[AllocationRow]) -> dict[str, Curve]:
    """By code, from what vouchers moved and what lapsed, in two questions."""
    found = {row.code: Curve(row.fen) for row in rows}
    if not found:
        return found
    for code, kind, day, fen in allocation_moves.days(conn, unit, list(found)):
        found[code].add(kind, day, fen)
    for code, events in allocations.events_of(conn, unit, list(found)).items():
        for day, fen in lapses(events):
            found[code].add(LAPSED, day, fen)
    return found


def catch_up(conn: Connection, unit: str) -> None:
    """Take in what was posted since the last time, in the order of posting.

    Most often that is one voucher. A unit without allocations keeps nothing.
    """
    if not allocations.has_any(conn, unit):
        return
    known = allocation_moves.reach(conn, unit)
    head = entries.head(conn, unit)
    if head is None or head[0] <= known:
        return
    capital = {name for name, row in entries.accounts(conn, unit).items() if row.capital}
    unit_opened = units.find(conn, unit).opened
    reading = Attributing(conn, unit, capital, unit_opened)
    for _, text in list(allocation_moves.vouchers_after(conn, unit, known)):
        voucher = parse_voucher(text)
        moves, _ = reading.moves_of(voucher.draft)
        allocation_moves.add(conn, unit, [replace(one, voucher=voucher.number) for one in moves])
        reading.take(moves)
    allocation_moves.set_reach(conn, unit, head[0])


def begin(conn: Connection, unit: str) -> None:
    """Before a unit's first allocation is entered: nothing that was posted can have named one."""
    head = entries.head(conn, unit)
    if not allocations.has_any(conn, unit) and head is not None:
        allocation_moves.set_reach(conn, unit, head[0])


def codes_named(conn: Connection, unit: str, draft: Draft) -> set[str]:
    """The allocations that a draft names."""
    return {code for code in _codes_of(conn, unit, draft) if code is not None and code != OTHER}


def _codes_of(conn: Connection, unit: str, draft: Draft) -> list[str | None]:
    """The allocation that each line names, if it names one."""
    metas = [dict(line.meta) for line in draft.postings]
    paid = {meta["claim"] for meta in metas if meta.get("claim", "").startswith(PREFIX)}
    whose = {}
    if paid:
        for code, row in claims.exactly(conn, unit, paid).items():
            if row.kind == CLAIM_KIND and row.rule:
                whose[code] = row.rule
    return [meta.get(ALLOCATION) or whose.get(meta.get("claim", "")) for meta in metas]


def _kind(row: AllocationRow, line: Posting) -> tuple[str, int]:
    if line.account != row.account:
        return SPENT, line.amount.fen
    return (ARRIVED, -line.amount.fen) if line.amount.fen < 0 else (RETURNED, line.amount.fen)


def _misnamed(row: AllocationRow | None, code: str, line: Posting, draft: Draft) -> list[Finding]:
    """What is wrong with naming this allocation on this line."""
    if row is None:
        return [faults.unknown(code)]
    if row.state != APPROVED:
        return [faults.not_confirmed(row)]
    if line.fund != row.fund:
        return [faults.other_fund(row, line.fund)]
    if line.account.startswith("Income:") and line.account != row.account:
        return [faults.other_account(row, line.account)]
    if draft.day < row.approved:
        return [faults.before_promise(row)]
    if line.account == row.account and line.amount.fen > 0:
        decided = "decision" in {key for key, _ in (*draft.meta, *line.meta)}
        return [] if decided else [faults.no_decision()]
    return []


def _account_of(draft: Draft, fund: str, capital: Collection[str]) -> str:
    """The account by which a list shows what a voucher spent of a fund."""
    own = [line.account for line in draft.postings if line.fund == fund]
    spent = [name for name in own if name.startswith("Expenses:")]
    other = [name for name in own if not fundcheck.is_resource(name, capital)]
    return (spent or other or own)[0]


def _netted(moves: Iterable[Move]) -> list[Move]:
    """One move for each allocation and kind; what takes itself back is none."""
    found: dict[tuple[str, str], Move] = {}
    for one in moves:
        known = found.get((one.code, one.kind))
        found[one.code, one.kind] = one if known is None else replace(
            known, fen=known.fen + one.fen
        )  # fmt: skip
    return [one for one in found.values() if one.fen]
