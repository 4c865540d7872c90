"""The county's own rules: tables of dues, and which lines of statements become which drafts.

The federation's follow the shipped table of union dues, know an exemption in parental leave and a
reduction by decision, and rise on 1 July. Riders pay a fixed sum a month, retirees a fixed sum a
year, of which who joins in its course pays the months that are left.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ledger.cli.demo.county.facts import YEAR, County, Place
from ledger.cli.demo.county.names import (
    BANK,
    COLLECTING,
    INTEREST,
    LEVY,
    OTHER,
    TRANSIT,
    UPPER,
)
from ledger.rules import rulebook

_FIRST: Final = f"{YEAR - 1}-01-01"
_PARENTAL: Final = (
    '  { id = "parental", name = "育儿假期间", name_en = "in parental leave" },\n',
    '  { id = "parental", statuses = ["parental"], name = "育儿假期间免交", '
    'name_en = "nothing in parental leave", fixed = "0.00", article = "第三条" },\n',
)
_REDUCTION: Final = (
    '  { name = "reduction", value = "study-and-approval", '
    'source = "第四条：困难会员经小组研究、上级批准可以减交", confidence = "confirmed" },\n'
)


def federation_tables() -> str:
    """The two tables of the county: until June and from July on."""
    return _county("0.005", "2025", _FIRST, f"effective_to = {YEAR}-06-30\n") + _county(
        "0.006", f"{YEAR}", f"{YEAR}-07-01", ""
    )


def _county(rate: str, version: str, since: str, until: str) -> str:
    shipped = Path(rulebook.__file__).parent / "data" / "union.toml"
    table = shipped.read_text(encoding="utf-8").split("[[table]]")[1]
    status, row = _PARENTAL
    changed = {
        'id = "union-dues"': 'id = "county-dues"',
        'version = "1978"': f'version = "{version}"',
        'name = "工会会费"': 'name = "青潭县工会会费（示例）"',
        'name_en = "Union members\' dues"': 'name_en = "Dues of Qingtan County (example)"',
        "全国总工会工发〔1978〕101号《关于收交工会会费的通知》": f"青工〔{version}〕2号（示例）",
        "issued = 1978-11-13": f"issued = {version}-01-04",
        "effective_from = 1978-11-13\n": f"effective_from = {since}\n{until}",
        'rate = "0.005"': f'rate = "{rate}"',
        "0.5%": "0.6%" if rate == "0.006" else "0.5%",
        "0.5 %": "0.6 %" if rate == "0.006" else "0.5 %",
        "statuses = [\n": f"statuses = [\n{status}",
        "rows = [\n": f"rows = [\n{row}",
        "terms = [\n": f"terms = [\n{_REDUCTION}",
    }
    for old, new in changed.items():
        if old not in table:
            raise LookupError(old)
        # Once where it begins a list; a rate stands in two rows.
        table = table.replace(old, new, 1 if old.endswith("[\n") else -1)
    return "[[table]]" + re.sub(r"\n*\Z", "\n\n", table)


def unit_table(rules: str) -> str:
    """The table of a unit that collects a fixed sum."""
    if rules == "flat-monthly":
        return _flat("riders-dues", "骑手会费", "Riders' dues", "month", "10.00", "none")
    return _flat(
        "retirees-dues", "退休会员年费", "Retirees' yearly dues", "year", "60.00", "months"
    )


def _flat(id_: str, name: str, name_en: str, period: str, amount: str, proration: str) -> str:
    terms = {
        "joins": "month-of", "leaves": "month-before", "transfers": "old-unit",
        "changes": "month-of", "base": "current", "proration": proration,
    }  # fmt: skip
    told = "".join(
        f'  {{ name = "{key}", value = "{value}", source = "第三条", confidence = "confirmed" }},\n'
        for key, value in terms.items()
    )
    if period == "year":
        told += (
            '  { name = "due_month", value = 1, source = "第三条", confidence = "confirmed" },\n'
        )
    statuses = (
        ("person", "会员", "member", amount),
        ("parental", "育儿假期间", "in parental leave", "0.00"),
        ("retired", "退休", "retired", amount if period == "year" else "0.00"),
    )  # fmt: skip
    named = "".join(
        f'  {{ id = "{one}", name = "{zh}", name_en = "{en}" }},\n' for one, zh, en, _ in statuses
    )
    rows = "".join(
        f'  {{ id = "{one}", statuses = ["{one}"], name = "{zh}", name_en = "{en}", '
        f'fixed = "{owed}", article = "第二条" }},\n'
        for one, zh, en, owed in statuses
    )
    return f"""\
[[table]]
kind = "rates"
id = "{id_}"
version = "{YEAR}"
rule = "association"
payer = "member"
period = "{period}"
name = "{name}（示例）"
name_en = "{name_en} (example)"
source = "会员大会决议〔2025〕1号（示例）"
effective_from = 1990-01-01
confidence = "confirmed"
default_status = "person"
rounding = {{ mode = "half-up", unit = "0.01", source = "第三条", confidence = "confirmed" }}
statuses = [
{named}]
rows = [
{rows}]
terms = [
{told}]
"""


def line_rules(county: County, place: Place, platform: str) -> str:
    """A unit's rule table for the lines of its statements."""
    rules: list[str] = []

    def rule(title: str, to: str, **said: str) -> None:
        told = "".join(f'{key} = "{value}"\n' for key, value in said.items())
        rules.append(f'[[rule]]\ntitle = "{title}"\n{told}to = {to}\n')

    rule("账户服务费", _to(OTHER, "F01"), direction="out", memo="账户服务费", largest="5.00")
    if place.merged is not None:
        rule("会费户销户", _to(BANK, "F01"), direction="out", memo="销户转入基本户")
    if place.imports:
        kept = county.kept(place)
        rule(
            "税务代收工会经费",
            f'[{{ account = "{LEVY}", fund = "F02", share = "{kept}/100" }}, '
            f'{{ account = "{UPPER}", fund = "F02", share = "{100 - kept}/100" }}]',
            direction="in", counterparty="示例税务局", payee="示例税务局",
        )  # fmt: skip
        for said in county.data["spending"]:
            rule(
                said["what"], _to(said["account"], said["fund"]), direction="out",
                memo=said["what"], payee="示例商行",
            )  # fmt: skip
        rule("账户管理费", _to(OTHER, "F02"), direction="out", memo="账户管理费", largest="50.00")
        rule("存款利息", _to(INTEREST, "F02"), direction="in", memo="结息")
    if platform:
        rule("商户提现到账", _to(TRANSIT, "F01"), direction="in", memo="商户提现",
             account=COLLECTING)  # fmt: skip
        rule("提现", _to(TRANSIT, "F01"), direction="out", status="提现", account=platform)
        rule("收款手续费", _to(OTHER, "F01"), direction="out", account=platform,
             status="手续费" if place.platform == "wechat" else "收费")  # fmt: skip
    return "\n".join(rules)


def _to(account: str, fund: str) -> str:
    return f'{{ account = "{account}", fund = "{fund}" }}'
