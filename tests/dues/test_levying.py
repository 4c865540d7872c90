"""The levy: declared, claimed in shares, corrected by differences, received by three ways."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers.levies import announce_tax, declare_list
from ledger import reversing, workflow
from ledger.dues.levy_founding import found_union, held_for
from ledger.dues.levying import Declared, declare
from ledger.errors import LedgerError, NotAllowed, Refused
from ledger.money import yuan
from ledger.period import Month
from ledger.registry import claims, employers, oplog
from tests.dues.levies import BANK, HELD, LEVY, MARCH, UPPER, Levies
from tests.house import UNIT, House


@pytest.fixture
def levies(house: House) -> Levies:
    return Levies(house)


@pytest.fixture
def small(small_house: House) -> Levies:
    return Levies(small_house)


def test_a_payroll_owes_two_per_cent_shared_at_once(levies: Levies) -> None:
    factory = levies.employer()
    done = levies.declare(factory, "123456.00")
    assert (done.row.total_fen, done.fen) == (2469_12, 2469_12)
    assert (
        "工会法" in done.levy.rated.source and done.levy.rated.table.head.key == "union-levy@2021"
    )
    assert done.list_code is not None
    rows = levies.claims(done.list_code)
    assert sorted((r.account, r.fund, r.fen, r.kind, r.due) for r in rows) == [
        (LEVY, "F02", 1481_47, "levy", date(2026, 3, 31)),
        (UPPER, "F02", 987_65, "levy", date(2026, 3, 31)),
    ]


def test_one_deposit_settles_every_share_and_reversal_opens_them(levies: Levies) -> None:
    factory = levies.employer()
    code = levies.declare(factory, "123456.00").list_code or ""
    levies.deposit("2469.12", f"工会经费 {code}")
    levies.post_all()
    assert levies.balance(LEVY, "F02") == "1481.47" and levies.balance(UPPER, "F02") == "987.65"
    stands = levies.standing(factory)
    assert (stands.received, stands.outstanding, stands.open) == (
        {"direct": 2469_12},
        yuan("0"),
        yuan("0"),
    )
    house = levies.house
    draft = reversing.reverse(
        house.registry, UNIT, "收-202603-0001", house.maker, house.now, day=date(2026, 3, 5),
        reason="示例",
    )  # fmt: skip
    workflow.approve(house.registry, draft, house.checker, house.now)
    assert levies.standing(factory).outstanding == yuan("2469.12")


def test_declaring_the_same_again_enters_nothing(small: Levies) -> None:
    factory = small.employer()
    first = small.declare(factory, "123456.00")
    again = small.declare(factory, "123456.00")
    assert (again.fen, again.list_code, again.row.number) == (0, None, 0)
    assert len(small.claims(first.list_code or "")) == 2


def test_a_correction_is_a_difference_and_leaves_what_was_declared(small: Levies) -> None:
    factory = small.employer()
    first = small.declare(factory, "100000.00")
    more = small.declare(factory, "110000.00")
    assert (more.row.number, more.fen, more.row.total_fen) == (1, 200_00, 2200_00)
    assert sum(r.fen for r in small.claims(first.list_code or "")) == 2000_00
    assert sum(r.fen for r in small.claims(more.list_code or "")) == 200_00
    less = small.declare(factory, "90000.00")
    assert (less.row.number, less.fen) == (2, -400_00)
    assert small.standing(factory).open == yuan("1800.00")
    assert not small.claims(first.list_code or "")


def test_what_was_paid_is_not_touched_by_a_smaller_payroll(small: Levies) -> None:
    factory = small.employer()
    code = small.declare(factory, "100000.00").list_code or ""
    small.deposit("2000.00", code)
    small.post_all()
    small.declare(factory, "90000.00")
    stands = small.standing(factory)
    assert (stands.outstanding, stands.open) == (yuan("0"), yuan("0"))
    assert stands.overpaid == yuan("200.00")
    small.declare(factory, "105000.00")
    assert small.standing(factory).open == yuan("100.00")


def test_what_came_is_shared_not_what_was_due(small: Levies) -> None:
    factory = small.employer()
    code = small.declare(factory, "100000.00").list_code or ""
    done = small.announce(factory, "1000.01")
    assert done.code == code
    small.deposit("1000.01", code)
    small.post_all()
    assert small.balance(LEVY, "F02") == "600.01" and small.balance(UPPER, "F02") == "400.00"
    assert small.standing(factory).open == yuan("999.99")


def test_the_tax_offices_list_takes_the_place_of_the_employers_own_payment(small: Levies) -> None:
    house = small.house
    factory = small.employer("示例企业甲", code="91110000MA00000001")
    small.declare(factory, "100000.00")
    data = (
        "单位名称,小河工会\n所属月份,2026-03\n代收机关,青禾县税务局\n\n"
        "缴费单位,统一社会信用代码,职工工资总额,实缴\n"
        "示例企业甲,91110000MA00000001,100000.00,1500.00\n"
        "示例企业乙,91110000MA00000002,50000.00,1000.00\n"
    ).encode()
    done = announce_tax(house.registry, UNIT, data, "tax.csv", house.maker, house.now)
    assert (done.amount, done.channel, done.findings) == (yuan("2500.00"), "tax", ())
    small.deposit("2500.00", f"转拨 {done.code}")
    small.post_all()
    # Nobody said that the second has a union: its money is held.
    assert small.balance(LEVY, "F02") == "900.00" and small.balance(UPPER, "F02") == "600.00"
    assert small.balance(HELD, "F09") == "1000.00"
    stands = small.standing(factory)
    assert (stands.received, stands.outstanding, stands.open) == (
        {"tax": 1500_00}, yuan("500.00"), yuan("500.00"),
    )  # fmt: skip
    with pytest.raises(Refused, match="payroll-paid"):
        announce_tax(
            house.registry,
            UNIT,
            data.replace("小河工会\n".encode(), f"小河工会\n清单编号,{done.code}\n".encode()),
            "tax.csv",
            house.maker,
            house.now,
        )


def test_a_list_entered_again_under_its_code_takes_the_first_ones_place(small: Levies) -> None:
    factory = small.employer()
    small.declare(factory, "100000.00")
    code = small.announce(factory, "1500.00", "tax").code
    again = small.announce(factory, "1600.00", "tax", code)
    assert again.code == code and sum(r.fen for r in small.claims(code)) == 1600_00
    assert small.standing(factory).open == yuan("2000.00")


def test_a_payroll_that_the_list_says_otherwise_is_told_and_not_taken(small: Levies) -> None:
    house = small.house
    factory = small.employer("示例企业甲", code="91110000MA00000001")
    small.declare(factory, "100000.00")
    data = (
        "单位名称,小河工会\n所属月份,2026-03\n\n缴费单位,统一社会信用代码,职工工资总额,实缴\n"
        "示例企业甲,91110000MA00000001,80000.00,1600.00\n"
    ).encode()
    (told,) = announce_tax(house.registry, UNIT, data, "t.csv", house.maker, house.now).findings
    assert told.rule == "payroll-differs" and "示例企业" not in str(told)
    assert small.standing(factory).due == yuan("2000.00")


def test_fiscal_transfer_comes_under_its_document(small: Levies) -> None:
    factory = small.employer()
    small.declare(factory, "100000.00")
    code = "青财预〔2026〕12号"
    assert small.announce(factory, "2000.00", "fiscal", code).code == code
    small.deposit("2000.00", f"付{code}")
    small.post_all()
    assert small.standing(factory).received == {"fiscal": 2000_00}
    assert "财政划拨工会经费" in small.house.folder.joinpath("2026/03.bean").read_text("utf-8")


def test_preparation_money_is_held_until_the_union_is_founded(levies: Levies) -> None:
    house = levies.house
    shop = levies.employer("示例小店", union=False)
    done = levies.declare(shop, "50000.00")
    assert done.row.rule == "union-preparation"
    levies.deposit("1000.00", done.list_code or "")
    levies.post_all()
    assert levies.balance(HELD, "F09") == "1000.00" and levies.balance(LEVY, "F02") == "0.00"

    def found() -> str | None:
        return found_union(
            house.registry, UNIT, shop, date(2026, 3, 4), "青工发〔2026〕8号", house.maker,
            house.now, money=BANK,
        )[1]  # fmt: skip

    assert found() is not None
    assert found() is None  # one waits already
    levies.post_all()
    assert levies.balance(HELD, "F09") == "0.00"
    assert levies.balance(LEVY, "F02") == "600.00" and levies.balance(UPPER, "F02") == "400.00"
    assert found() is None
    with house.registry.read() as conn:
        assert held_for(conn, UNIT, shop).left == yuan("0")
    # March was begun without a union; from April on the levy's own rule holds.
    assert levies.declare(shop, "50000.00", Month(2026, 4)).row.rule == "union-levy"
    with pytest.raises(Refused, match="union-founded"):
        found_union(house.registry, UNIT, shop, date(2026, 1, 1), "示例", house.maker, house.now)


def test_a_release_that_is_reversed_is_held_again(small: Levies) -> None:
    house = small.house
    shop = small.employer("示例小店", union=False)
    small.deposit("1000.00", small.declare(shop, "50000.00").list_code or "")
    small.post_all()
    for _ in range(2):
        _, draft = found_union(
            house.registry, UNIT, shop, date(2026, 3, 4), "青工发〔2026〕8号", house.maker,
            house.now, money=BANK,
        )  # fmt: skip
        assert draft is not None
        result = workflow.approve(house.registry, draft, house.checker, house.now)
        assert not isinstance(result, workflow.Waiting)
        back = reversing.reverse(
            house.registry, UNIT, result.number, house.maker, house.now, day=date(2026, 3, 5),
            reason="示例",
        )  # fmt: skip
        workflow.approve(house.registry, back, house.checker, house.now)
    assert small.balance(HELD, "F09") == "1000.00"


def test_a_list_of_payrolls_is_taken_whole_and_registers_employers(small: Levies) -> None:
    house = small.house
    data = (
        "单位名称,小河工会\n所属月份,2026-03\n\n缴费单位,职工工资总额,建会情况\n"
        "示例甲厂,100000.00,已建会\n示例乙店,50000.00,未建会\n"
    ).encode()
    done = declare_list(house.registry, UNIT, data, "p.csv", house.maker, house.now)
    assert [d.row.rule for d in done] == ["union-levy", "union-preparation"]
    again = declare_list(house.registry, UNIT, data, "p.csv", house.maker, house.now)
    assert [d.fen for d in again] == [0, 0]
    bad = data.replace(b"50000.00", b"x")
    with pytest.raises(Refused):
        declare_list(house.registry, UNIT, bad, "p.csv", house.maker, house.now)


def test_what_nobody_said_is_refused_and_nothing_is_entered(small: Levies) -> None:
    house = small.house
    factory = small.employer()
    small.share("union-levy", ("grass-roots", LEVY, "F02"))
    with pytest.raises(Refused, match="no-levy-share"):
        small.declare(factory, "100000.00")
    with pytest.raises(Refused, match="no-employer"):
        small.declare("不存在", "1.00")
    with pytest.raises(Refused, match="no-rule-loaded"):
        small.declare(factory, "1.00", Month(2000, 1))
    with pytest.raises(NotAllowed):
        declare(
            house.registry, UNIT, MARCH, [Declared(factory, yuan("1"))], house.reader, house.now
        )
    with house.registry.read() as conn:
        assert not claims.in_state(conn, UNIT, claims.OPEN)


def test_an_employers_name_stands_in_no_book_and_no_log(small: Levies) -> None:
    house = small.house
    factory = small.employer("示例独此一家商行")
    code = small.declare(factory, "100000.00").list_code or ""
    small.deposit("2000.00", code)
    small.post_all()
    with house.registry.read() as conn:
        assert "独此一家" not in str(oplog.entries(conn))
        assert employers.called(conn, house.registry.vault, UNIT, "示例独此一家商行")
    stored = b"".join(path.read_bytes() for path in house.registry.folder.glob("registry.db*"))
    assert "独此一家".encode() not in stored
    assert "独此一家" not in house.folder.joinpath("2026/03.bean").read_text("utf-8")


@settings(
    max_examples=20, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("declare"), st.integers(0, 10_000_000_00)),
            st.tuples(st.sampled_from(["direct", "tax", "fiscal"]), st.integers(1, 200_000_00)),
        ),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_claims_always_stand_for_what_is_owed_or_was_announced(
    small: Levies, steps: list[tuple[str, int]]
) -> None:
    levies = small
    with levies.house.registry.read() as conn:
        count = len(employers.of_unit(conn, levies.house.registry.vault, UNIT))
    factory = levies.employer(f"示例{count}厂")
    for what, fen in steps:
        money = yuan(f"{fen // 100}.{fen % 100:02d}")
        try:
            if what == "declare":
                levies.declare(factory, money.text)
            else:
                levies.announce(factory, money.text, what)
        except LedgerError:
            continue
        stands = levies.standing(factory)
        assert stands.open >= stands.due
        with levies.house.registry.read() as conn:
            for code in claims.list_codes(conn, UNIT):
                assert all(row.fen > 0 for row in claims.of_list(conn, UNIT, code))


def test_a_month_keeps_the_rule_that_it_was_declared_by(small: Levies) -> None:
    house = small.house
    shop = small.employer("示例小店", union=False)
    small.declare(shop, "50000.00")
    found_union(
        house.registry, UNIT, shop, date(2026, 1, 1), "青工发〔2026〕8号", house.maker, house.now
    )
    corrected = small.declare(shop, "60000.00")
    assert (corrected.row.rule, corrected.fen) == ("union-preparation", 200_00)
    assert small.standing(shop).open == yuan("1200.00")
    assert small.declare(shop, "50000.00", Month(2026, 2)).row.rule == "union-levy"


def test_a_tax_list_without_a_code_gets_one_that_no_other_list_has(small: Levies) -> None:
    house = small.house
    fees = (
        "单位名称,小河工会\n所属月份,2026-03\n\n缴费单位,统一社会信用代码,职工工资总额,实缴\n"
        "示例企业丙,91110000MA00000003,5000.00,100.00\n"
    ).encode()
    first = announce_tax(house.registry, UNIT, fees, "f.csv", house.maker, house.now)
    assert announce_tax(house.registry, UNIT, fees, "f.csv", house.maker, house.now) == first
    factory = small.employer()
    assert small.announce(factory, "100.00", "tax").code != first.code
    with pytest.raises(Refused, match="list-code-taken"):
        small.announce(factory, "100.00", "direct", first.code)
