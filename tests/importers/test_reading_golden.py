"""What `mingbai read --json` says of a small statement, kept in full for a person to read.

After a change that is meant, ``python -m tests.importers.test_reading_golden`` writes them anew;
read the difference before you commit it.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from importers.read import read_bytes
from tests.importers.banks import ccb_two_line_header
from tests.importers.layouts import Layout
from tests.importers.other_statements import boc_debit
from tests.importers.truth import Movement
from tests.importers.wallets import alipay_app, wechat_merchant_fund

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
LAYOUTS: dict[str, Layout] = {
    "boc-debit": boc_debit,
    "ccb-two-line-header": ccb_two_line_header,
    "alipay-app": alipay_app,
    "wechat-merchant-fund": wechat_merchant_fund,
}


def told(name: str) -> str:
    reading = read_bytes(LAYOUTS[name](STORY), f"{name}.dat")
    return json.dumps(reading.as_json(), ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_a_reading_is_told_as_it_was(name: str) -> None:
    assert told(name) == (GOLDEN / f"{name}.json").read_text(encoding="utf-8")


if __name__ == "__main__":
    for layout in LAYOUTS:
        (GOLDEN / f"{layout}.json").write_text(told(layout), encoding="utf-8")
