"""``/desk/<unit>/lists``: our own sheets, checked and entered; lists that one deposit settles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, make_response, request

from importers import expected, notices, payroll, roster
from importers.levies import announce_tax
from importers.listing import ListEntered, Target
from importers.lists import read_list
from importers.template_sheet import template_xlsx
from importers.templates import DUES_LIST, TEMPLATES
from ledger.choosing import resolve_account
from ledger.dues import levying
from ledger.errors import Finding, LedgerError, Words, finding, refuse_if
from ledger.money import Money
from ledger.period import Month
from ledger.registry import claim_lists, claims, entries
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.papers import KINDS
from reports.web.work.frame import LARGEST_FORM, account_choices, fund_choices, page
from reports.web.work.shown import words
from reports.web.work.waiting import sent_name

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ledger.dues.levy_coming import Announced

lists = Blueprint("work-lists", __name__)

OWED: Final = "owed"
#: What a file may be entered as. Assets are checked only: no register holds them yet.
KINDS_OF_LIST: Final = {
    "dues-list": Words("工资代扣会费清单", "payroll dues list"),
    OWED: Words("某月应缴会费", "dues owed for a month"),
    "union-fee-list": TEMPLATES["union-fee-list"].title,
    "allotment-notice": TEMPLATES["allotment-notice"].title,
    "donation-export": TEMPLATES["donation-export"].title,
    "members": TEMPLATES["members"].title,
    "assets": Words("固定资产清册（只检查）", "list of assets, checked only"),
}
#: What entering asks of sheets that may be simpler than ours.
_ASKED: Final = {
    OWED: payroll.OWED,
    DUES_LIST.name: payroll.WITHHELD,
    "members": roster.ROSTER,
}
_MOST_TOLD: Final = 200
#: Claims of levies.
LEVY_KINDS: Final = frozenset({*levying.KINDS.values(), levying.HELD_KIND})


@dataclass(frozen=True)
class List:
    """A list that was entered: what its payment has to be, and how far it has come."""

    code: str
    title: Words
    month: str
    members: int
    amount: Money
    states: frozenset[str]


@lists.get("/desk/<unit>/lists", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(
    unit: str, faults: tuple[Finding, ...] = (), done: Words | None = None, name: str = ""
) -> Response:
    """The page; faults of rows as a report of the file, below one line that says how many."""
    report = faults if any(fault.line is not None for fault in faults) else ()
    return page(
        "work/lists.html",
        unit,
        findings=(_not_entered(name, len(report)),) if report else faults,
        tab="lists",
        done=done,
        report=report[:_MOST_TOLD],
        more=len(report) - _MOST_TOLD,
        file=name,
        lists=_entered(unit),
        sheets=TEMPLATES,
        kinds=KINDS_OF_LIST,
        typed={} if done else request.form,
        accounts=account_choices(unit),
        funds=fund_choices(unit),
    )


def _entered(unit: str) -> list[List]:
    """The unit's lists, latest month first."""
    rows: dict[str, list[claims.ClaimRow]] = {}
    registry = desk().registry
    with registry.read() as conn:
        for state in (claims.OPEN, claims.DRAFTED, claims.PAID):
            for row in claims.in_state(conn, unit, state):
                if row.list_code:
                    rows.setdefault(row.list_code, []).append(row)
        known = claim_lists.all_lists(conn, registry.vault, unit)
    found = [
        List(
            code,
            _title(known[code].template if code in known else "", of_list),
            max(row.month for row in of_list),
            len(of_list),
            Money(sum(row.fen for row in of_list)),
            frozenset(row.state for row in of_list),
        )
        for code, of_list in rows.items()
    ]
    return sorted(found, key=lambda one: (one.month, one.code), reverse=True)


def _title(template: str, rows: list[claims.ClaimRow]) -> Words:
    """What a list is: one of our sheets, or what an employer owes, which needs none."""
    if template:
        return TEMPLATES[template].title
    if any(row.kind in LEVY_KINDS for row in rows):
        return Words("拨缴经费应缴", "levy of an employer")
    return DUES_LIST.title


@lists.post("/desk/<unit>/lists")
@may_record
@accepts(LARGEST_FORM)
def enter(unit: str) -> Response:
    """Check or enter the file of the form; where a row is wrong, all are told and none entered."""
    file = request.files.get("file")
    name = sent_name(file.filename) if file else ""
    if file is None or not name:
        none = finding(
            "no-file", "没有选择文件", "no file was chosen",
            "选择清单文件后再登记", "choose a list",
        )  # fmt: skip
        return _overview(unit, (none,))
    kind = request.form.get("kind", DUES_LIST.name)
    if kind not in KINDS_OF_LIST:
        abort(400)
    try:
        if request.form.get("act") == "check" or kind == "assets":
            done = _checked(file.read(), name, kind)
        else:
            done = _enter(unit, file.read(), name, kind)
    except LedgerError as fault:
        return _overview(unit, tuple(fault.findings), name=name)
    return _overview(unit, done=done, name=name)


