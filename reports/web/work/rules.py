"""``/desk/<unit>/rules``: the rules in the order in which they are tried, in words and as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, redirect, request, url_for

from importers import staging as importing
from importers.rule_table import rule_of
from ledger.account import account_label
from ledger.errors import Finding, LedgerError, Refused, Words
from ledger.registry import imports
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.work.frame import LARGEST_FORM, page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from importers.rules import Rule

rules = Blueprint("work-rules", __name__)

#: An example for a unit that has no rule yet; its account and fund are to be replaced.
_EXAMPLE: Final = """[[rule]]
title = "银行手续费"
direction = "out"
memo = ["手续费"]
largest = "100.00"
narration = "银行手续费"
to = { account = "Expenses:504-行政支出", fund = "F01" }
"""


@dataclass(frozen=True)
class Shown:
    """A rule in words: when it fits, and what it then does."""

    place: int
    title: str
    when: tuple[Words, ...]
    then: tuple[Words, ...]
    narration: str


@rules.get("/desk/<unit>/rules", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(unit: str, findings: tuple[Finding, ...] = (), text: str | None = None) -> Response:
    registry = desk().registry
    with registry.read() as conn:
        kept = imports.rules(conn, registry.vault, unit)
    return page(
        "work/rules.html",
        unit,
        findings=findings,
        tab="rules",
        rules=[_shown(row.position, row.terms) for row in kept],
        text=text if text is not None else toml_of([row.terms for row in kept]) or _EXAMPLE,
    )


@rules.post("/desk/<unit>/rules")
@may_record
@accepts(LARGEST_FORM)
def replace(unit: str) -> Response:
    """Put the text in place of the table: all of it, or nothing and what is wrong with it."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    try:
        count = importing.replace_rules(desk().registry, unit, text, current_user(), desk().clock())
    except LedgerError as fault:
        return _overview(unit, fault.findings, text)
    return redirect(url_for("work-rules.overview", unit=unit, done=f"rules {count}"), 303)


# ---- in words ----------------------------------------------------------------------------------


def _shown(place: int, terms: Mapping[str, Any]) -> Shown:
    try:
        rule = rule_of(terms, f"rule {place}")
    except Refused as fault:  # kept by an earlier version that allowed more
        return Shown(
            place, str(terms.get("title", "")), tuple(f.what for f in fault.findings), (), ""
        )
    return Shown(place, rule.title, tuple(_when(rule)), tuple(_then(rule)), rule.narration)


def _when(rule: Rule) -> list[Words]:
    found = []
    if rule.purpose == "fee":
        found.append(Words("用于行内手续费", "for the fee inside a row"))
    if rule.purpose == "transfer":
        found.append(Words("用于本单位账户之间的划转", "for transfers between own accounts"))
    if rule.account:
        label = account_label(rule.account)
        found.append(Words(f"账户是{label}", f"on {label}"))
    if rule.direction:
        way = Words("收入", "money in") if rule.direction == "in" else Words("付出", "money out")
        found.append(way)
    for zh, en, parts in (
        ("对方含", "from or to has", rule.counterparty),
        ("对方账号含", "their account has", rule.counterparty_account),
        ("摘要含", "memo has", rule.memo),
        ("状态含", "status has", rule.status),
        ("子账户含", "sub-account has", rule.sub_account),
    ):
        if parts:
            said = "、".join(f"「{part}」" for part in parts)
            found.append(Words(f"{zh}{said}", f"{en} {said}"))
    for zh, en, amount in (
        ("金额等于", "amount is", rule.amount),
        ("金额不低于", "at least", rule.smallest),
        ("金额不高于", "at most", rule.largest),
    ):
        if amount is not None:
            found.append(Words(f"{zh} {amount.grouped}", f"{en} {amount.grouped}"))
    if rule.since.year > 1:
        found.append(Words(f"{rule.since} 起", f"from {rule.since}"))
    if rule.until is not None:
        found.append(Words(f"{rule.until} 前", f"before {rule.until}"))
    return found


def _then(rule: Rule) -> list[Words]:
    found = []
    for share in rule.to:
        part = "" if share.share == 1 else f" {share.share}"
        label = account_label(share.account)
        found.append(
            Words(f"记入{label}，资金 {share.fund}{part}", f"to {label}, fund {share.fund}{part}")
        )
    if rule.payee:
        found.append(Words(f"往来单位 {rule.payee}", f"payee {rule.payee}"))
    return found


# ---- as text -----------------------------------------------------------------------------------


def toml_of(tables: list[Mapping[str, Any]]) -> str:
    """The tables as the TOML they can be read from again."""
    return "\n".join(
        "[[rule]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in terms.items())
        for terms in tables
    )


def _value(value: object) -> str:
    """Texts, lists and tables of them: what a kept rule consists of. JSON's strings are TOML's."""
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{_key(key)} = {_value(part)}" for key, part in value.items()) + " }"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    plain = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if plain else json.dumps(key, ensure_ascii=False)
