"""``/desk/<unit>/layouts``: the layouts that are known, and the wizard for one that is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from importers import dictionary as roles
from importers import staging as importing
from importers.profile import saved_profiles, shipped_profiles
from importers.read import read_bytes
from importers.wizard_golden import save
from importers.wizard_look import CHOICES, Look, look
from ledger.account import account_label
from ledger.entry import safe_text
from ledger.errors import Finding, LedgerError, Refused, Words, finding
from ledger.registry import imports, oplog
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.work import waiting
from reports.web.work.frame import LARGEST_FORM, Choice, page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

layouts = Blueprint("work-layouts", __name__)

_LINES: Final = 5
_PARKED: Final = 10
#: What a column may hold, as a person chooses it.
ROLES: Final = {
    roles.DATE: Words("日期", "day"),
    roles.TIME: Words("时间", "time"),
    roles.IN: Words("收入金额", "money in"),
    roles.OUT: Words("支出金额", "money out"),
    roles.AMOUNT: Words("金额（一列）", "amount, one column"),
    roles.FLAG: Words("收支标志", "in or out"),
    roles.PAYER: Words("付款人账号", "payer's account"),
    roles.PAYEE: Words("收款人账号", "payee's account"),
    roles.BALANCE: Words("余额", "balance"),
    roles.NAME: Words("对方户名", "other side's name"),
    roles.ACCOUNT: Words("对方账号", "other side's account"),
    roles.PAYER_NAME: Words("付款人户名", "payer's name"),
    roles.PAYEE_NAME: Words("收款人户名", "payee's name"),
    roles.MEMO: Words("摘要、附言", "memo"),
    roles.REF: Words("银行流水号", "bank's serial"),
    roles.STATUS: Words("状态", "status"),
    roles.CURRENCY: Words("币种", "currency"),
    roles.OWN: Words("本方账号", "own account"),
    roles.FEE: Words("手续费", "fee"),
}
MODES: Final = {
    "columns": Words("收入与支出各一列", "one column for money in, one for money out"),
    "signed": Words("一列金额，正为收、负为付", "one column of amounts, plus in and minus out"),
    "flag": Words("一列金额，旁边一列写明收支", "one column of amounts, another says which"),
    "payer": Words("一列金额，由付款人与收款人看出收支", "one column, between payer and payee"),
}


@layouts.get("/desk/<unit>/layouts", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = ()) -> Response:
    try:
        own = saved_profiles()
    except LedgerError as fault:
        own, findings = (), (*findings, *fault.findings)
    return page(
        "work/layouts.html", unit, findings=findings, tab="lists", own=own,
        shipped=shipped_profiles(), accounts=_accounts(unit),
    )  # fmt: skip


@layouts.post("/desk/<unit>/layouts")
@may_record
@accepts(LARGEST_FORM)
def bring(unit: str) -> Response:
    """Take a file in whose layout is to be found out; its page asks for a password if need be."""
    file = request.files.get("file")
    name = waiting.sent_name(file.filename) if file else ""
    if file is None or not name:
        none = finding(
            "no-file", "没有选择文件", "no file was chosen",
            "选择对账单文件后再识别", "choose a statement file",
        )  # fmt: skip
        return _overview(unit, (none,))
    kept = waiting.keep(unit, name, file.read(), request.form.get("account", "")[:120])
    return redirect(url_for("work-layouts.shown", unit=unit, key=kept.key), 303)


@layouts.get("/desk/<unit>/layouts/<key>", provide_automatic_options=False)
@may_record
def shown(unit: str, key: str) -> Response:
    return _shown(unit, key)


@layouts.post("/desk/<unit>/layouts/<key>")
@may_record
def decide(unit: str, key: str) -> Response:
    """Read the statement as the form says; keep the layout and import, if that was pressed."""
    act = request.form.get("act", "")
    if act == "drop":
        waiting.drop(key)
        return redirect(url_for("work-inbox.home", unit=unit), 303)
    if act not in ("keep", "import"):
        return _shown(unit, key)
    found = waiting.find(unit, key)
    if found is None:
        return _gone(unit)
    file, data = found
    try:
        if act == "keep":
            _keep(unit, data, file.name)
        done = importing.import_statement(
            desk().registry, unit, read_bytes(data, file.name, _password()), data,
            current_user(), desk().clock(), account=request.form.get("account", "")[:120] or None,
        )  # fmt: skip
    except LedgerError as fault:
        return _shown(unit, key, fault.findings)
    waiting.drop(key)
    told = f"layout {done.number}" if act == "keep" else f"imported {done.number}"
    return redirect(url_for("work-inbox.home", unit=unit, done=told), 303)


def _keep(unit: str, data: bytes, name: str) -> None:
    """Save the layout that the form says. Refused if neither a proof nor a person bears it out."""
    seen = _look(data, name)
    profile, reading = seen.proposal.profile, seen.proposal.reading
    if profile is None or reading is None:
        raise Refused(*seen.proposal.findings)
    if reading.proofs["P4"] != "pass" and request.form.get("sure") != "yes":
        raise Refused(
            finding(
                "not-compared",
                "没有余额可以证明收支方向，保存前须逐行与原件核对",
                "no balance proves what came in and what went out: compare each line first",
                "核对后勾选「已与原件核对」再保存",
                "tick that it was compared, then keep it",
                file=name,
            )
        )
    save(profile, seen.proposal.header, reading)
    with desk().registry.write() as conn:
        oplog.record(
            conn, at=desk().clock(), user=current_user().id, unit=unit, action="layout.keep",
            object=profile.id, detail=" ".join(f"{k} {v}" for k, v in reading.proofs.items()),
        )  # fmt: skip


def _password() -> str | None:
    return request.form.get("password", "")[:200] or None


def _look(data: bytes, name: str) -> Look:
    """The statement under the roles of the form, or under guessed ones where there is none."""
    form = request.form
    given = {
        int(found[1]): form[field]
        for field in form if (found := re.fullmatch(r"role([0-9]{1,3})", field)) and form[field]
    }  # fmt: skip
    chosen = any(field.startswith("role") for field in form)
    return look(
        data, name, _password(), given if chosen else None,
        form.get("came", "")[:40], form.get("went", "")[:40],
        safe_text(form.get("title", ""), 60),
    )  # fmt: skip


def _shown(unit: str, key: str, findings: tuple[Finding, ...] = ()) -> Response:
    found = waiting.find(unit, key)
    if found is None:
        return _gone(unit)
    file, data = found
    seen, state = None, "open"
    try:
        seen = _look(data, file.name)
    except Refused as refusal:
        rules = {one.rule for one in refusal.findings}
        states = {"profile-known": "known", "encrypted": "locked"}
        state = next((states[rule] for rule in rules if rule in states), "none")
        if state == "none" or (state == "locked" and _password() and not findings):
            findings = (*findings, *refusal.findings)
    except LedgerError as fault:
        state, findings = "none", (*findings, *fault.findings)
    reading = seen.proposal.reading if seen else None
    return page(
        "work/layout.html",
        unit,
        findings=findings,
        tab="inbox",
        file=file,
        state=state,
        seen=seen,
        reading=reading,
        lines=reading.lines[:_LINES] if reading else (),
        parked=reading.parked[:_PARKED] if reading else (),
        roles=ROLES,
        offers=CHOICES,
        mode=MODES.get(seen.mode) if seen else None,
        title=safe_text(request.form.get("title", ""), 60),
        account=request.form.get("account", file.account),
        accounts=_accounts(unit),
        has_password=bool(_password()),
    )


def _gone(unit: str) -> Response:
    gone = finding(
        "file-gone",
        "这份文件已不在（只保留一小时，不写入磁盘）",
        "the file is no longer here: it is kept for an hour and never written to disk",
        "重新选择文件",
        "choose the file again",
    )
    return _overview(unit, (gone,))


def _accounts(unit: str) -> list[Choice]:
    registry = desk().registry
    with registry.read() as conn:
        money = imports.accounts(conn, registry.vault, unit)
    return [Choice(row.account, account_label(row.account)) for row in money]
