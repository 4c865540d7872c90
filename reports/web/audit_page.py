"""The audit page inside Fava's own frame: whether the year is complete, what was found and drawn.

Numbers, papers and delays come out of the book's text. What is closed, sealed, found and drawn
stands in the registry, which only our desk opens: a Fava that somebody runs alone shows none of it.
What auditors draw is shown to auditors of the unit alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from fava.ext import FavaExtensionBase

from ledger import clock
from ledger.audit.completeness import ClassCount, Known, MonthFacts, year_facts
from ledger.audit.standing import in_period, standings
from ledger.errors import Words
from ledger.layout import month_file
from ledger.period import Month, Period
from ledger.registry import month_states
from ledger.sealing import turns
from ledger.sealing.seals import parse_seal
from reports.web.audit_found import (
    FindingRow,
    SampleRow,
    papers_of,
    rows_of_findings,
    rows_of_samples,
)
from reports.web.fava_asked import (
    last_day_asked,
    registry_of_page,
    rights_of_page,
    unit_of_page,
    years_offered,
)

if TYPE_CHECKING:
    from ledger.registry import Registry

CLASS_WORDS: Final = {
    "收": Words("收款", "Receipts"),
    "付": Words("付款", "Payments"),
    "转": Words("转账", "Transfers"),
}
_MOST_MISSING: Final = 5
#: Months that some page of this process has looked at; what they say follows from their text.
_KNOWN: Final = Known()
_MOST_FINDINGS: Final = 50
#: The right by which working papers are read.
AUDIT: Final = "audit"


@dataclass(frozen=True)
class Figure:
    """``share`` is a bar's width in percent; ``href`` is empty where nothing opens."""

    text: str
    href: str
    share: int = 0
    is_wrong: bool = False


@dataclass(frozen=True)
class MonthRow:
    """A month: its vouchers by class, its gaps, its papers, its delay, its state."""

    month: str
    href: str
    classes: tuple[Figure, ...]
    gaps: tuple[str, ...]
    papers: Figure
    days: Figure
    state: Words
    root: str
    seal_href: str


@dataclass(frozen=True)
class Page:
    """``known`` says whether there is a registry to ask; ``open`` how many findings are open in
    all years; ``more`` whether there are findings or samples that are not listed."""

    known: bool
    year: str
    rows: tuple[MonthRow, ...]
    classes: tuple[Words, ...]
    total: tuple[Figure, ...]
    years: tuple[tuple[str, bool], ...]
    findings: tuple[FindingRow, ...] = ()
    open: int = 0
    more: bool = False
    samples: tuple[SampleRow, ...] = ()
    links: tuple[tuple[str, Words], ...] = ()


class Audit(FavaExtensionBase):  # type: ignore[misc, unused-ignore]
    """审计: whether the year is complete, what was found and what was drawn."""

    report_title = "审计 Audit"

    def page(self) -> Page:
        """The page for the year that the time filter ends in, else the last with vouchers."""
        folder = Path(self.ledger.beancount_file_path).parent
        there = sorted(
            int(path.name) for path in folder.glob("[0-9][0-9][0-9][0-9]")
            if any(one.stat().st_size for one in path.glob("*.bean"))
        )  # fmt: skip
        today = clock.now().date()
        latest = date(there[-1], 12, 31) if there else today
        year = last_day_asked(min(latest, today) if latest.year == today.year else latest).year
        facts = year_facts(_files(folder, year), _KNOWN)
        registry, unit = registry_of_page(), unit_of_page()
        states = _states(registry, unit) if registry else {}
        every = standings(registry, [unit]) if registry else []
        found = in_period(every, Period.parse(f"{year:04d}"))
        audits = AUDIT in rights_of_page()
        papers = papers_of(registry, unit) if registry and audits else []
        return Page(
            known=registry is not None,
            year=f"{year:04d}",
            rows=tuple(rows_of_months(unit, facts, states)),
            classes=tuple(CLASS_WORDS.values()),
            total=totals(unit, year, facts, states),
            years=years_offered(there, date(year, 12, 31)),
            findings=rows_of_findings(unit, found, today)[:_MOST_FINDINGS],
            open=sum(one.is_open for one in every),
            more=len(found) > _MOST_FINDINGS,
            samples=rows_of_samples(unit, papers),
            links=_links(unit, audits=audits),
        )


def _files(folder: Path, year: int) -> list[tuple[Month, bytes]]:
    months = [Month(year, number) for number in range(1, 13)]
    paths = [(month, folder / month_file(month)) for month in months]
    return [(month, path.read_bytes()) for month, path in paths if path.is_file()]


def _links(unit: str, *, audits: bool) -> tuple[tuple[str, Words], ...]:
    """The pages of the auditor's bench, and what they rest upon."""
    if not unit:
        return ()
    papers = ((f"/audit/{unit}/papers", Words("抽样与底稿", "Samples and papers")),)
    return (
        (f"/audit/{unit}", Words("审计发现", "Findings")),
        (f"/audit/{unit}/tests", Words("审计程序", "Procedures")),
        *(papers if audits else ()),
        (f"/audit/{unit}/query", Words("查询账簿", "Ask the book")),
        (f"/audit/{unit}/exports", Words("导出", "Exports")),
        (f"/audit/{unit}/evaluations", Words("评价", "Evaluations")),
        (f"/desk/{unit}/seals", Words("封存", "Seals")),
        (f"/vouchers/{unit}/", Words("凭证", "Vouchers")),
    )


