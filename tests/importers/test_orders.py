"""Order numbers are references: of the claims they pay, and of the payments that are refunded."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from importers import orders
from importers.orders import Ordered
from ledger.cli.main import main
from ledger.errors import Refused
from ledger.reference import make_code
from tests.house import ACTIVITY, DUES, PASSWORD, UNIT, House
from tests.importers.desk import Desk, Layout, Move

CODES = [make_code("HY", 2026, 600 + n) for n in range(5)]
ORDER = "HD20260302000371"


@pytest.fixture
def desk(small_house: House, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("MINGBAI_PASSWORD", PASSWORD)
    return Desk(small_house)


def register(desk: Desk, *found: Ordered) -> int:
    return orders.enter(desk.registry, UNIT, found, desk.house.maker, desk.house.now)


def reason(desk: Desk) -> str:
    (line,) = desk.questions()
    return line.reason


@pytest.mark.parametrize("head", ["商户订单号", "商家订单号", "商户单号", "微信支付业务单号"])
def test_an_order_that_is_registered_for_a_claim_settles_it(desk: Desk, head: str) -> None:
    desk.claim(CODES[0], "25.00", desk.member("欧阳示例", "007"))
    register(desk, Ordered(ORDER, CODES[0]))
    assert len(desk.one("25.00", memo="收款", more=((head, ORDER),)).drafts) == 1
    assert desk.claim_state(CODES[0]) == "drafted"


def test_the_banks_own_serial_may_be_the_order(desk: Desk) -> None:
    desk.claim(CODES[0], "25.00")
    register(desk, Ordered(ORDER.lower(), CODES[0]))
    assert len(desk.one("25.00", memo="收款", ref=ORDER).drafts) == 1


def test_what_does_not_fit_the_order_is_asked(desk: Desk) -> None:
    desk.claim(CODES[0], "25.00")
    register(desk, Ordered(ORDER, CODES[0]))
    desk.one("24.00", memo="收款", more=(("商户订单号", ORDER),))
    assert "应收 25.00，实收 24.00" in reason(desk)
    assert len(desk.one("25.00", memo="收款", more=(("商户订单号", ORDER),)).drafts) == 1
    desk.one("25.00", memo="收款", more=(("商户订单号", ORDER),))
    assert "重复缴款" in desk.questions()[-1].reason


def test_the_fee_of_an_order_is_no_payment_out_under_its_claim(desk: Desk) -> None:
    desk.claim(CODES[0], "25.00")
    register(desk, Ordered(ORDER, CODES[0]))
    desk.one("-0.15", memo="扣除交易手续费", more=(("商户订单号", ORDER),))
    assert "付出" not in reason(desk)


def test_an_order_and_a_code_that_say_different_things_are_asked(desk: Desk) -> None:
    for code in CODES[:2]:
        desk.claim(code, "25.00")
    register(desk, Ordered(ORDER, CODES[0]))
    desk.one("25.00", memo=CODES[1], more=(("商户订单号", ORDER),))
    assert "多个参考号" in reason(desk)
    assert len(desk.one("25.00", memo=CODES[0], more=(("商户订单号", ORDER),)).drafts) == 1


@pytest.mark.parametrize(
    "found",
    [
        [Ordered("123", CODES[0])],
        [Ordered("1.23457E+15", CODES[0])],
        [Ordered(ORDER, "HY2026-9999-9")],
        [Ordered(ORDER, CODES[0]), Ordered(ORDER, CODES[1])],
        [Ordered("HD20260302000999", CODES[1]), Ordered("", CODES[0])],
    ],
)
def test_orders_are_registered_all_or_none(desk: Desk, found: list[Ordered]) -> None:
    for code in CODES[:2]:
        desk.claim(code, "25.00")
    with pytest.raises(Refused, match="order"):
        register(desk, *found)
    assert register(desk, Ordered("HD20260302000999", CODES[0])) == 1
    assert register(desk, Ordered("HD20260302000999", CODES[0])) == 0
    with pytest.raises(Refused, match="order"):
        register(desk, Ordered("HD20260302000999", CODES[1]))


def test_a_list_of_orders_is_registered_by_the_command(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.claim(CODES[0], "25.00")
    path = tmp_path / "orders.csv"
    path.write_text(f"商户订单号,参考号\n`{ORDER},{CODES[0]}\n", encoding="utf-8")
    words = ["orders", str(desk.registry.folder), "--unit", UNIT, "--user", "zhou", "--json"]
    assert main([*words, str(path)]) == 0
    assert json.loads(capsys.readouterr().out) == {"added": 1, "known": 0}
    assert len(desk.one("25.00", memo="收款", more=(("商户订单号", ORDER),)).drafts) == 1
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert main([*words, str(path)]) == 1


# ---- refunds -----------------------------------------------------------------------------------

SOLD = f"""
[[rule]]
title = "活动收费"
direction = "in"
memo = "活动费"
to = {{ account = "{DUES}", fund = "F01" }}

