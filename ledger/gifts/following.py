"""Following the gifts of a fund through its book: what came, what it was used for, what is left.

Nothing is stored: everything is read from the book's postings (:mod:`ledger.gifts.effects`) and
followed by the campaign's rule (:mod:`ledger.rules.tracing`). For every gift, as of any day,

    received = used + held + returned,      to the fen and, of things, to the piece.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.gifts.effects import Effects, Things, read_effects
from ledger.money import CNY, Money
from ledger.period import Month
from ledger.rules.tracing import Move, trace

if TYPE_CHECKING:
    from ledger.asking import Ledger
    from ledger.model import PostedLine
    from ledger.registry.gifts import GiftRow
    from ledger.rules.tracing import Lot, Sums, Traced

_NONE: Final = Decimal(0)


class Use(NamedTuple):
    """What a voucher took from a gift; below nothing where a reversal gave it back.

    ``units`` are pieces, nothing for money. ``purpose`` is what its lines were for.
    """

    voucher: str
    day: date
    fen: int
    purpose: str
    papers: tuple[str, ...]
    units: Decimal = _NONE

    def as_json(self) -> dict[str, str]:
        """A line of ``mingbai gift trace``; of its papers, the first one's digest."""
        return {
            "voucher": self.voucher, "date": self.day.isoformat(), "amount": Money(self.fen).text,
            "purpose": self.purpose, "paper": self.papers[0] if self.papers else "",
        }  # fmt: skip


#: What was used of a gift, and what went back, in order.
Passed = tuple[tuple[Use, ...], tuple[Use, ...]]


@dataclass(frozen=True)
class Followed:
    """One gift in one fund. ``came`` are its receipts, the money that was moved in among them.

    ``pending_fen`` is what of ``held_fen`` is another's, or depends on a condition; ``moves`` are
    the vouchers that only took it to another fund, or brought it from one. What was used
    and what went back is put together line by line only when it is asked for.
    """

    code: str
    fund: str
    came: tuple[Use, ...]
    used_fen: int
    returned_fen: int
    held_fen: int
    pending_fen: int
    moved_in_fen: int
    moved_out_fen: int
    units: Decimal
    units_used: Decimal
    units_returned: Decimal
    units_held: Decimal
    moves: tuple[str, ...]
    _passed: Callable[[], Passed] = field(repr=False, compare=False)

    @property
    def own_fen(self) -> int:
        """What of it is held in money, or as things, and is the unit's."""
        return self.held_fen - self.pending_fen

    @property
    def received_fen(self) -> int:
        """What came of it to this fund from its giver."""
        return sum(one.fen for one in self.came) - self.moved_in_fen

    @property
    def uses(self) -> tuple[Use, ...]:
        """What was used of it, voucher by voucher."""
        return self._lines[0]

    @property
    def returns(self) -> tuple[Use, ...]:
        """What left it otherwise: back to its giver, or to another fund with their consent."""
        return self._lines[1]

    @cached_property
    def _lines(self) -> Passed:
        return self._passed()


@dataclass(slots=True)
class _Kept:
    """What is known of a gift beside the money that the rule follows."""

    came: list[Use] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    returns: list[Use] = field(default_factory=list)
    pending: int = 0
    things: int = 0
    units: Decimal = Decimal(0)
    units_held: Decimal = Decimal(0)
    moved_in: int = 0
    moved_out: int = 0
    moves: tuple[str, ...] = ()
    lots: list[str] = field(default_factory=list)


class Terms(NamedTuple):
    """What the registry says of gifts that bears on following them, by code.

    ``fees`` are what platforms kept of each: a list's fee, entered in one line, is of each gift
    what was kept of it. ``until``: not to be used before that day, so that no rule takes it then.
    """

    fees: Mapping[str, int]
    until: Mapping[str, date]

    @classmethod
    def of(cls, rows: Iterable[GiftRow]) -> Terms:
        fees, until = {}, {}
        for row in rows:
            if row.fee_fen:
                fees[row.code] = row.fee_fen
            if row.until is not None:
                until[row.code] = row.until
        return cls(fees, until)


