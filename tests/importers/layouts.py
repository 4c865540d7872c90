"""How layouts are written down here: a header and, under each word, how its cell is printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.importers.truth import OWN, OWN_NAME, Movement, grouped, yuan

Cell = Callable[[Movement], object]
Columns = dict[str, Cell]
Layout = Callable[[list[Movement]], bytes]
Grid = list[list[object]]


def table(rows: Sequence[Movement], columns: Columns) -> Grid:
    """The header and a row for each movement."""
    return [list(columns), *([cell(row) for cell in columns.values()] for row in rows)]


def lines(*texts: str) -> Grid:
    """Rows of one cell each, as preambles have them."""
    return [[text] for text in texts]


def fixed(text: object) -> Cell:
    return lambda row: text


def when(pattern: str) -> Cell:
    return lambda row: row.at.strftime(pattern)


def of(field: str) -> Cell:
    return lambda row: getattr(row, field)


day, compact, moment = when("%Y-%m-%d"), when("%Y%m%d"), when("%Y-%m-%d %H:%M:%S")
clock, compact_clock = when("%H:%M:%S"), when("%H%M%S")
name, account, ref, memo = of("name"), of("account"), of("ref"), of("token")
size = of("size")
own, own_name, nothing = fixed(OWN), fixed(OWN_NAME), fixed("")


def came(row: Movement) -> str:
    return row.size if row.came else ""


def went(row: Movement) -> str:
    return "" if row.came else row.size


def came_or_zero(row: Movement) -> str:
    return row.size if row.came else "0.00"


def went_or_zero(row: Movement) -> str:
    return "0.00" if row.came else row.size


def came_grouped(row: Movement) -> str:
    return grouped(abs(row.fen)) if row.came else ""


def went_grouped(row: Movement) -> str:
    return "" if row.came else grouped(abs(row.fen))


def came_or_undone(row: Movement) -> str:
    """The column of money in where a reversal of money in stands in red."""
    return row.said if row.said_came else ""


def went_or_undone(row: Movement) -> str:
    return "" if row.said_came else row.said


def signed(row: Movement) -> str:
    return yuan(row.fen)


def with_plus(row: Movement) -> str:
    return f"{'+' if row.came else ''}{yuan(row.fen)}"


def balance(row: Movement) -> str:
    return yuan(row.held)


def balance_grouped(row: Movement) -> str:
    return grouped(row.held)


def number(cell: Cell) -> Cell:
    """The same amount as a spreadsheet's number; None where there is none."""

    def as_number(row: Movement) -> object:
        text = str(cell(row))
        return float(text) if text else None

    return as_number


def words(coming: str, going: str) -> Cell:
    return lambda row: coming if row.came else going


def undone_words(coming: str, going: str) -> Cell:
    return lambda row: coming if row.said_came else going


def payer(row: Movement) -> str:
    return row.name if row.came else OWN_NAME


def payer_account(row: Movement) -> str:
    return row.account if row.came else OWN


def payee(row: Movement) -> str:
    return OWN_NAME if row.came else row.name


def payee_account(row: Movement) -> str:
    return OWN if row.came else row.account


def money_in(rows: Sequence[Movement]) -> int:
    return sum(row.fen for row in rows if row.came)


def money_out(rows: Sequence[Movement]) -> int:
    return -sum(row.fen for row in rows if not row.came)


def count_in(rows: Sequence[Movement]) -> int:
    return sum(row.came for row in rows)


def count_out(rows: Sequence[Movement]) -> int:
    return sum(not row.came for row in rows)


def first_balance(rows: Sequence[Movement]) -> str:
    return yuan(rows[0].held - rows[0].fen) if rows else "0.00"


def last_balance(rows: Sequence[Movement]) -> str:
    return yuan(rows[-1].held) if rows else "0.00"
