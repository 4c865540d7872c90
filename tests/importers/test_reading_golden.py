"""What `mingbai read --json` says of a small statement, kept in full for a person to read.

After a change that is meant, ``python -m tests.importers.test_reading_golden`` writes them anew;
read the difference before you commit it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from importers.profile import shipped_profiles
from importers.read import read_bytes
from tests.importers import banks, exchanged, other_statements, printed, wallets
from tests.importers.layouts import Layout
from tests.importers.printed import Moved, history
from tests.importers.truth import Movement, judge
from tests.importers.variants import VARIANTS

GOLDEN = Path(__file__).parent / "golden"

#: Dues of two members on one day, a fee, a gift, and the refund of one of the dues.
STORY = [
    Movement(at, fen, held, name, account, ref, token)
    for at, fen, held, name, account, ref, token in (
        (datetime(2026, 3, 2, 9, 0), 2500, 1_002_500, "张示例", "6222000011112222333",
         "20260302000001", "ZN001Z 三月会费"),
        (datetime(2026, 3, 2, 9, 0), 2500, 1_005_000, "李试", "6222000011112222444",
         "20260302000002", "ZN002Z 三月会费"),
        (datetime(2026, 3, 2, 18, 30), -60, 1_004_940, "", "", "20260302000003", "ZN003Z 手续费"),
        (datetime(2026, 3, 5, 10, 15, 8), 12_345_678_901, 12_346_683_841, "虚构建筑工程有限公司",
         "31050000000000009999", "20260305000004", "ZN004Z 捐赠"),
        (datetime(2026, 3, 9, 16, 0), -2500, 12_346_681_341, "李试", "6222000011112222444",
         "20260309000005", "ZN005Z 退三月会费"),
    )
]  # fmt: skip
#: Every layout that is known by name, and who writes it.
LAYOUTS: dict[str, Layout] = {
    "icbc-corporate-1": banks.icbc_out_and_in,
    "icbc-corporate-2": banks.icbc_debit_and_credit,
    "icbc-corporate-3": banks.icbc_flag,
    "icbc-corporate-4": banks.icbc_flag_and_columns,
    "ccb-corporate-1": banks.ccb_two_line_header,
    "ccb-corporate-2": banks.ccb_many_columns,
    "ccb-corporate-3": banks.ccb_with_totals,
    "abc-corporate-1": banks.abc_in_and_out,
    "abc-corporate-2": banks.abc_with_fees,
    "boc-corporate": banks.boc_by_role,
    "cmb-corporate": banks.cmb_corporate,
    "bocom-corporate": banks.bocom_flag,
    "psbc-corporate": banks.psbc,
    "spdb-corporate": banks.spdb_corporate,
    "hxb-corporate": banks.hxb_red,
    "cmbc-corporate": banks.cmbc_html,
    "cib-corporate": banks.cib,
    "pab-corporate": banks.pab,
    "cbhb-corporate": banks.cbhb_flag,
    "scrcb-corporate": banks.sichuan_rural,
    "cqrcb-corporate": banks.chongqing_rural,
    "cdb-corporate": banks.cdb,
    "finance-company": banks.finance_company,
    "bocom-debit": other_statements.bocom_debit,
    "cmb-debit": other_statements.cmb_debit,
    "ccb-debit": other_statements.ccb_debit,
    "citic-debit": other_statements.citic_debit,
    "hxsec-funds": other_statements.securities_as_formulas,
    "icbc-debit": other_statements.icbc_debit,
    "abc-debit": other_statements.abc_debit,
    "boc-debit": other_statements.boc_debit,
    "spdb-debit": other_statements.spdb_debit,
    "wechat-personal": wallets.wechat_csv_2024,
    "alipay-app": wallets.alipay_app,
    "alipay-web": wallets.alipay_web,
    "jd-personal": wallets.jd,
    "meituan-personal": wallets.meituan,
    "wechat-merchant-fund": wallets.wechat_merchant_fund,
    "wechat-merchant-trade": wallets.wechat_merchant_trade,
    "alipay-merchant-detail": wallets.alipay_merchant_detail,
    "unionpay-zm": wallets.unionpay_zm,
    "alipay-merchant-trade": wallets.alipay_merchant_trade,
}
#: Statements printed to PDF, and the layout that each is known as.
PRINTED: dict[str, tuple[str, Callable[[Sequence[Moved]], bytes]]] = {
    "abc-debit-pdf": ("abc-debit", printed.abc),
    "boc-debit-pdf": ("boc-debit", printed.boc),
    "bocom-debit-pdf": ("bocom-debit-pdf", printed.bocom),
    "cmb-debit-pdf": ("cmb-debit-pdf", printed.cmb),
}
EXCHANGED: dict[str, Callable[[Sequence[Moved]], bytes]] = {
    "ofx": exchanged.ofx,
    "mt940": exchanged.mt940,
    "camt": exchanged.camt,
}
NAMES = (*LAYOUTS, *EXCHANGED, *PRINTED, *VARIANTS)


def told(name: str) -> str:
    if name in VARIANTS:
        data = VARIANTS[name][1](STORY)
    elif name in PRINTED:
        data = PRINTED[name][1](printed.of_movements(STORY))
    else:
        data = EXCHANGED[name](history(4)) if name in EXCHANGED else LAYOUTS[name](STORY)
    reading = read_bytes(data, f"{name}.dat")
    return json.dumps(reading.as_json(), ensure_ascii=False, indent=1) + "\n"


def test_every_layout_that_is_known_by_name_has_its_golden_file() -> None:
    further = [*PRINTED.values(), *VARIANTS.values()]
    known = {*LAYOUTS, *EXCHANGED, *(id for id, _ in further)}
    assert {one.id for one in shipped_profiles()} == known
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(NAMES)


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_a_layout_is_known_under_its_own_name_and_read_truly(name: str) -> None:
    reading = read_bytes(LAYOUTS[name](STORY), "a-name-that-says-nothing.dat")
    assert reading.profile == name
    assert not judge(reading, [replace(row, token=row.token[:6]) for row in STORY])


@pytest.mark.parametrize("name", VARIANTS)
def test_a_further_header_of_a_house_is_known_and_read_truly(name: str) -> None:
    id, write = VARIANTS[name]
    reading = read_bytes(write(STORY), "a-name-that-says-nothing.dat")
    assert reading.profile == id
    assert not judge(reading, [replace(row, token=row.token[:6]) for row in STORY])


@pytest.mark.parametrize("name", PRINTED)
def test_a_printed_statement_is_known_and_read_truly(name: str) -> None:
    id, write = PRINTED[name]
    reading = read_bytes(write(printed.of_movements(STORY)), "a-name-that-says-nothing.dat")
    assert reading.profile == id and reading.kind == "bank" and reading.account
    moved = sorted((line.day, line.amount.fen) for line in reading.lines)
    assert moved == sorted((row.at.date(), row.fen) for row in STORY)
    assert reading.proofs["P4"] == "pass" and not reading.parked


@pytest.mark.parametrize("name", NAMES)
def test_a_reading_is_told_as_it_was(name: str) -> None:
    assert told(name) == (GOLDEN / f"{name}.json").read_text(encoding="utf-8")


if __name__ == "__main__":
    for layout in NAMES:
        (GOLDEN / f"{layout}.json").write_text(told(layout), encoding="utf-8")
