"""A statement as a value: what a report says, apart from how it is drawn.

Modules in ``reports/statements`` build a :class:`Statement`; ``reports/text.py``, ``pdf.py``,
``xlsx.py`` and ``opendata.py`` draw any statement. Every figure of money carries a reference that
``mingbai show`` opens, and the annex says which vouchers stand behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from ledger.errors import Words
from ledger.money import Money

#: A cell: money, a day, a moment, how long something took, a count, text, or nothing.
Cell = Money | date | datetime | timedelta | int | str | None

MONEY: Final = "money"
TEXT: Final = "text"
COUNT: Final = "count"
DAY: Final = "day"
ITEM: Final = Words("项目", "Item")
ROW: Final = Words("行次", "Line")
CODE: Final = Words("编号", "Code")
#: What stands before the postings of a balance.
OPENING: Final = Words("期初余额", "Opening")
REST: Final = Words("请用 mingbai show 查看", "mingbai show")
REF: Final = "ref"  # text that is itself a reference, such as a voucher number


@dataclass(frozen=True, slots=True)
class Column:
    """``key`` is the ASCII name in JSON and CSV; ``share`` the width relative to the others.

    ``primary`` marks the column whose money is the line's ``amount`` in JSON.
    """

    key: str
    label: Words
    kind: str = MONEY
    share: float = 1.0
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row. ``cells`` match the statement's columns; ``ref`` is ``""`` where nothing opens.

    ``refs`` gives the reference of single cells by column key where they differ from ``ref``.
    ``level`` indents the label, ``style`` is one of ``heading``, ``line``, ``subtotal``, ``total``.
    """

    code: str
    label: Words
    cells: tuple[Cell, ...]
    ref: str = ""
    level: int = 0
    style: str = "line"
    refs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """One posting behind a figure, as the annex lists it.

    ``measured`` is what it counts where the figure is no money: ``02:30`` hours, ``40`` heads.
    """

    number: str
    day: date
    narration: str
    account: str
    fund: str
    amount: Money
    papers: tuple[str, ...] = ()
    measured: str = ""


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind one reference: an opening figure, and postings in order.

    ``more`` counts postings that the annex leaves out when there are very many, ``rest`` says where
    they stand.
    ``opening_label`` says what the opening figure is where it is no opening balance; ``measured``
    what the figure is where it is no money.
    """

    ref: str
    label: Words
    opening: Money | None
    postings: tuple[VoucherLine, ...]
    closing: Money | None
    more: int = 0
    opening_label: Words = OPENING
    measured: str = ""
    rest: Words = REST


def hours_text(took: timedelta) -> str:
    """How long something took, in hours and minutes.

    >>> hours_text(timedelta(hours=30, minutes=5))
    '30:05'
    """
    minutes = int(took.total_seconds()) // 60
    sign = "-" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar drawn above a table: ``parts`` of ``whole``, in fen, each with its name; what is not
    a part stays empty. ``said`` stands beside it."""

    label: Words
    whole: int
    parts: tuple[tuple[Words, int], ...]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A report of one unit for one period.

    ``name`` is the ASCII name on the command line; ``form`` the official form number if any
    (工会01表). ``facts`` are head lines in order (unit, period, basis, currency unit, maker,
    checker, approver, audience, version, ledger digest …) as pairs of label and text. ``period``
    is ``2026`` or ``2026-03``. ``bars`` say in a picture what the table says too.
    ``label_column`` heads the column of labels; None means the lines have none (journals and logs,
    whose cells say everything). ``coded`` lines are called by their codes, which then stand where
    only labels do otherwise. ``alarms`` are said in red: what does not agree.
    """

    name: str
    title: Words
    unit: str
    unit_name: Words
    period: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    form: str = ""
    currency: str = "CNY"
    facts: tuple[tuple[Words, str], ...] = ()
    notes: tuple[Words, ...] = ()
    annex: tuple[Backing, ...] = ()
    label_column: Words | None = ITEM
    digest: str = ""  # the ledger's digest that this statement was drawn from
    bars: tuple[Bar, ...] = ()
    coded: bool = False
    alarms: tuple[Words, ...] = ()

    def __post_init__(self) -> None:
        width = len(self.columns)
        for line in self.lines:
            if line.style != "heading" and len(line.cells) != width:
                raise ValueError(f"line {line.code} has {len(line.cells)} cells, not {width}")

    @property
    def code_label(self) -> Words:
        """What heads the column of codes: a rule's row numbers, or codes of accounts and funds."""
        codes = [line.code for line in self.lines if line.style != "heading"]
        numbered = all(code.isdigit() and len(code) <= 3 for code in codes)
        return ROW if numbered and self.form else CODE

    @property
    def primary(self) -> int | None:
        """The index of the primary money column; the first money column if none is marked."""
        marked = [i for i, column in enumerate(self.columns) if column.primary]
        money = [i for i, column in enumerate(self.columns) if column.kind == MONEY]
        found = marked or money
        return found[0] if found else None
