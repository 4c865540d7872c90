"""Charts of accounts, and the forms of their statements, as versioned data.

A chart is one TOML file in ``ledger/charts``. It names the accounts of one accounting rule and the
lines of the rule's statements as formulas over account codes. An account counts on its normal side:
``+163`` is the credit balance of accumulated depreciation. A chart is read strictly, and its forms
are proved when it is read (:mod:`ledger.chart_proof`): the two totals of a balance sheet together
hold every account exactly once, so that a balanced book gives a balanced sheet.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from ledger.account import ROOTS
from ledger.chart_form import (
    BALANCE,
    BEGIN,
    BUDGET_KINDS,
    CASH,
    CONFIDENCES,
    CREDIT,
    DEBIT,
    DEBIT_TYPES,
    END,
    FLOW,
    IN,
    MOVED,
    OUT,
    REST,
    SHOWS,
    YEAR_BEGIN,
    BookAccount,
    Chart,
    ChartAccount,
    Form,
    FormLine,
    QuotaAccounts,
)
from ledger.chart_proof import bad_chart, check_chart
from ledger.errors import Finding, Refused, Words, finding, refuse_if

__all__ = [
    "BALANCE",
    "BEGIN",
    "CASH",
    "CREDIT",
    "DEBIT",
    "END",
    "FLOW",
    "IN",
    "MOVED",
    "OUT",
    "REST",
    "BookAccount",
    "Chart",
    "ChartAccount",
    "Form",
    "FormLine",
    "QuotaAccounts",
    "charts",
    "check_chart",
    "load_chart",
    "mirrors_of",
    "read_chart",
]

_FOLDER: Final = Path(__file__).parent / "charts"
_TERM = re.compile(r"([+-])([0-9]{2,12}|Income|Expenses)")
_SUM = re.compile(r"([+-])([a-z0-9][a-z0-9-]{0,23})")


def charts() -> list[str]:
    """The ids of all charts, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


@cache
def load_chart(id: str) -> Chart:
    """The chart of this id; Refused with findings if there is none or it is faulty."""
    if id not in charts():
        raise Refused(
            finding(
                "no-chart",
                f"没有科目表 {id[:40]}",
                f"there is no chart of accounts {id[:40]}",
                f"可用的科目表：{'、'.join(charts())}",
                f"charts: {', '.join(charts())}",
            )
        )
    return read_chart((_FOLDER / f"{id}.toml").read_text(encoding="utf-8"), f"charts/{id}.toml")


@cache
def mirrors_of(id: str) -> Mapping[str, str]:
    """The mirrors of a chart (:attr:`Chart.mirrors`); none for a chart without a budgetary half.

    Every posting asks this, and most charts answer before they are read and proved.
    """
    path = _FOLDER / f"{id}.toml"
    if id not in charts() or "budgetary = " not in path.read_text(encoding="utf-8"):
        return {}
    return load_chart(id).mirrors


