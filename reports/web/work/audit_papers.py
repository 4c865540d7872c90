"""``/audit/<unit>/papers``: samples drawn, working papers kept, each item noted on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, abort, request

from ledger.audit import working_papers
from ledger.audit.drawing import Terms, draw_sample
from ledger.audit.working_papers import KIND_WORDS, MARK_WORDS, METHOD_WORDS
from ledger.errors import Finding, Refused, Words, finding
from ledger.money import Money
from ledger.registry import audit_papers
from reports.statement import COUNT, TEXT, Column
from reports.web.access import current_user, desk, may_audit
from reports.web.work import typed
from reports.web.work.audit_bench import bench_page, href_of_ref, kept_at
from reports.web.work.doing import do, do_and_open
from reports.web.work.frame import logins
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ledger.audit.working_papers import Item, Paper
    from reports.statement import Cell

papers_page = Blueprint("work-audit-papers", __name__)


@papers_page.get("/audit/<unit>/papers", provide_automatic_options=False)
@may_audit
def overview(unit: str) -> Response:
    return _page(unit)


def _page(unit: str, faults: tuple[Finding, ...] = ()) -> Response:
    registry, user = desk().registry, current_user()
    with registry.read() as conn:
        rows = audit_papers.of_units(conn, [unit])
    return bench_page(
        "work/audit_papers.html", unit, "papers", findings=faults, kinds=KIND_WORDS,
        papers=[working_papers.read(registry, unit, row.code, user) for row in rows],
        methods=METHOD_WORDS, marks=MARK_WORDS, typed=request.form, logins=logins(),
    )  # fmt: skip


@papers_page.post("/audit/<unit>/papers")
@may_audit
def draw(unit: str) -> Response:
    """Draw a sample and keep it; the same one again is the paper that there is."""

    def deed() -> str:
        registry = desk().registry
        seed, size = typed.digits(typed.text("seed", 9)), typed.digits(typed.text("size", 5))
        if seed is None or size is None:
            raise Refused(_no_number())
        terms = Terms(
            unit, seed, size, typed.text("method", 10), typed.period(needed=False)
        )  # fmt: skip
        drawn = draw_sample(registry, terms)
        return working_papers.keep_sample(registry, drawn, current_user(), desk().clock()).code

    return do_and_open(deed, lambda faults: _page(unit, faults), partial(kept_at, unit))


def _no_number() -> Finding:
    return finding(
        "bad-sample", "种子与样本量为数字", "seed and size are numbers",
        "例如种子 7、样本量 30", "for example seed 7, size 30",
    )  # fmt: skip


@papers_page.get("/audit/<unit>/papers/<code>", provide_automatic_options=False)
@may_audit
def one(unit: str, code: str) -> Response:
    paper = _found(unit, code)
    if form := form_asked():
        return _file(paper, form)
    return _shown(unit, paper)


def _found(unit: str, code: str) -> Paper:
    try:
        return working_papers.read(desk().registry, unit, code, current_user())
    except Refused:
        abort(404)


def _shown(unit: str, paper: Paper, faults: tuple[Finding, ...] = (), at: int = 0) -> Response:
    mark = request.args.get("mark", "")
    items = [item for item in paper.items if mark in ("", item.mark or "open")]
    return bench_page(
        "work/audit_paper.html", unit, "papers", findings=faults, paper=paper, items=items,
        kinds=KIND_WORDS, marks=MARK_WORDS, methods=METHOD_WORDS, forms=FORMS, logins=logins(),
        href=href_of_ref, raise_at=_raise_at, amount=_amount, mark=mark, at=at,
        typed=request.form, counts=paper.counts(),
    )  # fmt: skip


@papers_page.post("/audit/<unit>/papers/<code>/mark")
@may_audit
def mark(unit: str, code: str) -> Response:
    place = typed.digits(typed.text("place", 6)) or 0

    def deed() -> None:
        working_papers.note(
            desk().registry, unit, code, place, typed.text("mark", 10),
            request.form.get("text", "")[:1001], current_user(), desk().clock(),
        )  # fmt: skip

    return do(
        deed, lambda faults: _shown(unit, _found(unit, code), faults, place),
        "work-audit-papers.one", unit=unit, code=code, done="audit-noted",
    )  # fmt: skip


def _raise_at(unit: str, paper: Paper, item: Item) -> str:
    """The form of a finding on an item, filled in."""
    row = item.row
    given = {
        "ref": row.ref if row.ref.startswith((f"{unit}/", "sha256:")) else "",
        "origin": "test" if row.test else "sample", "origin_name": row.test or paper.row.code,
        "digest": paper.terms.get("tests", {}).get(row.test, ""),
    }  # fmt: skip
    return f"/audit/{unit}/findings/new?{urlencode(given)}"


def _amount(fen: int | None) -> str:
    return "" if fen is None else Money(fen).grouped


def _file(paper: Paper, form: str) -> Response:
    """The items as a file; notes stay at the desk, where they are sealed."""
    columns = (
        Column("test", Words("审计程序", "Procedure"), TEXT, 1.2),
        Column("reference", Words("引用", "Reference"), TEXT, 2),
        Column("amount", Words("金额", "Amount"), primary=True),
        Column("mark", Words("结果", "Result"), TEXT, 1),
        Column("notes", Words("注", "Notes"), COUNT, 0.5),
    )
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = []
    for item in paper.items:
        row = item.row
        words = MARK_WORDS.get(item.mark)
        cells: tuple[Cell, ...] = (
            row.test, row.ref, None if row.fen is None else Money(row.fen),
            words.zh if words else "", len(item.notes),
        )  # fmt: skip
        rows.append((str(row.place), Words(str(row.place), str(row.place)), cells))
    return table_file(
        paper.row.unit, f"audit-paper-{paper.row.code}", Words("审计底稿", "Working paper"),
        desk().clock().date(), columns, rows, heads=Words("序号", "Item"), form=form,
    )  # fmt: skip