# ---- completeness ------------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """How far a month is, by a word of :data:`STATES`; ``root`` is that of its own seal."""

    name: str = "open"
    root: str = ""
    version: int = 0


STATES: Final = {
    "open": Words("未结账", "open"),
    "reopened": Words("已重开", "opened again"),
    "closed": Words("已结账", "closed"),
    "covered": Words("已随后月封存", "sealed with a later month"),
    "sealed": Words("已封存", "sealed"),
}
_CLOSED: Final = frozenset({"closed", "covered", "sealed"})
_SEALED: Final = frozenset({"covered", "sealed"})


def _states(registry: Registry, unit: str) -> dict[str, State]:
    """By month how far it is, and the root of its seal."""
    with registry.read() as conn:
        known = month_states.all_months(conn, unit)
        turned = turns.turns(conn, unit)
    found = {row.month: State("reopened") for row in known if row.state != "closed"}
    for one in turned:
        if one.seal is not None:
            root = parse_seal(one.seal.text.encode()).root
            found[str(one.month)] = State("sealed", root, one.seal.version)
        else:
            covered = one.state == turns.COVERED
            found[str(one.month)] = State("covered" if covered else "closed")
    return found


def rows_of_months(
    unit: str, facts: Iterable[MonthFacts], states: Mapping[str, State]
) -> list[MonthRow]:
    """A row for each month; bars are shares of the busiest month and class."""
    known = list(facts)
    most = max((one.count for each in known for one in each.classes), default=0)
    return [_month_row(unit, each, states.get(str(each.month), State()), most) for each in known]


def _month_row(unit: str, facts: MonthFacts, state: State, most: int) -> MonthRow:
    month = str(facts.month)
    found = f"/vouchers/{unit}/?period={month}" if unit else ""
    lacking = facts.count - facts.with_papers
    return MonthRow(
        month=month,
        href=found,
        classes=tuple(
            Figure(
                f"{one.count:,}",
                f"{found}&q={quote(f'{one.kind}-{_digits(facts.month)}')}"
                if found and one.count else "",
                _percent(one.count, most), is_wrong=not one.is_gapless,
            )
            for one in facts.classes
        ),
        gaps=tuple(gap for one in facts.classes for gap in _gaps(one, facts.month)),
        papers=Figure(
            f"{facts.with_papers:,} / {facts.count:,}", _example(unit, "no-papers", month),
            _percent(facts.with_papers, facts.count), is_wrong=bool(lacking),
        ),
        days=Figure(f"{facts.median_days} / {facts.most_days}", _example(unit, "late", month)),
        state=state_words(state),
        root=state.root[:16],
        seal_href=f"/desk/{unit}/seals" if unit else "",
    )  # fmt: skip


def state_words(state: State) -> Words:
    """The state for a person; a seal after the first says which version it is."""
    told = STATES[state.name]
    if state.version > 1:
        return Words(f"{told.zh}（第 {state.version} 版）", f"{told.en}, version {state.version}")
    return told


def _gaps(one: ClassCount, month: Month) -> list[str]:
    """The numbers that are missing or doubled, the first of them by name."""
    told = [f"{one.kind}-{_digits(month)}-{number:04d}" for number in one.missing[:_MOST_MISSING]]
    told += [f"{one.kind}-{_digits(month)}-{number:04d} ×2" for number in one.doubled]
    more = len(one.missing) - _MOST_MISSING
    return [*told, f"+{more}"] if more > 0 else told


def _digits(month: Month) -> str:
    return f"{month.year:04d}{month.month:02d}"


def _example(unit: str, name: str, period: str) -> str:
    """The desk's page of queries with an example in its box; no words of a query stand here."""
    return f"/audit/{unit}/query?example={name}&period={period}" if unit else ""


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 0


def totals(
    unit: str, year: int, facts: Iterable[MonthFacts], states: Mapping[str, State]
) -> tuple[Figure, ...]:
    """The year: vouchers, gaps, vouchers with papers, months closed, months sealed."""
    known = list(facts)
    count = sum(one.count for one in known)
    with_papers = sum(one.with_papers for one in known)
    gaps = sum(len(one.missing) + len(one.doubled) for each in known for one in each.classes)
    mine = [state for month, state in states.items() if month.startswith(f"{year:04d}-")]
    found = f"/vouchers/{unit}/?period={year:04d}" if unit else ""
    seals_href = f"/desk/{unit}/seals" if unit else ""
    return (
        Figure(f"{count:,}", found),
        Figure(f"{gaps:,}", found if gaps else "", is_wrong=bool(gaps)),
        Figure(
            f"{_percent(with_papers, count)} %", _example(unit, "no-papers", f"{year:04d}"),
            _percent(with_papers, count), is_wrong=with_papers < count,
        ),
        Figure(f"{sum(one.name in _CLOSED for one in mine)} / {len(known)}", seals_href),
        Figure(f"{sum(one.name in _SEALED for one in mine)} / {len(known)}", seals_href),
    )  # fmt: skip
