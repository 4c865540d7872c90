"""Every layout that we know of: read whole, with true signs, from files as banks write them.

Statements of 0, 1 and 2 movements are where a reader is tempted to guess; there rows may be
parked, but nothing may be lost or wrong.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import importers
from importers.line import Reading
from importers.read import read_bytes
from ledger.errors import Refused
from tests.importers import files, wallets
from tests.importers.banks import CORPORATE
from tests.importers.other_statements import OTHERS
from tests.importers.truth import judge, movements, whole
from tests.importers.variants import VARIANTS

PROFILES = Path(importers.__file__ or "").parent / "profiles"
FURTHER = {
    name: make for name, (_, make) in VARIANTS.items() if name != "wechat-merchant-trade-old"
}  # fmt: skip
ALL = {**CORPORATE, **OTHERS, **wallets.READ_WHOLE, **FURTHER}


def read(layout: str, count: int, seed: int = 1) -> tuple[Reading, list[str], bool]:
    rows = movements(count, seed)
    make = {**ALL, **wallets.ORDERS}[layout]
    reading = read_bytes(make(rows), "a-name-that-says-nothing.dat")
    return reading, judge(reading, rows), whole(reading, rows)


@pytest.mark.parametrize("layout", sorted(ALL))
def test_a_month_is_read_whole(layout: str) -> None:
    reading, faults, is_whole = read(layout, 30)
    assert not faults
    assert is_whole, [parked.finding.rule for parked in reading.parked]
    assert "fail" not in reading.proofs.values()


@pytest.mark.parametrize("layout", sorted(ALL))
@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("seed", [1, 2])
def test_of_few_rows_none_is_lost_or_wrong(layout: str, count: int, seed: int) -> None:
    assert not read(layout, count, seed)[1]


@pytest.mark.parametrize("layout", sorted(wallets.ORDERS))
def test_orders_are_no_movements(layout: str) -> None:
    """A merchant's list of orders is read, and every row is parked for the account's own bill."""
    reading, faults, _ = read(layout, 12)
    assert not faults and not reading.lines
    assert {parked.finding.rule for parked in reading.parked} == {"order-list"}


def test_a_unionpay_file_has_its_amounts_in_fen_and_its_day_from_the_query_id() -> None:
    rows = movements(3)
    reading = read_bytes(wallets.unionpay_zm(rows), "INN26030188ZM_190")
    assert reading.profile == "unionpay-zm" and not reading.lines
    assert [row.raw[7] for row in reading.parked] == [row.size for row in rows]
    assert [row.raw[0] for row in reading.parked] == [f"{row.at:%Y%m%d}" for row in rows]


def test_a_unionpay_file_with_a_line_of_another_width_is_refused_whole() -> None:
    data = wallets.unionpay_zm(movements(3))
    with pytest.raises(Refused):
        read_bytes(data + b"S22 03080010 1\r\n", "INN26030188ZM_190")


NAMED = {
    "wechat_csv_2024": ("wechat-personal", {"P1": "pass"}),
    "wechat_xlsx_2025": ("wechat-personal", {"P1": "pass"}),
    "wechat_xlsx_2026": ("wechat-personal", {"P1": "pass"}),
    "alipay_app": ("alipay-app", {"P1": "pass"}),
    "alipay_app_of_the_new_company": ("alipay-app", {"P1": "pass"}),
    "alipay_web": ("alipay-web", {"P1": "pass"}),
    "jd": ("jd-personal", {"P1": "pass"}),
    "meituan": ("meituan-personal", {"P1": "pass"}),
    "icbc_debit": ("icbc-debit", {"P2": "pass", "P4": "pass"}),
    "abc_debit": ("abc-debit", {"P4": "pass"}),
    "boc_debit": ("boc-debit", {"P4": "pass"}),
    "spdb_debit": ("spdb-debit", {"P4": "pass"}),
    "wechat_merchant_fund": ("wechat-merchant-fund", {"P1": "pass", "P2": "pass", "P4": "pass"}),
    "alipay_merchant_detail": ("alipay-merchant-detail", {"P2": "pass", "P4": "n/a"}),
    "ccb_with_totals": ("ccb-corporate-3", {"P3": "pass", "P4": "pass"}),
    "hxb_red": ("hxb-corporate", {"P3": "pass", "P4": "pass"}),
    "cmb_corporate": ("cmb-corporate", {"P3": "pass", "P4": "pass"}),
    "sichuan_rural": ("scrcb-corporate", {"P2": "pass", "P3": "pass", "P4": "pass"}),
    "cbhb_flag": ("cbhb-corporate", {"P2": "pass", "P4": "pass"}),
}


@pytest.mark.parametrize("layout", sorted(NAMED))
def test_a_layout_is_known_by_its_header_and_proves_what_it_prints(layout: str) -> None:
    profile, proofs = NAMED[layout]
    reading = read(layout, 30)[0]
    assert reading.profile == profile
    assert {proof: reading.proofs[proof] for proof in proofs} == proofs


def test_the_currency_above_the_table_is_that_of_its_lines() -> None:
    reading = read("foreign_money", 20)[0]
    assert {line.amount.currency for line in reading.lines} == {"USD"}


def test_a_paid_order_moved_what_was_paid() -> None:
    rows = movements(4)
    reading = read_bytes(wallets.meituan(rows), "m.csv")
    assert [line.amount.fen for line in reading.lines] == [row.fen for row in rows]


def test_what_stands_on_hidden_rows_is_read() -> None:
    rows = movements(9)
    data = CORPORATE["chongqing_rural"](rows).decode("gb18030")
    grid = [line.split(",") for line in data.splitlines()]
    assert whole(read_bytes(files.xlsx(grid, hide=4), "h.xlsx"), rows)


def test_every_profile_is_named_in_the_readme() -> None:
    readme = (PROFILES / "README.md").read_text(encoding="utf-8")
    assert {path.stem for path in PROFILES.glob("*.toml")} == set(
        re.findall(r"`([a-z0-9-]+)`", readme)
    )
