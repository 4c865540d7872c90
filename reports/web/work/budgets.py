"""``/desk/<unit>/budget``: a year's budget by version, set, revised, approved and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from importers.budgets import lines_of_sheet
from ledger.account import account_code, account_label
from ledger.budgetcheck import BudgetLine
from ledger.budgets import changes, deciding, standing
from ledger.budgets.carrying import carry_over
from ledger.budgets.typed import (
    CONTROL_WORDS,
    STATE_WORDS,
    account_of,
    control_of,
    planned_on,
    quarters_of,
)
from ledger.entry import safe_text
from ledger.errors import Finding, LedgerError, Refused, Words
from ledger.money import Money
from ledger.registry import budgets, entries
from reports.statement import TEXT, Column
from reports.web.access import accepts, current_user, desk, may_approve, may_browse, may_record
from reports.web.budget_rows import sides_of
from reports.web.work import typed
from reports.web.work.frame import (
    LARGEST_FORM,
    Choice,
    bad_row,
    fund_choices,
    keep_papers,
    logins,
    page,
    sent_papers,
)
from reports.web.work.members import FIRST_YEAR, LAST_YEAR, bad_field
from reports.web.work.tables import FORMS, form_asked, table_file
from reports.web.work.waiting import sent_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from werkzeug.wrappers import Response

    from ledger.budgets.standing import Compared
    from ledger.registry.budgets import BudgetVersion
    from reports.statement import Cell

budgets_page = Blueprint("work-budgets", __name__)

#: Rows that the form has at least, and those that it shows beyond what is planned already.
_ROWS: Final = 8
_MORE: Final = 4
#: A plan of more lines is revised by sheet: the form would not hold them all.
_MOST_TYPED: Final = 100
_FIELDS: Final = ("fund", "account", "q1", "q2", "q3", "q4", "control")


@budgets_page.get("/desk/<unit>/budget", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit, _year_asked())


def _year_asked() -> int:
    """The year of the address; this one where it is none."""
    year = typed.digits(request.values.get("year", "")[:4])
    if year is not None and FIRST_YEAR <= year <= LAST_YEAR:
        return year
    return desk().clock().year


def _overview(unit: str, year: int, findings: tuple[Finding, ...] = ()) -> Response:
    registry, now = desk().registry, desk().clock()
    with registry.read() as conn:
        versions = budgets.versions(conn, unit, year)
        years = budgets.years_of(conn, unit)
        rule = changes.revisions_rule(conn, registry, unit, now.date())
        accounts = entries.accounts(conn, unit)
    chosen = _version_asked(versions)
    rows = standing.compare(
        registry, unit, year, version=chosen.version if chosen else None,
        dropped=chosen is None or chosen.state == budgets.APPROVED,
    )  # fmt: skip
    if form := form_asked():
        return _file(unit, year, rows, form)
    waits = next((row for row in versions if row.state == budgets.DRAFT), None)
    told = deciding.warnings(registry, unit, year, waits.version) if waits else []
    is_revised = any(row.was_approved for row in versions)
    return page(
        "work/budget.html", unit, findings=findings, tab="budget", year=year,
        years=sorted({*years, now.year, year}), versions=versions, chosen=chosen, waits=waits,
        warnings=told, sides=sides_of(unit, year, rows), states=STATE_WORDS,
        controls=CONTROL_WORDS, rule=None if isinstance(rule, Finding) else rule,
        no_rule=rule if isinstance(rule, Finding) else None, names=logins(), forms=FORMS,
        me=current_user().id, is_revised=is_revised, typed=_typed_rows(unit, year, is_revised),
        words=request.form, accounts=_choices(planned_on(accounts)), funds=fund_choices(unit),
        carried=carry_over(registry, unit, _until(year, now.date())),
        given={"year": str(year)} | ({"version": str(chosen.version)} if chosen else {}),
    )  # fmt: skip


def _until(year: int, today: date) -> date:
    return min(today, today.replace(year=year, month=12, day=31)) if year <= today.year else today


def _version_asked(versions: Sequence[BudgetVersion]) -> BudgetVersion | None:
    """The version of the address; 404 for one that there is not."""
    text = request.args.get("version", "")
    if not text:
        return next((row for row in versions if row.state == budgets.APPROVED), None)
    found = [row for row in versions if str(row.version) == text]
    if not found:
        abort(404)
    return found[0]


def _choices(names: Sequence[str]) -> list[Choice]:
    return [Choice(account_code(name) or name, account_label(name)) for name in names]


def _typed_rows(unit: str, year: int, is_revised: bool) -> list[dict[str, str]]:
    """What the form shows: what was typed, else what is in force, and empty rows below.

    Nothing of a plan that it could not hold: what is left out would be dropped.
    """
    sent = [
        {name: request.form.get(f"{name}{place}", "") for name in _FIELDS}
        for place in range(_count_sent())
    ]
    if not any(any(row.values()) for row in sent) and is_revised:
        with desk().registry.read() as conn:
            lines = budgets.in_force(conn, unit, [year])
        if len(lines) > _MOST_TYPED:
            return []
        sent = [
            {"fund": line.fund, "account": account_code(line.account), "control": line.control,
             **{f"q{n}": Money(fen).text for n, fen in enumerate(line.quarters, start=1)}}
            for line in lines
        ]  # fmt: skip
    blank = dict.fromkeys(_FIELDS, "")
    return [*sent, *[blank] * max(_MORE, _ROWS - len(sent))]


def _count_sent() -> int:
    """How many rows a form has sent; never more than a form may have fields."""
    places = [
        int(name.removeprefix("account"))
        for name in request.form
        if name.startswith("account") and name.removeprefix("account").isascii()
        and name.removeprefix("account").isdigit() and len(name) <= 10
    ]  # fmt: skip
    return min(max(places, default=-1) + 1, _MOST_TYPED + _ROWS)


def _file(unit: str, year: int, rows: Sequence[Compared], form: str) -> Response:
    columns = (
        Column("fund", Words("资金", "Fund"), TEXT, 0.5),
        *(Column(f"q{n}", Words(f"{n} 季度", f"Q{n}")) for n in range(1, 5)),
        Column("planned", Words("预算", "Planned")),
        Column("actual", Words("实际", "Actual"), primary=True),
        Column("left", Words("结余", "Left")),
        Column("percent", Words("完成%", "Done"), TEXT, 0.6),
        Column("control", Words("控制", "Control"), TEXT, 0.6),
    )
    lines: list[tuple[str, Words, tuple[Cell, ...]]] = [
        (
            account_code(row.line.account),
            Words(account_label(row.line.account), row.line.account),
            (
                row.line.fund, *(Money(fen) for fen in row.line.quarters), Money(row.line.total),
                Money(row.actual), Money(row.line.total - row.actual), row.percent,
                CONTROL_WORDS[row.line.control].zh,
            ),
        )
        for row in rows
    ]  # fmt: skip
    return table_file(
        unit, f"budget-{year}", Words(f"{year} 年预算", f"Budget of {year}"),
        desk().clock().date(), columns, lines, heads=Words("科目", "Account"), form=form,
    )  # fmt: skip


# ---- forms -------------------------------------------------------------------------------------


@budgets_page.post("/desk/<unit>/budget/propose")
@may_record
@accepts(LARGEST_FORM)
def propose(unit: str) -> Response:
    """Set or revise the year's budget by what is typed, or by a sheet; with the decision's file."""
    year = _year_asked()
    try:
        sent = sent_papers()
        lines = _lines(unit, year)
        with desk().registry.read() as conn:
            revision = any(row.was_approved for row in budgets.versions(conn, unit, year))
        row = deciding.propose(
            desk().registry, unit, year, lines, typed.text("decision", 120),
            typed.text("reason", 300), current_user(), desk().clock(), revision=revision,
            papers=keep_papers(unit, sent),
        )  # fmt: skip
    except LedgerError as fault:
        return _overview(unit, year, fault.findings)
    return _done(unit, year, f"budget {row.version} waits", row.version)


def _lines(unit: str, year: int) -> list[BudgetLine]:
    """The lines of the sheet if there is one, else those that were typed."""
    file = request.files.get("file")
    name = sent_name(file.filename) if file else ""
    if file is not None and name:
        return lines_of_sheet(desk().registry, unit, year, file.read(), name)
    with desk().registry.read() as conn:
        names = planned_on(entries.accounts(conn, unit))
    lines: list[BudgetLine] = []
    faults: list[Finding] = []
    for place in range(_count_sent()):
        row = {
            key: safe_text(request.form.get(f"{key}{place}", ""), 120).strip() for key in _FIELDS
        }
        if not any(row[key] for key in _FIELDS if key != "control"):
            continue
        try:
            figures = [row[f"q{n}"] or "0.00" for n in range(1, 5)]
            lines.append(
                BudgetLine(
                    year, row["fund"].split(" ", 1)[0], account_of(row["account"], names),
                    quarters_of(figures), control_of(row["control"] or "none"),
                )
            )  # fmt: skip
        except ValueError:
            faults.append(
                bad_row(place + 1, "金额写作 1,234.50，没有的留空。 "
                        "an amount is written 1,234.50, or left empty")
            )  # fmt: skip
    if faults:
        raise Refused(*faults)
    return lines


@budgets_page.post("/desk/<unit>/budget/approve")
@may_approve
def approve(unit: str) -> Response:
    """Approve the version that was shown, with what was told of it."""
    year = _year_asked()
    try:
        version = _version_sent()
        deciding.approve(
            desk().registry, unit, year, version, current_user(), desk().clock(),
            confirmed=request.form.get("confirmed") == "yes",
        )  # fmt: skip
    except LedgerError as fault:
        return _overview(unit, year, fault.findings)
    return _done(unit, year, f"budget {version} approved")


@budgets_page.post("/desk/<unit>/budget/withdraw")
@may_browse
def withdraw(unit: str) -> Response:
    """Take a version back: its maker, or who may approve."""
    year = _year_asked()
    try:
        version = _version_sent()
        deciding.withdraw(desk().registry, unit, year, version, current_user(), desk().clock())
    except LedgerError as fault:
        return _overview(unit, year, fault.findings)
    return _done(unit, year, f"budget {version} withdrawn")


def _version_sent() -> int:
    version = typed.digits(typed.text("version", 6))
    if version is None:
        raise Refused(bad_field("没有写明版本", "the version is not named"))
    return version


def _done(unit: str, year: int, told: str, version: int | None = None) -> Response:
    place = url_for("work-budgets.overview", unit=unit, year=year, version=version, done=told)
    return redirect(place, 303)
