"""``/audit/<unit>/query``: questions of the unit's book, in a safe subset, each in a child process.

Whoever may browse the book may ask it: the answer holds nothing that its vouchers' pages do not.
A query is sent as a form and its answer drawn at once, so that no address ever holds its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from flask import Blueprint, current_app, request

from ledger.audit import query as asking
from ledger.audit.query_examples import EXAMPLES, named
from ledger.audit.query_rules import LONGEST_QUERY, OPEN_COLUMNS, OPEN_FUNCTIONS, OWN_COLUMNS
from ledger.errors import Finding, LedgerError, finding
from ledger.period import Period
from reports.querying import is_figure, is_voucher_number, query_statement
from reports.web.access import current_user, desk, may_browse
from reports.web.listing import download
from reports.web.work.audit_bench import bench_page, last_year
from reports.web.work.tables import unit_name
from reports.web.work.turns import Turns, this_session

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ledger.audit.query import Answer

query_page = Blueprint("work-query", __name__)

#: Rows on the page; files hold all of the answer's.
SHOWN: Final = 500
_FORMS: Final = ("xlsx", "csv")
_TURNS: Final = "mingbai-queries"


_RUNS: Final = finding(
    "query-runs", "您的上一个查询还在进行", "your query before this one is still running",
    "等它完成再查", "wait until it is done",
)  # fmt: skip
_BUSY: Final = finding(
    "query-busy", "现在查询的人多", "many are asking just now",
    "请稍候再查", "ask again in a little while",
)  # fmt: skip


@query_page.record_once
def _begin(state: Any) -> None:
    state.app.extensions[_TURNS] = Turns(_RUNS, _BUSY)


@dataclass(frozen=True)
class Shown:
    """A cell as the page draws it; ``voucher`` is the number that it opens, or empty."""

    text: str
    voucher: str


@query_page.get("/audit/<unit>/query", provide_automatic_options=False)
@may_browse
def form(unit: str) -> Response:
    """The empty page, or one with an example in its box."""
    example = named(request.args.get("example", ""))
    asked = request.args.get("period", "")[:20]
    return _page(unit, example.query if example else "", asked or last_year(unit))


@query_page.post("/audit/<unit>/query")
@may_browse
def ask(unit: str) -> Response:
    """Ask, and draw the answer or give it as a file."""
    example = named(request.form.get("example", ""))
    query = example.query if example else request.form.get("query", "")
    query = query.replace("\r\n", "\n")[: LONGEST_QUERY + 1]
    typed = request.form.get("period", "").strip()[:20]
    try:
        period = _period(typed)
        with _turns().turn(this_session()):
            asking.note(desk().registry, unit, query, current_user(), desk().clock())
            answer = asking.ask(desk().registry, unit, query, period)
    except LedgerError as fault:
        return _page(unit, query, typed, findings=fault.findings, status=_status(fault))
    form = request.form.get("format", "")
    if form in _FORMS:
        today = desk().clock().date()
        return download(query_statement(answer, query, unit, unit_name(unit), today), form)
    return _page(unit, query, typed, answer=answer)


def _status(fault: LedgerError) -> int:
    """429 where somebody has to wait, else what was typed cannot be answered."""
    return 429 if fault.findings[0] in (_RUNS, _BUSY) else 422


def _turns() -> Turns:
    return cast("Turns", current_app.extensions[_TURNS])


def _period(typed: str) -> Period | None:
    if not typed:
        return None
    try:
        return Period.parse(typed)
    except ValueError as fault:
        raise asking.unknown_period(typed) from fault


# ---- the page ----------------------------------------------------------------------------------


def _page(
    unit: str, query: str, period: str, *, answer: Answer | None = None,
    findings: Sequence[Finding] = (), status: int = 200,
) -> Response:  # fmt: skip
    order = _order_asked(answer)
    rows = _ordered(answer, order) if answer else []
    return bench_page(
        "work/audit_query.html", unit, "query", findings=findings, status=status,
        query=query, period=period, answer=answer, examples=EXAMPLES, forms=_FORMS,
        heads=[(name, is_figure(kind)) for name, kind in answer.columns] if answer else [],
        rows=[[_shown(cell) for cell in row] for row in rows[:SHOWN]], order=order, most=SHOWN,
        longest=LONGEST_QUERY, columns=sorted({*OPEN_COLUMNS, *OWN_COLUMNS}),
        functions=sorted(OPEN_FUNCTIONS),
    )  # fmt: skip


def _shown(cell: object) -> Shown:
    text = asking.cell_text(cell)
    return Shown(text, text if is_voucher_number(cell) else "")


def _order_asked(answer: Answer | None) -> tuple[int, bool] | None:
    """The column to sort by and whether downwards: ``3`` or ``-3``, counted from 1."""
    typed = request.form.get("sort", "")
    number = typed.removeprefix("-")
    if answer is None or not (number.isascii() and number.isdigit() and len(number) <= 3):
        return None
    place = int(number) - 1
    return (place, typed.startswith("-")) if 0 <= place < len(answer.columns) else None


def _ordered(answer: Answer, order: tuple[int, bool] | None) -> list[tuple[Any, ...]]:
    if order is None:
        return list(answer.rows)
    place, downwards = order
    return sorted(answer.rows, key=lambda row: asking.sort_key(row[place]), reverse=downwards)