class FundFollowed:
    """The gifts of one fund up to a day; each is put together when it is asked for.

    ``read`` is what it was read from, which may reach further.
    """

    def __init__(self, read: FundRead, rule: str, terms: Terms, on: date) -> None:
        self.read = read
        self.fund = read.fund
        self._terms = terms
        self._on = on
        effects = [one for one in read.effects if one.day <= on]
        self._by_number = {one.number: one for one in effects}
        self._kept: dict[str, _Kept] = {}
        self._took: dict[str, int] = {}
        self._traced: Traced = trace(self._moves(effects), rule)

    # ---- the whole fund ------------------------------------------------------------------------

    @property
    def codes(self) -> tuple[str, ...]:
        """The gifts of the fund, in the order they came."""
        return tuple(self._kept)

    @property
    def spent_fen(self) -> int:
        """All money that the fund spent, of gifts or not."""
        return sum(self._took.values())

    @property
    def untraced(self) -> dict[str, int]:
        """What no gift gave of what the fund spent, in fen by voucher."""
        return {
            number: fen for number, fen in self._traced.untraced.items() if number in self._took
        }

    @property
    def untraced_fen(self) -> int:
        return sum(self.untraced.values())

    @property
    def traced_fen(self) -> int:
        """What of the fund's spending is traced to gifts; the coverage rate is its share."""
        return self.spent_fen - self.untraced_fen

    def spendings(self) -> Iterator[tuple[Effects, int]]:
        """The vouchers that spent money of the fund, and how much; those reversed are left out."""
        return ((self._by_number[number], fen) for number, fen in self._took.items())

    def effects(self, number: str) -> Effects:
        """What a voucher of the fund does; KeyError if it does nothing to gifts or money spent."""
        return self._by_number[number]

    def reversal_of(self, number: str) -> str:
        """The voucher that took one back; empty if none did."""
        return self._reversals.get(number, "")

    @cached_property
    def _reversals(self) -> dict[str, str]:
        return {one.reverses: one.number for one in self._by_number.values() if one.reverses}

    @cached_property
    def used(self) -> dict[str, int]:
        """What each voucher used of all gifts, in fen, money and things at their worth.

        Below nothing where a reversal gave it back.
        """
        found = self._traced.spent()
        for kept in self._kept.values():
            for use in kept.uses:
                found[use.voucher] = found.get(use.voucher, 0) + use.fen
        return found

    # ---- gifts ---------------------------------------------------------------------------------

    def gift(self, code: str) -> Followed:
        """One gift; one of which nothing came yet has nothing."""
        kept = self._kept.get(code, _Kept())
        sums = [self._sums[name] for name in kept.lots]
        return Followed(
            code,
            self.fund,
            tuple(kept.came),
            used_fen=sum(one.used for one in sums) + sum(one.fen for one in kept.uses),
            returned_fen=sum(one.returned for one in sums)
            + sum(one.fen for one in kept.returns)
            - kept.moved_out,
            held_fen=sum(one.held for one in sums) + kept.pending + kept.things,
            pending_fen=kept.pending,
            moved_in_fen=kept.moved_in,
            moved_out_fen=kept.moved_out,
            units=kept.units,
            units_used=sum((one.units for one in kept.uses), _NONE),
            units_returned=sum((one.units for one in kept.returns), _NONE),
            units_held=kept.units_held,
            moves=kept.moves,
            _passed=lambda: self._passed(kept),
        )

    @cached_property
    def gifts(self) -> dict[str, Followed]:
        """Every gift of the fund, by code."""
        return {code: self.gift(code) for code in self._kept}

    @property
    def given_back(self) -> list[Followed]:
        """The gifts of which anything left otherwise than by use, as far as is known."""
        back = self._traced.went_back()
        return [
            self.gift(code)
            for code, kept in self._kept.items()
            if kept.returns or not back.isdisjoint(kept.lots)
        ]

    def lines(self) -> Iterator[tuple[str, Passed]]:
        """What was used of every gift and what went back, each step looked at once for all."""
        lots = {lot.name: lot for lot in self._traced.lots()}
        for code, kept in self._kept.items():
            yield code, self._put([lots[name] for name in kept.lots], kept)

    @cached_property
    def _sums(self) -> dict[str, Sums]:
        return self._traced.sums()

    def _passed(self, kept: _Kept) -> Passed:
        return self._put([self._traced.lot(name) for name in kept.lots], kept)

    def _put(self, lots: Sequence[Lot], kept: _Kept) -> Passed:
        """What was used of a gift and what went back, by money and by things."""
        uses = [self._use(number, fen) for lot in lots for number, fen in lot.uses]
        returns = [self._use(number, fen) for lot in lots for number, fen in lot.returns]
        return _in_order([*uses, *kept.uses]), _in_order([*returns, *kept.returns])

    def _use(self, number: str, fen: int) -> Use:
        one = self._by_number[number]
        return Use(number, one.day, fen, one.purpose, one.papers)

    # ---- moves ---------------------------------------------------------------------------------

    def _moves(self, effects: Sequence[Effects]) -> Iterator[Move]:
        """What the rule follows, day by day; of a day what comes goes before what leaves."""
        gone = {
            one.reverses
            for one in effects
            if one.reverses in self._by_number and self._by_number[one.reverses].brings
        }
        stays = [one for one in effects if one.number not in gone and one.reverses not in gone]
        for one in stays:
            if not one.reverses:
                self._keep(one)
        moves: list[tuple[date, int, int, Move]] = []
        for place, one in enumerate(sorted(stays, key=lambda one: one.day)):
            found = self._undone(one) if one.reverses else self._taken(one)
            moves += [(one.day, move.kind != "received", place, move) for move in found]
        moves += self._days_come()
        moves.sort(key=lambda row: row[:3])
        return (move for *_, move in moves)

    def _keep(self, one: Effects) -> None:
        """What a voucher does to its gifts beside the money that the rule follows."""
        for gift in dict.fromkeys([*one.came, *one.held, *one.things, *one.handed, *one.back]):
            kept = self._kept.setdefault(gift, _Kept())
            freed = one.freed.get(gift, 0)
            came, held = one.came.get(gift, 0), one.held.get(gift, 0)
            if came:
                kept.lots.append(_lot(gift, one))
            if came + held - freed:
                kept.came.append(_came(one, came + held - freed))
            kept.pending += held - freed
            if moved := one.moved.get(gift, 0):
                kept.moved_in += moved if came else 0
                kept.moved_out += 0 if came else moved
                kept.moves += (one.number,)
            if gift in one.things:
                _keep_things(kept, one, one.things[gift])
            if gift in one.handed:
                _keep_handed(kept, one, *one.handed[gift])

    def _days_come(self) -> Iterator[tuple[date, int, int, Move]]:
        """Gifts that wait for their day may be taken from it on."""
        for gift, until in self._terms.until.items():
            kept = self._kept.get(gift)
            if kept is not None and kept.lots and until <= self._on:
                yield until, False, -1, Move("unlocked", gift, lots=tuple(kept.lots))

    def _taken(self, one: Effects) -> Iterator[Move]:
        for gift, fen in one.came.items():
            locked = one.day < self._terms.until.get(gift, one.day)
            yield Move("received", one.number, fen, (_lot(gift, one),), locked=locked)
        for gift, fen in one.back.items():
            yield Move("returned", one.number, fen, tuple(self._kept[gift].lots) or (gift,))
        for gift, fen in _of_each(one, self._terms.fees).items():
            self._took[one.number] = self._took.get(one.number, 0) + fen
            lots = self._kept[gift].lots if gift in self._kept else ()
            yield Move("spent", one.number, fen, tuple(lots))

    def _undone(self, one: Effects) -> Iterator[Move]:
        """A reversal gives back what its original took."""
        before = self._by_number.get(one.reverses)
        if before is None:
            return
        for gift, things in before.things.items():
            _keep_things(self._kept[gift], one, things, sign=-1)
        for gift, (fen, back) in before.handed.items():
            _keep_handed(self._kept[gift], one, -fen, back)
        for gift, fen in before.moved.items():
            self._kept[gift].moved_out -= fen
            self._kept[gift].moves += (one.number,)
        if before.spent or before.back:
            self._took.pop(before.number, None)
            yield Move("undone", one.number, undoes=before.number)


