"""Which columns of an unknown sheet are its amounts: the one way under which every balance steps.

Four ways to write an amount are tried on every choice of columns: two columns, one with a sign, one
beside a flag, one between payer and payee. A way counts only if the running balance moves by
exactly its amount at every row. If two ways say different things, nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, permutations
from typing import Final

from importers import dictionary as roles
from importers import sides
from importers.cells import folded, parse_amount, value_text

#: So many steps of the balance, each exact, are no coincidence.
FEWEST_STEPS: Final = 5
_MOST_COLUMNS: Final = 10
_MOST_MODES: Final = 20_000
# A word may be written with blanks or in full width; one of two is not written in twenty ways.
_MOST_SPELLINGS: Final = 20
#: The order in which ways that say the same are preferred: the plainest first.
_KINDS: Final = ("columns", "signed", "flag", "payer")


@dataclass(frozen=True)
class Sheet:
    """The rows below a header that have a day, and what the dictionary says of its columns.

    ``days_open`` says that another column has other days, and nothing tells which are meant.
    ``grid`` is which table of the file it is, and ``above`` how many of its rows end its header.
    """

    cells: Sequence[str]
    days: Sequence[date]
    body: Sequence[Sequence[str]]
    roles: Mapping[int, str]
    days_open: bool = False
    grid: int = 0
    above: int = 0

    def column(self, number: int) -> list[str]:
        return [row[number] if number < len(row) else "" for row in self.body]


@dataclass(frozen=True)
class Mode:
    """One way to read the amounts. ``columns`` maps roles to column numbers.

    ``marks`` tell of each row which of the two columns, words or signs it has.
    """

    kind: str
    columns: Mapping[str, int]
    moved: tuple[int, ...]
    marks: tuple[bool, ...]
    came: str = ""
    went: str = ""

    def is_both_ways(self, unproven: int) -> bool:
        """Whether money moved both ways, and both marks were used, at rows that a step proves."""
        rows = [place for place in range(len(self.moved)) if place != unproven]
        return (
            len({self.moved[place] > 0 for place in rows}) == 2
            and len({self.marks[place] for place in rows}) == 2
        )


def proven_modes(sheet: Sheet) -> list[Mode]:
    """The ways without one chain break, the best first; several if it is open."""
    amounts = _amounts(sheet)
    balances = _balances(sheet, amounts)
    found: list[Mode] = []
    for seen, way in enumerate(_ways(sheet, amounts)):
        if seen >= _MOST_MODES:
            return []  # so many ways are a riddle, not a statement
        for number, held in balances.items():
            if number in way.columns.values() or not _steps(sheet, held, way):
                continue
            if mode := _mode(sheet, way, number):
                found.append(mode)
    found.sort(key=lambda mode: (_KINDS.index(mode.kind), -_agreeing(sheet, mode)))
    return found


def _mode(sheet: Sheet, way: _Way, balance: int) -> Mode | None:
    """A way that was followed through every row; None if it does not say what all rows moved."""
    places = range(len(sheet.body))
    moved = [way.moved(place) for place in places]
    kept = tuple(fen for fen in moved if fen is not None)
    if len(kept) != len(moved) or (way.kind == "signed" and not min(kept) < 0 < max(kept)):
        return None
    columns = {**way.columns, roles.BALANCE: balance}
    marks = tuple(way.mark(place) for place in places)
    return Mode(way.kind, columns, kept, marks, way.came, way.went)


def the_one(sheet: Sheet, found: Sequence[Mode]) -> Mode | None:
    """The way that is proven and alone; None where another says something else, or equally much."""
    if not found or len(sheet.body) <= FEWEST_STEPS:
        return None
    best = found[0]
    if not best.is_both_ways(oldest(sheet)) or any(mode.moved != best.moved for mode in found):
        return None
    alike = [
        mode for mode in found[1:]
        if mode.kind == best.kind and _agreeing(sheet, mode) == _agreeing(sheet, best)
    ]  # fmt: skip
    return None if alike or _contradicts(sheet, best) else best


# ---- the columns that may be money -------------------------------------------------------------

_MONEY_ROLES: Final = frozenset({roles.AMOUNT, roles.IN, roles.OUT, roles.BALANCE})


def _amounts(sheet: Sheet) -> dict[int, list[int | None]]:
    """The columns in which every cell that says anything is an amount, in fen."""
    found: dict[int, list[int | None]] = {}
    for number in range(len(sheet.cells)):
        if sheet.roles.get(number, roles.AMOUNT) not in _MONEY_ROLES:
            continue
        fens = _fens(sheet.column(number))
        if fens is not None and any(fens):
            found[number] = fens
    return dict(list(found.items())[:_MOST_COLUMNS])


def _fens(cells: Sequence[str]) -> list[int | None] | None:
    found: list[int | None] = []
    for cell in cells:
        try:
            amount = parse_amount(cell)
        except ValueError:
            return None
        found.append(None if amount is None else amount.fen)
    return found


def _balances(sheet: Sheet, amounts: Mapping[int, list[int | None]]) -> dict[int, list[int]]:
    """The columns that may be the balance: full ones; that which the dictionary knows, if any."""
    full = {
        number: [fen for fen in fens if fen is not None]
        for number, fens in amounts.items() if None not in fens
    }  # fmt: skip
    named = {
        number: fens for number, fens in full.items() if sheet.roles.get(number) == roles.BALANCE
    }
    if named:
        return named
    return {number: fens for number, fens in full.items() if number not in sheet.roles}


# ---- the ways ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Way:
    """A way to read the amounts, asked row by row: most fail at the first few."""

    kind: str
    columns: Mapping[str, int]
    moved: Callable[[int], int | None]
    mark: Callable[[int], bool]
    came: str = ""
    went: str = ""


def _ways(sheet: Sheet, amounts: Mapping[int, list[int | None]]) -> Iterator[_Way]:
    free = [number for number in amounts if sheet.roles.get(number) != roles.BALANCE]
    for came, went in permutations(free, 2):
        columns = {roles.IN: came, roles.OUT: went}
        yield _Way("columns", columns, *_of_two(amounts[came], amounts[went]))
    flags = list(_flags(sheet, amounts))
    pairs = list(_pairs(sheet, amounts))
    for number in free:
        if None in amounts[number]:
            continue
        fens = [fen for fen in amounts[number] if fen is not None]
        yield _Way("signed", {roles.AMOUNT: number}, fens.__getitem__, _positive(fens))
        for flag, words, first in flags:
            columns = {roles.AMOUNT: number, roles.FLAG: flag}
            for side, (coming, going) in ((1, words), (-1, words[::-1])):
                moved = _beside(fens, first, side)
                yield _Way("flag", columns, moved, first.__getitem__, coming, going)
        for payer, payee, pays in pairs:
            columns = {roles.AMOUNT: number, roles.PAYER: payer, roles.PAYEE: payee}
            yield _Way("payer", columns, _beside(fens, pays, -1), pays.__getitem__)


def _positive(fens: Sequence[int]) -> Callable[[int], bool]:
    return lambda place: fens[place] > 0


def _beside(fens: Sequence[int], first: Sequence[bool], side: int) -> Callable[[int], int | None]:
    """Amounts whose side another column says: ``side`` where it has its first word."""
    return lambda place: fens[place] * (side if first[place] else -side)


def _of_two(
    came: Sequence[int | None], went: Sequence[int | None]
) -> tuple[Callable[[int], int | None], Callable[[int], bool]]:
    """Amounts of two columns of which each row has exactly one; None where a row has not."""
    sign = 1 if all(fen < 0 for fen in went if fen) else -1  # as in 支出金额(-元)

    def moved(place: int) -> int | None:
        one, other = came[place], went[place]
        return None if bool(one) == bool(other) else one or sign * (other or 0)

    return moved, lambda place: bool(came[place])


def _flags(
    sheet: Sheet, amounts: Mapping[int, object]
) -> Iterator[tuple[int, tuple[str, str], list[bool]]]:
    """Columns that hold one of two words in every row."""
    for number in range(len(sheet.cells)):
        if number in amounts:
            continue
        cells = sheet.column(number)
        if len(set(cells)) > _MOST_SPELLINGS:
            continue
        said = {cell: folded(cell) for cell in set(cells)}
        words = sorted(set(said.values()))
        if len(words) == 2 and all(words):
            yield number, (words[0], words[1]), [said[cell] == words[0] for cell in cells]


def _pairs(sheet: Sheet, amounts: Mapping[int, object]) -> Iterator[tuple[int, int, list[bool]]]:
    """Two columns of which exactly one names the same account in every row: the statement's own."""
    texts: dict[int, list[str]] = {}
    for number in range(len(sheet.cells)):
        if number not in amounts:
            cells = sheet.column(number)
            said = {cell: value_text(cell) for cell in set(cells)}
            texts[number] = [said[cell] for cell in cells]
    for payer, payee in permutations(texts, 2):
        own = {text for text in (texts[payer][0], texts[payee][0]) if _is_account(text)}
        for one, other in zip(texts[payer], texts[payee], strict=True):
            own &= {one, other}
            if not own or one == other:
                own = set()
                break
        if len(own) == 1:
            mine = own.pop()
            yield payer, payee, [text == mine for text in texts[payer]]