def read_chart(text: str, file: str) -> Chart:
    """The chart in a TOML text; Refused with every finding if anything in it is not right."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise Refused(bad_chart(file, f"不是合规的 TOML：{fault}", f"not TOML: {fault}")) from fault
    reader = _Reader(file)
    chart = reader.chart(data)
    refuse_if(reader.faults)
    refuse_if(check_chart(chart, file))
    return chart


# ---- reading -----------------------------------------------------------------------------------


class _Reader:
    """Takes values of the right kind out of tables and collects what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Finding] = []

    def say(self, zh: str, en: str) -> None:
        self.faults.append(bad_chart(self.file, zh, en))

    def take(self, table: dict[str, Any], key: str, kind: type, where: str, default: Any) -> Any:
        value = table.pop(key, default)
        if value is None or (type(value) is not kind and value is not default):
            self.say(
                f"{where}：{key} 缺失或类型不对", f"{where}: {key} is missing or of a wrong kind"
            )
            return kind()
        return value

    def text(self, table: dict[str, Any], key: str, where: str, default: str | None = None) -> str:
        return str(self.take(table, key, str, where, default))

    def flag(self, table: dict[str, Any], key: str, where: str) -> bool:
        return bool(self.take(table, key, bool, where, False))

    def day(self, table: dict[str, Any], key: str, where: str, *, needed: bool) -> date | None:
        """A day of TOML, ``2022-01-01`` without quotes."""
        value = table.pop(key, None)
        if type(value) is date or (value is None and not needed):
            return value
        self.say(f"{where}：{key} 缺失或不是日期", f"{where}: {key} is missing or no day")
        return None

    def words(self, table: dict[str, Any], key: str, where: str) -> Words:
        return Words(self.text(table, key, where), self.text(table, f"{key}_en", where))

    def texts(self, table: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
        values = self.take(table, key, list, where, [])
        if not all(type(value) is str for value in values):
            self.say(f"{where}：{key} 应为文字列表", f"{where}: {key} is a list of texts")
            return ()
        return tuple(values)

    def tables(self, table: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
        values = self.take(table, key, list, where, None)
        if not all(type(value) is dict for value in values):
            self.say(f"{where}：{key} 应为表的列表", f"{where}: {key} is a list of tables")
            return []
        return list(values)

    def one_of(self, table: dict[str, Any], key: str, where: str, choices: tuple[str, ...]) -> str:
        value = self.text(table, key, where, choices[0])
        if value not in choices:
            self.say(f"{where}：{key} 不是 {choices} 之一", f"{where}: {key} is none of {choices}")
            return choices[0]
        return value

    def done(self, table: Mapping[str, Any], where: str) -> None:
        for key in table:
            self.say(f"{where}：不认识 {key[:40]}", f"{where}: unknown key {key[:40]}")

    def terms(
        self, table: dict[str, Any], key: str, where: str, pattern: re.Pattern[str]
    ) -> tuple[tuple[int, str], ...]:
        found = []
        for text in self.texts(table, key, where):
            match = pattern.fullmatch(text)
            if match is None:
                self.say(f"{where}：算式项 {text[:24]} 不合规", f"{where}: bad term {text[:24]}")
            else:
                found.append((1 if match[1] == "+" else -1, match[2]))
        return tuple(found)

    def chart(self, data: dict[str, Any]) -> Chart:
        where = "chart"
        accounts = [self.account(table) for table in self.tables(data, "accounts", where)]
        forms = [self.form(table) for table in self.tables(data, "form", where)]
        chart = Chart(
            id=self.text(data, "id", where),
            version=self.text(data, "version", where),
            name=self.words(data, "name", where),
            source=self.text(data, "source", where),
            basis=self.words(data, "basis", where),
            confidence=self.one_of(data, "confidence", where, ("", *CONFIDENCES)),
            effective_from=self.day(data, "effective_from", where, needed=True) or date.min,
            accounts=tuple(accounts),
            forms=tuple(forms),
            surplus_to=self.texts(data, "surplus_to", where),
            issued=self.day(data, "issued", where, needed=False),
            effective_to=self.day(data, "effective_to", where, needed=False),
            carried=self.texts(data, "carried", where),
            banks=self.texts(data, "banks", where),
            cash=self.texts(data, "cash", where),
            quota=self.quota(data, where),
        )
        if not chart.confidence:
            self.say(f"{where}：缺 confidence", f"{where}: confidence is missing")
        self.done(data, where)
        return chart

    def quota(self, data: dict[str, Any], where: str) -> QuotaAccounts | None:
        table = self.take(data, "quota", dict, where, {})
        if not table:
            return None
        keys = ("held", "returnable", "income")
        found = QuotaAccounts(*(self.text(table, key, "quota") for key in keys))
        self.done(table, "quota")
        return found

    def account(self, table: dict[str, Any]) -> ChartAccount:
        code = self.text(table, "code", "account")
        where = f"account {code[:12]}"
        kind = self.one_of(table, "type", where, ROOTS)
        usual = DEBIT if kind in DEBIT_TYPES else CREDIT
        account = ChartAccount(
            code=code,
            name=self.words(table, "name", where),
            type=kind,
            normal=self.one_of(table, "normal", where, (usual, DEBIT, CREDIT)),
            capital=self.flag(table, "capital", where),
            parent=self.text(table, "parent", where, ""),
            optional=self.flag(table, "optional", where),
            restricted=self.flag(table, "restricted", where),
            lots=self.flag(table, "lots", where),
            use=self.text(table, "use", where, ""),
            budgetary=self.one_of(table, "budgetary", where, ("", *BUDGET_KINDS)),
            mirror=self.text(table, "mirror", where, ""),
        )
        self.done(table, where)
        return account

    def form(self, table: dict[str, Any]) -> Form:
        where = f"form {self.text(dict(table), 'id', 'form')[:24]}"
        kind = self.one_of(table, "kind", where, (BALANCE, FLOW, CASH))
        usual = END if kind == BALANCE else MOVED
        form = Form(
            id=self.text(table, "id", where),
            number=self.text(table, "number", where, ""),
            title=self.words(table, "title", where),
            kind=kind,
            lines=tuple(
                self.line(line, where, usual) for line in self.tables(table, "lines", where)
            ),
            proof=self.texts(table, "proof", where),
            split=self.flag(table, "split", where),
            begin=self.words(table, "begin", where) if "begin" in table else YEAR_BEGIN,
            end=self.words(table, "end", where) if "end" in table else None,
            budgetary=self.flag(table, "budgetary", where),
        )
        self.done(table, where)
        return form

    def line(self, table: dict[str, Any], form: str, usual: str) -> FormLine:
        code = self.text(table, "code", form)
        where = f"{form} line {code[:24]}"
        line = FormLine(
            code=code,
            label=self.words(table, "label", where),
            accounts=self.terms(table, "accounts", where, _TERM),
            sums=self.terms(table, "sums", where, _SUM),
            at=self.one_of(table, "at", where, (usual, BEGIN, END, MOVED)),
            level=int(self.take(table, "level", int, where, 1)),
            style=self.one_of(table, "style", where, ("line", "heading", "subtotal", "total")),
            show=self.one_of(table, "show", where, SHOWS),
            memo=self.flag(table, "memo", where),
            flow=self.one_of(table, "flow", where, ("", IN, OUT)),
            received=self.texts(table, "received", where),
            paid=self.texts(table, "paid", where),
        )
        self.done(table, where)
        return line
