"""What a pack tells of each statement: an allow-list of statements, columns, lines and labels.

A statement that the redacted book gives is told as it is. Of what the registry knows besides, a
line in :data:`TELLINGS` says which columns and lines may be read, and by what a line is called: by
words of our rules, by the code that the program gave, or by a number. Nothing that somebody typed
is among them, and whatever is told is asked once more for names and numbers of persons. A figure
stands only if it follows from the redacted book (:mod:`reports.packs.behind`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from ledger.errors import LedgerError, Words
from reports.packs.scanning import Scanner
from reports.statement import MONEY, TEXT, Backing, Column, Line, Statement
from reports.statements import asset_register
from reports.statements.catalogue import STATEMENTS
from reports.statements.head import figure_ref

if TYPE_CHECKING:
    from ledger.period import Period
    from ledger.publishing.values import PublicFund
    from reports.packs.behind import Behind
    from reports.statement import Cell
    from reports.statements.source import Source

#: A text as it is, or what stands in its place where it holds something of a person.
Told = Callable[[str], str]

#: What stands behind a figure as a pack asks for it, where statements tell of it otherwise.
_WHOLE: Final = {asset_register.NAME: asset_register.backing_whole}

BOOK: Final = "book"  # drawn of the redacted book: told as it is
CELLS: Final = "cells"  # sums of five persons by a rule of its own: told as it is, and scanned
BEHIND: Final = "behind"  # figures that follow from the redacted book
COUNTS: Final = "counts"  # counts of things and hours: no money, nobody's

WORDS: Final = "words"
CODE: Final = "code"
NUMBER: Final = "number"
_SYSTEM: Final = re.compile(
    r"[A-Z]{2}[0-9]{4}-[0-9]{4,7}-[0-9](?:\.[0-9]+)?|[收付转]-[0-9]{6}-[0-9]{4,6}(?:\.[0-9]+)?"
)
_CODED: Final = r"[A-Z]{2}[0-9]{4}-[0-9]{4,7}-[0-9]"
_CLASS: Final = r"[a-z][a-z0-9-]*"
_BLANK: Final = Words(
    "空格处不公开：公开账簿中由多人合并或待下次公开的数，不在这里另列。"
    "事由、对方、文号等录入的文字不公开，以编号代替。",
    "What is blank is not told: what the published book sums over persons or holds back does not "
    "stand here either. Words that were typed, such as purposes, parties and documents, are "
    "replaced by codes.",
)


@dataclass(frozen=True)
class Telling:
    """What is told of a statement.

    ``columns`` are the keys of those that stand; ``lines`` goes from what codes match to how such a
    line is called, and what matches none is left out. ``whole``: a line's figures hang together, so
    that they are told together or not at all. ``openings``: what stands before vouchers was
    registered, and is no sum of them. ``follows`` names the figures of a line from which another
    one follows by adding and taking away.
    """

    by: str
    columns: tuple[str, ...] = ()
    lines: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False
    openings: bool = False
    follows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_ALLOCATED: Final = {
    r"h-\S+": WORDS, r"y[0-9]{4}": WORDS, "all": WORDS, r"a[0-9]+": WORDS, _CODED: CODE,
}  # fmt: skip
_AMOUNTS: Final = ("approved", "released", "arrived", "spent", "returned", "lapsed",
                   "outstanding", "held")  # fmt: skip

#: Every statement of which a pack tells; what has no line here is in none.
TELLINGS: Final[Mapping[str, Telling]] = {
    "balance-sheet": Telling(BOOK),
    "income-statement": Telling(BOOK),
    "cash-flow": Telling(BOOK),
    "budgetary-statement": Telling(BOOK),
    "funds": Telling(BOOK),
    "sofa": Telling(BOOK),
    "trial-balance": Telling(BOOK),
    "journal": Telling(BOOK),
    "budget": Telling(BOOK),
    "dues-use": Telling(BOOK),
    "asset-register": Telling(
        BEHIND, ("count", "cost", "worn", "net"), {_CLASS: WORDS},
        follows={"net": ("cost", "worn")},
    ),
    "dues-roll": Telling(CELLS),
    "levy": Telling(
        BEHIND, ("actual",),
        {"h-levy": WORDS, "levy-(direct|tax|fiscal|received|held|part-[a-z-]+)": WORDS},
    ),
    "remittance": Telling(
        BEHIND, ("begin", "received", "due", "remitted", "outstanding", "kept", "share",
                 "deadline"),
        {"h-ways|h-months|m-[0-9]{4}-[0-9]{2}": WORDS, ".+": WORDS}, whole=True, openings=True,
    ),
    "arrivals": Telling(
        BEHIND, (*_AMOUNTS, "state", "late-release", "late-arrive", "late-spend"),
        _ALLOCATED, whole=True, openings=True,
    ),
    "allocation-use": Telling(
        BEHIND, ("opening", "budget", "arrived", "basic", "project", "returned", "closing"),
        _ALLOCATED, whole=True, openings=True,
    ),
    "special-unspent": Telling(
        BEHIND, (*_AMOUNTS, "age"), _ALLOCATED, whole=True, openings=True
    ),
    "aid": Telling(BEHIND, ("persons", "amount"), {"all|[0-9]{4}-[0-9]{2}|[a-z0-9+-]+": WORDS}),
    "gift-disclosure": Telling(
        BEHIND, ("day", "voucher", "way", "amount", "balance"),
        {
            r"(all|\S+)\.(begin|received|moved-in|used|returned|moved-out|end)": WORDS,
            rf"({_CODED}|[收付转]-[0-9]{{6}}-[0-9]{{4,6}})(\.(returned|moved-in|moved-out))?"
            r"(\.[0-9]+)?": WORDS,
            "all": WORDS, r"[^.]+": CODE,
        },
    ),
    "campaign": Telling(
        BEHIND, ("day", "plan", "amount"),
        {
            rf"{_CODED}\.(target|received|moved-in|used|returned|moved-out|held|over|spent)": WORDS,
            rf"{_CODED}\.(budget|gifts)": WORDS,
            rf"{_CODED}\.p[0-9]+": NUMBER,
            _CODED: CODE,
            rf"{_CODED}\.{_CODED}": CODE,
        },
        openings=True,
    ),
    "gifts-received": Telling(
        BEHIND, ("*",),
        {"(home|abroad)-(person|company)|anonymous|unrecorded|total|agency|conditional": WORDS},
    ),
    "major-items": Telling(
        BEHIND, ("day", "ceiling", "used", "left", "vouchers", "reported", "late"),
        {"d-.*": NUMBER, "v-.*": NUMBER}, whole=True, openings=True,
    ),
    "contracts": Telling(
        BEHIND, ("amount", "accepted", "moved", "cost", "margin", "outstanding", "state", "late"),
        {r"all-[a-z]+": WORDS, _CODED: CODE}, whole=True, openings=True,
    ),
    "asset-changes": Telling(
        BEHIND, ("*",), {rf"{_CLASS}(\.{_CLASS})?": WORDS},
        follows={
            "cost-end": ("cost-begin", "cost-added", "cost-left"),
            "worn-end": ("worn-begin", "worn-added", "worn-left"),
            "net-end": ("cost-end", "worn-end"),
        },
    ),
    "depreciation": Telling(BEHIND, ("*",), {_CLASS: WORDS}),
    "venue-use": Telling(
        COUNTS, ("days", "open", "used", "uses", "benefit", "benefit_share"),
        {"all": WORDS, r"[^.]+": CODE},
    ),
}  # fmt: skip


def told(
    statement: Statement, pattern: Statement, period: Period, scan: Told, *,
    source: Source | None = None, behind: Behind | None = None,
    funds: Mapping[str, PublicFund] | None = None,
) -> Statement | None:  # fmt: skip
    """The statement as a pack may hold it; None where there is nothing of it to tell.

    ``pattern`` is one of the redacted book, whose head it gets. Without ``source`` and ``behind``
    no figure is known to follow from that book, and none is told. KeyError for a statement that has
    no line in :data:`TELLINGS`.
    """
    how = TELLINGS[statement.name]
    made = replace(
        statement, title=STATEMENTS[statement.name].title, unit_name=pattern.unit_name,
        facts=pattern.facts, digest=pattern.digest, bars=(),
    )  # fmt: skip
    if how.by in (BOOK, CELLS):
        return _scanned(made, scan) if _has_figures(made) else None
    page = _Page(made, how, period, scan, source, behind, funds or {})
    found = page.draw()
    return found if _has_figures(found) else None


def _has_figures(statement: Statement) -> bool:
    return any(
        cell is not None
        for line in statement.lines
        for column, cell in zip(statement.columns, line.cells, strict=False)
        if column.kind != TEXT
    )


def _scanned(statement: Statement, scan: Told) -> Statement:
    """Every text of it asked for names and numbers, the typed ones of its title and notes too."""

    def words(one: Words) -> Words:
        return Words(scan(one.zh), scan(one.en))

    if isinstance(scan, Scanner):
        scan.look(_texts(statement))
    return replace(
        statement,
        lines=tuple(
            replace(
                line, label=words(line.label),
                cells=tuple(scan(cell) if isinstance(cell, str) else cell for cell in line.cells),
            )
            for line in statement.lines
        ),
        notes=tuple(map(words, statement.notes)),
        alarms=tuple(map(words, statement.alarms)),
    )  # fmt: skip


def _texts(statement: Statement) -> Iterator[str]:
    """Every text of it that is scanned."""
    for line in statement.lines:
        yield from (line.label.zh, line.label.en)
        yield from (cell for cell in line.cells if isinstance(cell, str))
    for words in (*statement.notes, *statement.alarms):
        yield from (words.zh, words.en)


@dataclass
class _Page:
    """One statement while it is gone through."""

    statement: Statement
    how: Telling
    period: Period
    scan: Told
    source: Source | None
    behind: Behind | None
    funds: Mapping[str, PublicFund]
    annex: list[Backing] = field(default_factory=list)
    number: int = 0

    def draw(self) -> Statement:
        columns = [
            at
            for at, column in enumerate(self.statement.columns)
            if column.key in self.how.columns or self.how.columns == ("*",)
        ]
        lines = tuple(self._lines(columns))
        made = replace(
            self.statement, columns=tuple(self.statement.columns[at] for at in columns),
            lines=lines, notes=(_BLANK,), alarms=(), annex=tuple(self.annex),
        )  # fmt: skip
        return _scanned(made, self.scan)

    def _lines(self, columns: list[int]) -> Iterator[Line]:
        waiting: list[Line] = []  # headings, until there is something below them
        for line in self.statement.lines:
            kind = self._kind(line.code)
            if kind is None:
                continue
            code, label = self._called(line, kind)
            if line.style == "heading":
                waiting = [one for one in waiting if one.level < line.level]
                waiting.append(replace(line, code=code, label=label))
                continue
            cells, refs = self._cells(line, code, label)
            shown = tuple(cells[at] for at in columns)
            if not any(cell is not None and cell != "" for cell in shown):
                continue
            yield from waiting
            waiting = []
            primary = self.statement.primary
            own = self.statement.columns[primary].key if primary is not None else ""
            yield replace(
                line, code=code, label=label, cells=shown, ref=refs.pop(own, ""), refs=refs
            )

    def _kind(self, code: str) -> str | None:
        for pattern, kind in self.how.lines.items():
            if re.fullmatch(pattern, code):
                return kind
        return None

    def _called(self, line: Line, kind: str) -> tuple[str, Words]:
        """The code and the label of a line; what nobody typed."""
        if kind == WORDS:
            return line.code, line.label
        if kind == CODE:
            code = line.code
            if code in self.funds:
                return code, Words(self.funds[code].name, self.funds[code].name_en or code)
            for shown in (code, code.rpartition(".")[2]):
                if _SYSTEM.fullmatch(shown):
                    return code, Words(shown, shown)
        self.number += 1
        number = str(self.number)
        return f"n{number}", Words(f"第 {number} 项", f"No. {number}")

    def _cells(self, line: Line, code: str, label: Words) -> tuple[list[Cell], dict[str, str]]:
        """What may be told of a line's cells, and the references of figures that open."""
        cells: list[Cell] = list(line.cells)
        if self.how.by == COUNTS:
            return cells, {}
        refs: dict[str, str] = {}
        money = [
            (at, column)
            for at, (column, cell) in enumerate(
                zip(self.statement.columns, line.cells, strict=True)
            )
            if column.kind == MONEY and cell is not None
        ]
        hidden = [at for at, column in money if not self._tell(line, at, column, code, label, refs)]
        keys = {column.key: at for at, column in money}
        for key, parts in self.how.follows.items():
            shown = {at for at in keys.values() if at not in hidden}
            if keys.get(key) in hidden and all(keys.get(one, -1) in shown for one in parts):
                hidden.remove(keys[key])
        if hidden and (self.how.whole or len(hidden) == len(money)):
            return [None] * len(cells), {}
        for at in hidden:
            cells[at] = None
        return cells, refs

    def _tell(
        self, line: Line, at: int, column: Column, code: str, label: Words, refs: dict[str, str]
    ) -> bool:
        """Whether a figure follows from the redacted book; what it opens to, if that is rows."""
        if self.source is None or self.behind is None:
            return False
        name = self.statement.name
        asked = "" if at == self.statement.primary else column.key
        try:
            opened = _WHOLE.get(name, STATEMENTS[name].backing)
            found = opened(self.source, self.period, line.code, asked)
        except LedgerError:
            return False
        if not self.behind.tells(found, openings=self.how.openings):
            return False
        postings = self.behind.lines(found.postings)
        if postings and not found.opening:
            ref = figure_ref(self.statement.unit, name, self.period, code, asked)
            self.annex.append(replace(found, ref=ref, label=label, postings=postings))
            refs[column.key] = ref
        return True