def _is_account(text: str) -> bool:
    return sum(char.isdigit() for char in text) >= 4


# ---- proof -------------------------------------------------------------------------------------


def _steps(sheet: Sheet, held: Sequence[int], way: _Way) -> bool:
    """Whether the balance moves by exactly the amount at every row, in the order of the days.

    A day that stands alone does not tell the order, and the balance before each movement looks like
    the balance after it: neither is a proof.
    """
    first, last = sheet.days[0], sheet.days[-1]
    if first == last or len(held) != len(sheet.body):
        return False
    order = range(len(held)) if first < last else range(len(held) - 1, -1, -1)
    return all(held[now] - held[before] == way.moved(now) for before, now in pairwise(order))


def oldest(sheet: Sheet) -> int:
    """The place of the row whose balance no other row bears out."""
    return 0 if sheet.days[0] < sheet.days[-1] else len(sheet.days) - 1


def _agreeing(sheet: Sheet, mode: Mode) -> int:
    """How many of a way's columns, and words of a flag, the dictionary calls so."""
    called = sum(sheet.roles.get(number) == role for role, number in mode.columns.items())
    return called + (sides.side_of(mode.came) == 1) + (sides.side_of(mode.went) == -1)


def _contradicts(sheet: Sheet, mode: Mode) -> bool:
    """Whether a word that has one meaning only says the opposite of what was found."""
    for role, other in ((roles.IN, roles.OUT), (roles.OUT, roles.IN)):
        number = mode.columns.get(role)
        opposite = number is not None and sheet.roles.get(number) == other
        if number is not None and opposite and not sides.is_two_faced(sheet.cells[number]):
            return True
    if mode.kind == "flag" and not any(map(sides.is_two_faced, (mode.came, mode.went))):
        return sides.side_of(mode.came) == -1 or sides.side_of(mode.went) == 1
    return False
