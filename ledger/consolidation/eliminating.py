"""What units of one subtree did with each other, taken out of their sum: pure functions.

Income and spending are eliminated by the reference of a transfer: what the payer entered as spent
for it against what the payee entered as received, as far as both go. Claims and debts are
eliminated by balance between two units. What stands on one side only, or without a reference,
stays in the sum and in a list of its own: nothing is plugged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ledger.errors import Words
from ledger.lines import line_of
from ledger.money import CNY

RESULT: Final = "result"
POSITION: Final = "position"

#: A posting's account and fund, in one unit.
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class BetweenRow:
    """What one unit entered towards another on an account and fund; ``month`` is ``yyyymm``.

    ``yyyy00`` holds everything before the year. ``fen`` is signed, debit positive.
    """

    unit: str
    counter: str
    reference: str
    account: str
    fund: str
    currency: str
    month: int
    fen: int


@dataclass(frozen=True, slots=True)
class Elimination:
    """``fen`` that both units entered. ``moves`` are added to each place, and sum to nothing."""

    kind: str
    payer: str
    payee: str
    reference: str
    fen: int
    moves: tuple[tuple[Place, int], ...]


@dataclass(frozen=True, slots=True)
class Left:
    """What could not be eliminated: ``fen`` that stand on one side only, and why.

    ``side`` says whose book they stand in: ``payer`` (the debtor) or ``payee`` (the creditor).
    """

    kind: str
    payer: str
    payee: str
    reference: str
    side: str
    fen: int
    why: Words


_ONE_SIDED: Final = {
    "payer": Words("收款方未记相应收入", "the payee entered no income for it"),
    "payee": Words("付款方未记相应支出", "the payer entered no spending for it"),
}
_NO_REFERENCE: Final = Words("没有调拨编号，不作抵销", "it names no transfer; not eliminated")
_OTHER_WAY: Final = Words("方向相反，不作抵销", "the balance stands the other way round")
_OWED: Final = {
    "payer": Words("对方未记相应债权", "the other unit has no claim for it"),
    "payee": Words("对方未记相应债务", "the other unit has no debt for it"),
}


def eliminate(
    rows: Iterable[BetweenRow], units: Collection[str], first: int, last: int
) -> tuple[list[Elimination], list[Left]]:
    """The eliminations among ``units`` for the months ``first`` to ``last`` (``yyyymm``).

    Balances count everything up to ``last``; income and spending what lies in the period. Only yuan
    is eliminated. In the order of payer, payee and reference.
    """
    spent: _Sides = defaultdict(_sums)
    owed: _Sides = defaultdict(_sums)
    for row in rows:
        if row.counter not in units or row.unit not in units or row.currency != CNY:
            continue
        place = (row.unit, row.account, row.fund)
        root = row.account.partition(":")[0]
        if root == "Expenses" and first <= row.month <= last:
            spent[row.unit, row.counter, row.reference][0][place] += row.fen
        elif root == "Income" and first <= row.month <= last:
            spent[row.counter, row.unit, row.reference][1][place] -= row.fen
        elif root == "Liabilities" and row.month <= last:
            owed[row.unit, row.counter, ""][0][place] -= row.fen
        elif root == "Assets" and row.month <= last and not line_of(row.account).money:
            owed[row.counter, row.unit, ""][1][place] += row.fen
    done: list[Elimination] = []
    left: list[Left] = []
    for (payer, payee, reference), (out, came) in sorted(spent.items()):
        whole = min(sum(out.values()), sum(came.values()))
        if whole > 0 and reference:
            moves = (*_taken(out, whole, -1), *_taken(came, whole, 1))
            done.append(Elimination(RESULT, payer, payee, reference, whole, tuple(moves)))
        else:
            whole = 0
        left += _rest(RESULT, payer, payee, reference, sum(out.values()), sum(came.values()), whole)
    for (debtor, creditor, _), (debt, claim) in sorted(owed.items()):
        whole = min(sum(debt.values()), sum(claim.values()))
        if whole > 0:
            moves = (*_taken(debt, whole, 1), *_taken(claim, whole, -1))
            done.append(Elimination(POSITION, debtor, creditor, "", whole, tuple(moves)))
        owes, claims = sum(debt.values()), sum(claim.values())
        left += _rest(POSITION, debtor, creditor, "", owes, claims, max(whole, 0))
    return done, left


_Sides = defaultdict[tuple[str, str, str], tuple[defaultdict[Place, int], defaultdict[Place, int]]]


def _sums() -> tuple[defaultdict[Place, int], defaultdict[Place, int]]:
    return defaultdict(int), defaultdict(int)


def _taken(side: dict[Place, int], whole: int, sign: int) -> Iterator[tuple[Place, int]]:
    """``whole`` taken from the places of one side in their order, each as far as it goes.

    Places that stand the other way round (a reversal on another account) are taken first, whole, so
    that what is taken is exactly ``whole``.
    """
    rest = whole
    for place, fen in sorted(side.items(), key=lambda item: (item[1] > 0, item[0])):
        part = fen if fen < 0 else min(fen, rest)
        if part:
            yield place, sign * part
        rest -= part


def _rest(
    kind: str, payer: str, payee: str, reference: str, out: int, came: int, whole: int
) -> Iterator[Left]:
    words = _ONE_SIDED if kind == RESULT else _OWED
    for side, fen in (("payer", out - whole), ("payee", came - whole)):
        if not fen:
            continue
        why = words[side]
        if fen < 0:
            why = _OTHER_WAY
        elif kind == RESULT and not reference:
            why = _NO_REFERENCE
        yield Left(kind, payer, payee, reference, side, fen, why)