[[rule]]
title = "手续费"
direction = "out"
memo = "手续费"
to = {{ account = "{ACTIVITY}", fund = "F01" }}
"""


def sold(desk: Desk, amount: str, memo: str, order: str = ORDER, ref: str = "") -> None:
    fields: dict[str, object] = {"memo": memo, "more": (("商户订单号", order),)}
    desk.one(amount, **fields, **({"ref": ref} if ref else {}))


def test_a_refund_takes_back_the_payment_of_its_order_beside_the_orders_fee(desk: Desk) -> None:
    desk.rules(SOLD)
    sold(desk, "100.00", "活动费")
    sold(desk, "-0.60", "手续费")
    sold(desk, "-100.00", "退款")
    paid, _, back = (waits.draft for waits in desk.drafts())
    assert sorted((p.account, -p.amount.fen) for p in paid.postings) == sorted(
        (p.account, p.amount.fen) for p in back.postings
    )
    assert paid.links[0] in back.links


def test_refunds_in_parts_are_together_no_more_than_was_paid(desk: Desk) -> None:
    desk.rules(SOLD)
    sold(desk, "100.00", "活动费")
    for part in ("-30.00", "-50.00"):
        sold(desk, part, "退款")
    assert len(desk.drafts()) == 3
    sold(desk, "-20.01", "退款")
    assert "80.00 已经退过，合计超过原交易" in reason(desk)
    # What was really refunded counts, whoever answers for it: there is no room for twenty more.
    sold(desk, "-20.00", "退款")
    assert len(desk.drafts()) == 3


def test_refunds_in_parts_in_one_file_are_counted_in_their_order(desk: Desk) -> None:
    desk.rules(SOLD)
    at = datetime(2026, 3, 2, 9)
    more = (("商户订单号", ORDER),)
    held, moves = 100_000, []
    for place, (fen, memo) in enumerate(
        [(10000, "活动费"), (-6000, "退款"), (-4000, "退款"), (-1, "退款")]
    ):
        held += fen
        at += timedelta(minutes=1)
        moves.append(Move(at, fen, held, memo=memo, ref=f"88000{place}", more=more))
    done = desk.read_in(Layout(newest_first=True).csv(moves))
    assert (len(done.drafts), len(done.questions)) == (3, 1)
    assert desk.questions()[0].amount.text == "-0.01"


def test_suffixed_refunds_of_one_payment_are_together_no_more_than_it(desk: Desk) -> None:
    desk.rules(SOLD.replace('"in"', '"out"'))
    desk.one("-100.00", memo="活动费", ref="20260302000001")
    desk.one("60.00", memo="退款", ref="20260302000001_1")
    desk.one("60.00", memo="退款", ref="20260302000001_2")
    assert "60.00 已经退过" in reason(desk)


def test_a_refund_of_another_order_or_of_no_payment_is_asked(desk: Desk) -> None:
    desk.rules(SOLD)
    sold(desk, "100.00", "活动费")
    sold(desk, "-100.00", "退款", order="HD20260302000999")
    assert len(desk.drafts()) == 1


def test_a_refund_of_an_order_that_was_paid_twice_is_asked(desk: Desk) -> None:
    desk.rules(SOLD)
    sold(desk, "100.00", "活动费")
    sold(desk, "100.00", "活动费")
    sold(desk, "-100.00", "退款")
    assert "几笔原交易" in reason(desk)


def test_what_goes_the_other_way_under_an_order_is_no_refund_unless_it_says_so(
    desk: Desk,
) -> None:
    desk.rules(SOLD)
    sold(desk, "100.00", "活动费")
    sold(desk, "-100.00", "转账")
    assert len(desk.drafts()) == 1


ALIPAY = """#支付宝账务明细查询
#起始日期：[2026年03月01日 00:00:00]   终止日期：[2026年03月31日 23:59:59]
#-----------------------------------------账务明细列表----------------------------------------
账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注
{rows}
#支出合计：3笔，共-100.60元
#收入合计：2笔，共100.30元
"""


def test_the_refund_and_the_fee_of_a_merchants_order_find_their_origins(desk: Desk) -> None:
    desk.rules(SOLD.replace('memo = "手续费"', 'status = "收费"'))
    rows = [
        ("1", "100.00", "", "600.00", "在线支付", "活动费"),
        ("2", "", "-0.60", "599.40", "收费", "服务费"),
        ("3", "", "-60.00", "539.40", "交易退款", "退款"),
        ("4", "", "-40.00", "499.40", "交易退款", "退款"),
        ("5", "0.30", "", "499.70", "退费", "退服务费"),
    ]
    told = "\n".join(
        f"30090000000{n},20260301220014{n},{ORDER},活动,2026-03-02 10:00:0{n},,{came},{went},"
        f"{held},支付宝,{kind},{memo}"
        for n, came, went, held, kind, memo in rows
    )
    done = desk.read_in(ALIPAY.format(rows=told).encode("gb18030"), "alipay.csv", account="基本户")
    assert done.profile == "alipay-merchant-detail"
    lines = {line.import_id: line.bank_ref[-1] for line in desk.lines()}
    origin = {
        lines[waits.draft.links[0]]: lines[waits.draft.links[1]]
        for waits in desk.drafts()
        if len(waits.draft.links) > 1
    }
    assert origin == {"3": "1", "4": "1", "5": "2"}
    assert desk.questions() == []


def test_an_undone_file_leaves_no_key_behind(desk: Desk) -> None:
    from importers import undoing

    desk.rules(SOLD)
    done = desk.one("100.00", memo="活动费", more=(("商户订单号", ORDER),))
    undoing.undo(desk.registry, UNIT, done.number, desk.house.maker, desk.house.now, "导错")
    desk.held = 5_000_00
    sold(desk, "-100.00", "退款")
    assert desk.drafts() == []
