"""The statements of a pack: drawn of the redacted book, in every form people take home."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.period import Month
from reports.packs.writing import write_files
from reports.render import FORMATS, render
from reports.site.from_books import MOST_BEHIND, funds_of
from reports.sources import book_source
from reports.statements.catalogue import build, with_annex
from reports.statements.source import Snapshot

if TYPE_CHECKING:
    from ledger.errors import Finding
    from ledger.period import Period
    from ledger.publishing.values import PublicBook
    from reports.site.model import Fund
    from reports.statement import Statement
    from reports.statements.source import Source

#: Statements of the book, in the order in which people read them.
OF_THE_BOOK: Final = (
    "balance-sheet", "income-statement", "cash-flow", "budgetary-statement", "funds", "sofa",
    "trial-balance", "journal",
)  # fmt: skip
#: Those without a form of the chart: every book has them.
_FORMLESS: Final = ("funds", "sofa", "trial-balance", "journal")
#: What stands behind their figures stands in the other statements.
_SUMS: Final = ("sofa", "trial-balance", "cash-flow", "budget", "dues-use")
_DRAWN: Final = ("pdf", "xlsx", "csv", "json")
_AUDIENCES: Final = {"public": Words("公众", "public"), "members": Words("会员", "members")}
#: So many postings stand behind a figure in a file; pages have more, and journals all of them.
_MOST_IN_FILES: Final = 20
#: Where a reader of a pack finds the others.
_REST: Final = Words("见本包 book/ 中的账簿，或网站", "see the book below book/, or the site")


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of a pack is drawn; ``explanation`` says why, of a later one."""

    number: int = 1
    explanation: str = ""


def redacted_source(folder: Path, book: PublicBook, period: Period, version: Version) -> Source:
    """A source of statements over the redacted book, which is written below ``folder``."""
    place = folder / "units" / book.unit
    write_files(place, {name: text.encode() for name, text in book.texts.items()})
    signs = [
        (Words("状态", "State"), "已结账封存 closed and sealed"),
        (Words("公开对象", "Audience"), " ".join(_AUDIENCES[book.audience])),
        (Words("版本", "Version"), str(version.number)),
    ]
    if version.explanation:
        signs.append((Words("更正说明", "Correction"), version.explanation))
    source = book_source(folder, book.unit, period)
    # Nobody posts into a redacted book: what was read once stands for all of its statements.
    return replace(source, model=Snapshot(source.model), signatures=tuple(signs))


def of_the_book(source: Source, period: Period) -> list[Statement]:
    """The statements that the chart knows, of the period, each figure with what is behind it."""
    forms = {form.id for form in source.chart.forms}
    names = [name for name in OF_THE_BOOK if name in forms or name in _FORMLESS]
    return [with_annex(source, build(name, source, period), MOST_BEHIND) for name in names]


def funds_in(
    source: Source, statements: list[Statement], period: Period
) -> tuple[tuple[Fund, ...], list[Statement]]:
    """How each fund moved, by month where the period has several; and the statements of months,
    which pages open and no file holds."""
    whole = next(one for one in statements if one.name == "funds")
    months = [month for month in period.months() if month >= Month.of(source.facts.opened)]
    by_month = [
        with_annex(source, build("funds", source, month), MOST_BEHIND)
        for month in months
        if len(months) > 1
    ]
    return tuple(funds_of(source, whole, by_month)), by_month


def files_of(statements: list[Statement]) -> tuple[dict[str, bytes], list[Finding]]:
    """Every statement in every form by the name of its file, and what drawing brought to light."""
    files: dict[str, bytes] = {}
    found: list[Finding] = []
    for statement in statements:
        name = f"{statement.name}-{statement.period}"
        statement = _shortened(statement)
        for form in _DRAWN:
            files[f"{name}{FORMATS[form]}"] = render(
                statement, form, findings=found, tagged=form == "pdf"
            )
    return files, found


def _shortened(statement: Statement) -> Statement:
    """What a file holds behind each figure; tables of sums have references alone."""
    if statement.name in _SUMS:
        return replace(statement, annex=())
    most = _MOST_IN_FILES
    return replace(
        statement,
        annex=tuple(
            replace(
                one,
                postings=one.postings[:most],
                more=one.more + max(0, len(one.postings) - most),
                rest=_REST,
            )
            for one in statement.annex
        ),
    )
