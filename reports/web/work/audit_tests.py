"""``/audit/<unit>/tests``: audit procedures over the unit's whole book, and what they tell of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from flask import Blueprint, request

from ledger.audit import running, working_papers
from ledger.audit.catalogue import procedures
from ledger.errors import Finding, LedgerError, Words
from reports.statement import COUNT, TEXT, Column
from reports.web.access import current_user, desk, may_audit, may_browse
from reports.web.work.audit_bench import bench_page, href_of_ref, kept_at
from reports.web.work.doing import do_and_open
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from collections.abc import Collection

    from werkzeug.wrappers import Response

    from ledger.audit.procedures.procedure import Hit
    from ledger.audit.running import Result, Run
    from reports.statement import Cell

tests_page = Blueprint("work-audit-tests", __name__)

#: So many hits of a procedure stand on the page; its files have all of them.
_SHOWN: Final = 100


@tests_page.get("/audit/<unit>/tests", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    """What there is to run, with sources, figures and caveats; as a file, what it tells of."""
    chosen = request.args.getlist("test")
    try:
        every = procedures(desk().folder)
        if form := form_asked():
            return _file(unit, _run(unit, chosen), form)
    except LedgerError as fault:
        return _refused(unit, chosen, fault.findings)
    return bench_page(
        "work/audit_tests.html", unit, "tests", run=None, chosen=chosen, every=every, forms=FORMS,
    )  # fmt: skip


@tests_page.post("/audit/<unit>/tests")
@may_browse
def run(unit: str) -> Response:
    chosen = request.form.getlist("test")
    try:
        found = _run(unit, chosen)
    except LedgerError as fault:
        return _refused(unit, chosen, fault.findings)
    running.log(desk().registry, unit, chosen, current_user(), desk().clock())
    return bench_page(
        "work/audit_tests.html", unit, "tests", run=found, chosen=chosen,
        every=procedures(desk().folder), forms=FORMS, shown=_SHOWN, href=href_of_ref,
        raise_at=_raise_at,
    )  # fmt: skip


@tests_page.post("/audit/<unit>/tests/keep")
@may_audit
def keep(unit: str) -> Response:
    """Run them once more, and keep what they tell of as a working paper."""
    chosen = request.form.getlist("test")

    def deed() -> str:
        registry, user = desk().registry, current_user()
        found = _run(unit, chosen)
        (row,) = working_papers.keep_run(registry, found, user, desk().clock())
        return row.code

    return do_and_open(deed, lambda faults: _refused(unit, chosen, faults), partial(kept_at, unit))


def _refused(unit: str, chosen: Collection[str], faults: tuple[Finding, ...]) -> Response:
    try:
        every = procedures(desk().folder)
    except LedgerError:  # its own figures are what is wrong: the findings say so
        every = ()
    return bench_page(
        "work/audit_tests.html", unit, "tests", findings=faults, run=None, chosen=chosen,
        every=every, forms=FORMS,
    )  # fmt: skip


def _run(unit: str, chosen: Collection[str]) -> Run:
    return running.run(
        desk().registry, [unit], desk().clock().date(), only=[name[:40] for name in chosen]
    )


def _raise_at(unit: str, result: Result, hit: Hit) -> str:
    """The form of a finding on a hit, filled in."""
    given = {
        "ref": hit.ref if hit.ref.startswith((f"{unit}/", "sha256:")) else "",
        "origin": "test", "origin_name": result.procedure.name, "digest": result.digest,
    }  # fmt: skip
    return f"/audit/{unit}/findings/new?{urlencode(given)}"


def _file(unit: str, found: Run, form: str) -> Response:
    columns = (
        Column("title", Words("审计程序", "Procedure"), TEXT, 2),
        Column("population", Words("总体", "Population"), COUNT, 0.8),
        Column("digest", Words("总体摘要", "Digest"), TEXT, 1.4),
        Column("reference", Words("提示", "Hit"), TEXT, 1.6),
        Column("why", Words("缘由", "Why"), TEXT, 3),
    )
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = []
    for result in found.results:
        one = result.procedure
        heads: tuple[Cell, ...] = (one.title.zh, result.population, result.digest[:16])
        hits = [(hit.ref or hit.unit, hit.why.zh) for hit in result.hits] or [("", "")]
        rows += [(one.name, Words(one.name, one.name), (*heads, *hit)) for hit in hits]
    return table_file(
        unit, "audit-procedures", Words("审计程序", "Audit procedures"), desk().clock().date(),
        columns, rows, heads=Words("名称", "Name"), form=form,
    )  # fmt: skip