def _checked(data: bytes, name: str, kind: str) -> Words:
    template = _ASKED.get(kind) or TEMPLATES[kind]
    read = read_list(data, name, template)
    zh = en = ""
    if template.sum_of:
        zh, en = f"，合计 {read.total.grouped}", f", {read.total.grouped} in all"
    return Words(
        f"{name} 检查无误：{len(read.rows)} 行{zh}。没有登记。",
        f"{name} is right: {len(read.rows)} rows{en}. It was not entered.",
    )


def _enter(unit: str, data: bytes, name: str, kind: str) -> Words:
    registry, user, now = desk().registry, current_user(), desk().clock()
    if kind == "members":
        listed = roster.enter_roster(registry, unit, data, name, user, now)
        roster.refuse_differing(listed, name)
        count = len(listed.fresh)
        return Words(f"已登记 {count} 名会员。", f"{count} members are entered.")
    if kind == OWED:
        month = _month()
        owed = payroll.enter_owed(registry, unit, month, data, name, _target(unit, ""), user, now)
        return Words(
            f"已登记 {month} 应缴会费 {len(owed.claims)} 笔，合计 {owed.amount.grouped} 元。",
            f"{len(owed.claims)} dues of {month} are entered, {owed.amount.grouped} in all.",
        )
    if kind == "union-fee-list":
        return _announced(announce_tax(registry, unit, data, name, user, now))
    if kind == "allotment-notice":
        to = {
            nature: _target(unit, part)
            for nature, part in ((notices.GENERAL, ""), (notices.SPECIAL, "2"))
            if _typed(f"account{part}") or _typed(f"fund{part}")
        }
        done = notices.enter_notice(registry, unit, data, name, to, user, now)
        return Words(
            f"已登记 {done.code} 的 {done.members} 项拨款，本次下达 {done.amount.grouped} 元，"
            "待另一位在「拨款」页审批。",
            f"{done.members} allocations of {done.code} are entered, {done.amount.grouped} is "
            "released now; somebody else confirms them on the page of allocations.",
        )
    if kind == "donation-export":
        to_gifts, fee = _target(unit, ""), _target(unit, "2")
        done = expected.enter_gifts(registry, unit, data, name, to_gifts, fee, user, now)
    else:
        done = payroll.enter_list(registry, unit, data, name, user, now)
    return _told(done)


def _told(done: ListEntered) -> Words:
    of_zh, of_en = ("人", "members") if done.template == DUES_LIST.name else ("笔应收", "claims")
    return Words(
        f"已登记 {done.code}：{done.month}，{done.members} {of_zh}，"
        f"合计 {done.amount.grouped} 元。收到这笔款时逐笔核销。",
        f"{done.code} is entered: {done.members} {of_en}, {done.amount.grouped} in all. "
        "Its deposit settles each of them.",
    )


def _announced(done: Announced) -> Words:
    warned = "".join(f"{found.what.zh}。" for found in done.findings)
    return Words(
        f"已登记 {done.code}：按分成应收 {len(done.claims)} 笔，合计 {done.amount.grouped} 元，"
        f"上级份额到账即为负债。{warned}",
        f"{done.code} is entered: {len(done.claims)} claims in shares, {done.amount.grouped} in "
        "all; what is upper unions' is a liability when it comes. "
        + "; ".join(found.what.en for found in done.findings),
    )


def _typed(field: str) -> str:
    return request.form.get(field, "")[:200].strip()


def _target(unit: str, part: str) -> Target:
    """The account and fund of the form's first or second pair; Refused if one is missing."""
    account, fund = _typed(f"account{part}"), _typed(f"fund{part}").split(" ", 1)[0]
    with desk().registry.read() as conn:
        known = entries.accounts(conn, unit)
    try:
        if not account or not fund:
            raise ValueError("科目或资金未填 account or fund is empty")
        return Target(resolve_account(account, known), fund)
    except ValueError as fault:
        zh, en = words(str(fault))
        first = ("第二科目与资金", "second") if part else ("科目与资金", "first")
        refuse_if([
            finding(
                "bad-target", f"{first[0]}：{zh}", f"the {first[1]} account and fund: {en or zh}",
                "填写到账时记入的科目与资金", "say which account and fund the money is entered on",
            )
        ])  # fmt: skip
        raise


def _month() -> Month:
    try:
        return Month.parse(_typed("month"))
    except ValueError:
        refuse_if([
            finding(
                "bad-month", "月份未填或有误", "the month is empty or wrong",
                "写作 2026-03", "write 2026-03",
            )
        ])  # fmt: skip
        raise


def _not_entered(name: str, count: int) -> Finding:
    return finding(
        "list-faults",
        f"{name} 有 {count} 处不符，没有登记",
        f"{count} faults in {name}: nothing was entered",
        "按下表改正后重新选择文件",
        "correct what the table names and choose the file again",
    )


@lists.get("/desk/<unit>/sheets/<name>.xlsx", provide_automatic_options=False)
@may_browse
def sheet(unit: str, name: str) -> Response:
    """An empty sheet of our own, to be filled in and imported."""
    if name not in TEMPLATES:
        abort(404)
    answer = make_response(template_xlsx(TEMPLATES[name]))
    answer.headers["Content-Type"] = KINDS[".xlsx"]
    answer.headers["Content-Disposition"] = f'attachment; filename="{unit}-{name}.xlsx"'
    return answer
