"""What the pages of the auditor's bench share: their list, and where a finding leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from ledger.audit.standing import UNIT, Standing, standings
from ledger.audit.subjects import ASSET, FIGURE, GIFT, PAPER, VOUCHER
from ledger.errors import Words
from ledger.registry import entries
from reports.web.access import desk
from reports.web.work.frame import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

    from ledger.errors import Finding

#: The pages of the bench in their order: what ``sub`` calls it, where it lies below
#: ``/audit/<unit>``, and its words. A page more is a line more.
BENCH: Final = (
    ("findings", "", Words("审计发现", "Findings")),
    ("tests", "/tests", Words("审计程序", "Procedures")),
    ("papers", "/papers", Words("抽样与底稿", "Samples and papers")),
    ("query", "/query", Words("查询", "Query")),
    ("exports", "/exports", Words("导出", "Exports")),
    ("evaluations", "/evaluations", Words("评价", "Evaluations")),
)


def bench_page(
    template: str, unit: str, sub: str, *, findings: Sequence[Finding] = (), **values: Any
) -> Response:
    """A page of the bench; ``sub`` is its key in :data:`BENCH`."""
    return page(template, unit, findings=findings, tab="audit", sub=sub, bench=BENCH, **values)


def href_of(found: Standing) -> str:
    """The page of what a finding is about; empty for the whole."""
    row = found.row
    if row.kind == FIGURE:
        unit, _, rest = row.subject.partition("/")
        return f"/figures/{unit}/{quote(rest)}"
    return {
        VOUCHER: f"/vouchers/{row.unit}/{quote(row.subject)}",
        PAPER: f"/papers/{row.unit}/{row.subject}?show=1",
        ASSET: f"/desk/{row.unit}/assets/{row.subject}",
        GIFT: f"/desk/{row.unit}/gifts/{row.subject}",
    }.get(row.kind, "")


def to_answer(unit: str) -> list[Standing]:
    """The findings that wait for the unit's answer, the oldest first."""
    return [one for one in standings(desk().registry, [unit]) if one.waits_for == UNIT]


def href_of_ref(unit: str, ref: str) -> str:
    """Where a hit or an item leads: its voucher, or its paper; empty for what has no page."""
    if ref.startswith("sha256:"):
        return f"/papers/{unit}/{ref.removeprefix('sha256:')}?show=1"
    owner, _, number = ref.partition("/")
    return f"/vouchers/{unit}/{quote(number)}" if owner == unit and "-" in number else ""


def last_year(unit: str) -> str:
    """The last year that has vouchers: what is asked of unless somebody says otherwise."""
    with desk().registry.read() as conn:
        files = entries.files(conn, unit)
    years = [name[:4] for name, size in files.items() if name[0].isdigit() and size]
    return max(years, default="")


def kept_at(unit: str, code: str) -> str:
    """The page of a working paper that was kept just now."""
    return f"/audit/{unit}/papers/{code}?done=audit-kept"
