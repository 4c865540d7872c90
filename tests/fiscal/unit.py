"""A unit under government accounting for tests: 青禾县妇联机关（示例）, an administrative unit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.entry import Draft, Posting, meta_of, voucher_class
from ledger.founding import Founding, declare_fund, found_unit
from ledger.journal import open_pen
from ledger.layout import unit_folder
from ledger.money import Money, yuan
from ledger.registry import User, entries, units, users
from tests.house import House

if TYPE_CHECKING:
    from sqlalchemy import Connection

GOV = "fulian"
CHART = "government-2019"
OPENED = date(2026, 1, 1)
FISCAL, OTHER, AGENCY = "F01", "F02", "F03"

CASH = "Assets:1001-库存现金"
BANK = "Assets:1002-银行存款"
QUOTA = "Assets:1011-零余额账户用款额度"
RETURN = "Assets:1201-财政应返还额度:02-财政授权支付"
ADVANCE = "Assets:1218-其他应收款"
PREPAID = "Assets:1214-预付账款"
STOCK = "Assets:1302-库存物品"
DEPRECIATION = "Assets:1602-固定资产累计折旧"
THINGS = "Assets:1601-固定资产"
BUILDING = "Assets:1613-在建工程"
HELD = "Assets:1891-受托代理资产"
PAYABLE = "Liabilities:2302-应付账款"
PAY = "Liabilities:2201-应付职工薪酬"
OTHERS = "Liabilities:2307-其他应付款"
AGENT = "Liabilities:2901-受托代理负债"
SURPLUS = "Equity:3301-本期盈余"
NET = "Equity:3001-累计盈余"
ALLOCATION = "Income:4001-财政拨款收入"
LEVEL = "Income:4601-非同级财政拨款收入"
GIFT = "Income:4603-捐赠收入"
INTEREST = "Income:4604-利息收入"
WORK = "Expenses:5001-业务活动费用"
OFFICE = "Expenses:5101-单位管理费用"
B = "Equity:B-预算会计"
B_QUOTA = f"{B}:8001-资金结存:01-零余额账户用款额度"
B_MONEY = f"{B}:8001-资金结存:02-货币资金"
B_RETURN = f"{B}:8001-资金结存:03-财政应返还额度"
B_FISCAL = f"{B}:6001-财政拨款预算收入"
B_LEVEL = f"{B}:6601-非同级财政拨款预算收入"
B_GIFT = f"{B}:6609-其他预算收入:02-捐赠预算收入"
B_SPENT = f"{B}:7101-行政支出"
B_WORK = f"{B}:7201-事业支出"
B_CARRIED = f"{B}:8101-财政拨款结转:06-本年收支结转"

KIND = "administrative-unit"


def found(house: House, kinds: str = KIND, chart: str = CHART) -> Path:
    """Open the unit's book with three funds; its folder."""
    found_unit(
        house.registry,
        Founding(GOV, "青禾县妇联机关（示例）", chart, OPENED, yuan("10000.00"), "Qinghe women"),
        house.now,
    )
    with open_pen(house.registry, GOV, house.now) as pen:
        for code, name, restriction in (
            (FISCAL, "财政拨款", "none"), (OTHER, "其他资金", "none"), (AGENCY, "代管", "agency"),
        ):  # fmt: skip
            declare_fund(pen, entries.FundRow(code, name, "", restriction, "示例", OPENED, None))
    with house.registry.write() as conn:
        units.set_place(conn, GOV, "", kinds)
        house.maker = _also(conn, house.maker, "treasurer")
        house.checker = _also(conn, house.checker, "checker")
        house.second = _also(conn, house.second, "checker")
    return unit_folder(house.registry.folder, GOV)


def _also(conn: Connection, user: User, role: str) -> User:
    """The user with a role in this unit as well."""
    users.set_roles(conn, user, frozenset({*user.roles, (GOV, role)}))
    found = users.find(conn, user.id)
    assert found is not None
    return found


def entry(
    *lines: tuple[str, str],
    fund: str = FISCAL,
    day: date = date(2026, 3, 5),
    narration: str = "示例业务",
    **meta: str,
) -> Draft:
    """A draft of (account, amount) lines, debit positive, in one fund."""
    postings = tuple(Posting(account, yuan(amount), fund) for account, amount in lines)
    said = meta_of({key.replace("_", "-"): text for key, text in meta.items()})
    return Draft(GOV, day, voucher_class(postings), narration, postings, meta=said)


def half(draft: Draft) -> dict[str, str]:
    """The budgetary lines of a draft: account → amount, debit positive."""
    sums: dict[str, Money] = {}
    for line in draft.postings:
        if line.account.startswith(f"{B}:"):
            sums[line.account] = sums.get(line.account, Money(0)) + line.amount
    return {account: amount.text for account, amount in sums.items()}