@dataclass(frozen=True)
class FundRead:
    """A fund's postings by voucher, and what each does to gifts; to be followed as of any day."""

    fund: str
    lines: Mapping[str, Sequence[PostedLine]]
    effects: Sequence[Effects]
    capital: Collection[str]  # accounts whose balance is tied up in things

    def follow(self, rule: str, on: date, terms: Terms) -> FundFollowed:
        """The gifts of the fund as of the end of a day, which is no later than it was read for."""
        return FundFollowed(self, rule, terms, on)

    def nothing(self, rule: str) -> FundFollowed:
        """The fund before anything happened to it."""
        return self.follow(rule, date.min, Terms({}, {}))


def read_fund(model: Ledger, fund: str, on: date) -> FundRead:
    """What the book says of a fund up to the end of a day."""
    capital = {name for name, facts in model.accounts().items() if facts.capital}
    vouchers: dict[str, list[PostedLine]] = {}
    for line in model.lines(through=Month.of(on), fund=fund):
        if line.day <= on and line.amount.currency == CNY:
            vouchers.setdefault(line.number, []).append(line)
    read = (read_effects(lines, capital) for lines in vouchers.values())
    return FundRead(fund, vouchers, [one for one in read if one is not None], capital)


def follow_fund(model: Ledger, fund: str, rule: str, on: date, terms: Terms) -> FundFollowed:
    """The gifts of a fund as of the end of a day."""
    return read_fund(model, fund, on).follow(rule, on, terms)


