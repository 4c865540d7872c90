"""What was found and drawn, as rows of the audit page inside Fava's frame."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from ledger.audit.standing import SEVERITY_WORDS, STATE_WORDS, Standing
from ledger.audit.subjects import KIND_WORDS, VOUCHER
from ledger.audit.working_papers import KIND_WORDS as PAPER_WORDS
from ledger.audit.working_papers import METHOD_WORDS
from ledger.errors import Words
from ledger.registry import audit_papers
from ledger.registry.audit_papers import SAMPLE, PaperRow

if TYPE_CHECKING:
    from ledger.registry import Registry

_MOST_PAPERS: Final = 10


@dataclass(frozen=True)
class Opens:
    """A text that leads to a page; ``href`` is empty where nothing opens."""

    text: str
    href: str


@dataclass(frozen=True)
class FindingRow:
    """One finding; ``is_open`` while it is not closed, ``days`` since it was raised."""

    code: str
    href: str
    severity: Words
    what: Words
    period: str
    voucher: Opens
    state: Words
    correction: Opens
    raised: str
    days: int
    is_open: bool


@dataclass(frozen=True)
class SampleRow:
    """One sample or run of procedures that is kept; ``share`` of it was looked at, in percent.

    ``chain`` begins the digest of the book's last entry that it knew.
    """

    code: str
    href: str
    method: Words
    seed: str
    drawn: int
    seen: int
    share: int
    chain: str


def rows_of_findings(unit: str, found: Iterable[Standing], today: date) -> tuple[FindingRow, ...]:
    """Open findings first, the oldest first; days since they were opened, or until they ended."""
    rows = [_finding_row(unit, one, today) for one in found]
    return tuple(sorted(rows, key=lambda row: (not row.is_open, row.raised, row.code)))


def _finding_row(unit: str, one: Standing, today: date) -> FindingRow:
    row = one.row
    is_voucher = row.kind == VOUCHER
    last = today if one.is_open else date.fromisoformat(one.since)
    return FindingRow(
        code=row.code,
        href=f"/audit/{unit}/findings/{row.code}" if unit else "",
        severity=SEVERITY_WORDS[row.severity],
        what=KIND_WORDS[row.kind],
        period=row.period,
        voucher=_voucher(unit, row.subject) if is_voucher else Opens("", ""),
        state=STATE_WORDS[one.state],
        correction=_voucher(unit, one.voucher),
        raised=one.day,
        days=max((last - date.fromisoformat(one.day)).days, 0),
        is_open=one.is_open,
    )


def _voucher(unit: str, number: str) -> Opens:
    return Opens(number, f"/vouchers/{unit}/{quote(number)}" if unit and number else "")


def papers_of(registry: Registry, unit: str) -> list[tuple[PaperRow, int, int]]:
    """The newest working papers: how many items each has, and how many were looked at."""
    with registry.read() as conn:
        rows = audit_papers.of_units(conn, [unit])[:_MOST_PAPERS]
        return [
            (
                row, len(audit_papers.items(conn, unit, row.code)),
                len(audit_papers.marks(conn, unit, row.code)),
            )
            for row in rows
        ]  # fmt: skip


def rows_of_samples(
    unit: str, papers: Iterable[tuple[PaperRow, int, int]]
) -> tuple[SampleRow, ...]:
    """Working papers with their items and how many were looked at, in the order they come in."""
    return tuple(_sample_row(unit, *one) for one in papers)


def _sample_row(unit: str, row: PaperRow, drawn: int, seen: int) -> SampleRow:
    terms = json.loads(row.terms)
    is_sample = row.kind == SAMPLE
    return SampleRow(
        code=row.code,
        href=f"/audit/{unit}/papers/{row.code}" if unit else "",
        method=METHOD_WORDS[terms["method"]] if is_sample else PAPER_WORDS[row.kind],
        seed=str(terms["seed"]) if is_sample else "",
        drawn=drawn,
        seen=seen,
        share=100 * seen // drawn if drawn else 0,
        chain=row.chain[:16],
    )