def _lot(gift: str, one: Effects) -> str:
    """A gift that comes in parts is a lot for each."""
    return f"{gift}/{one.number}"


def _came(one: Effects, fen: int, units: Decimal = _NONE) -> Use:
    """What came, in the words of its voucher: what else the voucher spent is not what it is."""
    return Use(one.number, one.day, fen, one.narration, one.papers, units)


def _use(one: Effects, fen: int, units: Decimal = Decimal(0)) -> Use:
    return Use(one.number, one.day, fen, one.purpose, one.papers, units)


def _keep_things(kept: _Kept, one: Effects, things: Things, sign: int = 1) -> None:
    """Things came, or went; with ``sign`` below nothing, what went is back."""
    units, fen = sign * things.units, sign * things.fen
    kept.units_held += units
    kept.things += fen
    if sign > 0 and units > 0:
        kept.units += units
        kept.came.append(_came(one, fen, units))
    else:
        (kept.returns if things.back else kept.uses).append(_use(one, -fen, -units))


def _keep_handed(kept: _Kept, one: Effects, fen: int, back: bool) -> None:
    kept.pending -= fen
    (kept.returns if back else kept.uses).append(_use(one, fen))


def _of_each(one: Effects, fees: Mapping[str, int]) -> Mapping[str, int]:
    """What a voucher spent by gift: a platform's fee for many gifts is of each what it is."""
    kept = {gift: fees[gift] for gift in one.came if fees.get(gift)}
    if not kept or sum(kept.values()) != one.spent.get(""):
        return one.spent
    named = {gift: fen for gift, fen in one.spent.items() if gift}
    return {gift: named.get(gift, 0) + kept.get(gift, 0) for gift in [*named, *kept]}


def _in_order(uses: Sequence[Use]) -> tuple[Use, ...]:
    return tuple(sorted(uses, key=lambda one: (one.day, one.voucher)))
