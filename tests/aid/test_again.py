"""Aid for the same person again is told across units without names; limits hold by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import reversing, workflow
from ledger.aid import review
from ledger.aid.limits import BANDS, Earlier, Planned, band, judge
from ledger.aid.paying import Paid, preview
from ledger.aid.terms import Terms, terms
from ledger.errors import Finding, Refused
from ledger.registry import members, persons
from ledger.rules.rulebook import shipped
from ledger.rules.spending_tables import AidKindTable, AidLimitTable
from tests.aid.world import CHEN, LIU, MARCH, OTHER, SECRETS, WANG, World, by_number, to
from tests.house import UNIT

REFUSES = """[[table]]
kind = "aid-limits"
id = "county-aid"
version = "2026"
rule = "union-aid"
name = "县帮扶办法"
name_en = "County rule of aid"
source = "示例县工会帮扶办法"
effective_from = 2026-01-01
confidence = "confirmed"
limits = [
  { id = "hardship", name = "困难帮扶", name_en = "hardship", most = "3000.00", per = "year", within_months = 6, again = "refuse", article = "第五条" },
  { id = "illness", name = "大病", name_en = "illness", within_months = 3, again = "warn" },
]
"""  # noqa: E501


def warned(paid: Paid) -> list[str]:
    return [f.what.zh for f in paid.preview.findings if f.rule == "aid-again"]


def of_batch(world: World, paid: Paid, unit: str, user: object = None) -> list[Finding]:
    with world.registry.read() as conn:
        return review.of_batch(world.registry, conn, unit, paid.batch, user)  # type: ignore[arg-type]


def test_aid_by_another_unit_is_told_without_name_unit_code_or_amount(world: World) -> None:
    world.pay(by_number("0001", amount="1234.00"))
    paid = world.pay(to(WANG), unit=OTHER)
    (told,) = [f for f in paid.preview.findings if f.rule == "aid-again"]
    assert told.severity == "warning"
    assert (
        "其他单位" in told.what.zh and "2026-03" in told.what.zh and "1,000–2,000" in told.what.zh
    )
    assert "没有装入查重规则" in told.what.zh
    for secret in (*SECRETS, UNIT, "小河", "BZ2026", "1234", "1,234"):
        assert secret not in str(told), secret
    # The checker of the second unit is told the same; the first unit's is told of the second.
    assert told.what in [f.what for f in of_batch(world, paid, OTHER, world.checker)]


def test_who_may_browse_the_other_unit_is_told_which_it_was(world: World) -> None:
    first = world.pay(by_number("0001"))
    second = world.pay(to(WANG), unit=OTHER)
    reader = world.house.reader  # an auditor of the whole federation
    (told,) = [f for f in of_batch(world, second, OTHER, reader) if f.rule == "aid-again"]
    assert UNIT in told.what.zh and first.codes[0] in told.what.zh
    assert not any(secret in str(told) for secret in SECRETS)


def test_ones_own_earlier_payment_is_told_with_its_code(world: World) -> None:
    first = world.pay(to(LIU))
    assert warned(world.pay(to(LIU, "illness"))) == []
    (told,) = warned(world.pay(to(LIU)))
    assert first.codes[0] in told and "本单位" in told


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (replace(WANG, phone="", accounts=()), True),  # the identity number
        (replace(WANG, name="王例假", phone="", accounts=()), True),  # under another name
        (replace(WANG, identity=""), True),  # name and telephone
        (replace(WANG, identity="", phone="13700000000"), True),  # name and account
        (replace(WANG, identity="34010119900101999X"), False),  # father and son of one name
        (replace(WANG, name="张例戊", identity=""), False),  # a household's telephone
        (replace(CHEN, name=WANG.name), False),  # a namesake
    ],
)
def test_who_is_the_same_person(small_world: World, other: object, same: bool) -> None:
    small_world.pay(by_number("0001"))
    paid = small_world.pay(to(other), unit=OTHER)  # type: ignore[arg-type]
    assert bool(warned(paid)) is same


def test_a_rule_refuses_and_the_refusal_tells_no_more(world: World) -> None:
    world.rule(REFUSES)
    world.pay(by_number("0001"))
    with pytest.raises(Refused) as refused:
        world.pay(to(WANG), unit=OTHER)
    text = str(refused.value)
    assert "aid-again" in text and "第五条" in text
    assert not any(secret in text for secret in (*SECRETS, UNIT, "BZ2026"))
    # Half a year later it may be paid, and aid for another kind at any time.
    world.pay(to(WANG, "disaster"), unit=OTHER)
    found = preview(
        world.registry, world.order(OTHER, day=date(2026, 9, 5)), [to(WANG)], world.maker
    )
    assert not [f for f in found.findings if f.rule == "aid-again"]


def test_of_two_units_that_enter_at_once_the_second_is_refused_when_it_is_checked(
    world: World,
) -> None:
    first = world.pay(by_number("0001"))
    second = world.pay(to(WANG), unit=OTHER)
    world.rule(REFUSES)
    with pytest.raises(Refused, match="aid-again"):
        world.approve(second)
    workflow.withdraw(world.registry, first.draft, world.house.maker, world.house.now)
    world.approve(second)


def test_what_was_withdrawn_or_reversed_counts_no_more(world: World) -> None:
    voucher = world.approve(world.pay(by_number("0001")))
    draft = reversing.reverse(
        world.registry, UNIT, voucher.number, world.house.maker, world.house.now, day=MARCH,
        reason="发错",
    )  # fmt: skip
    assert of_other(world) == 1
    workflow.approve(world.registry, draft, world.house.checker, world.house.now)
    assert of_other(world) == 0


def of_other(world: World) -> int:
    """How many payments of another unit a look at the same aid tells of."""
    found = preview(world.registry, world.order(OTHER), [to(WANG)], world.maker)
    return sum(one.rule == "aid-again" for one in found.findings)


def test_a_person_entered_twice_and_merged_is_one(world: World) -> None:
    from ledger.registry import member_merges

    with world.registry.write() as conn:
        vault = world.registry.vault
        double = persons.add(conn, vault, replace(CHEN, name="王例甲"), world.house.now)
        other = members.add(conn, person=double, unit=UNIT, number="0002", joined=MARCH)
    world.pay(by_number("0002"))
    assert not warned(world.pay(by_number("0001", "illness")))
    with world.registry.write() as conn:
        sealed = persons.seal_for(conn, vault, other, "同一人", "merge")
        member_merges.add(
            conn, member=other, into=world.member, since=MARCH, sealed=sealed, was_state="active",
            was_left=None, user=world.house.maker.id, now=world.house.now,
        )  # fmt: skip
    assert warned(world.pay(by_number("0001")))


def test_two_rows_of_a_list_for_one_person_and_kind_are_refused(small_world: World) -> None:
    for second in (LIU, replace(LIU, phone=""), replace(LIU, identity="")):
        with pytest.raises(Refused) as refused:
            small_world.pay(to(LIU), to(second, line=2))
        assert [(f.rule, f.line) for f in refused.value.findings] == [("aid-twice", 2)]
    small_world.pay(to(LIU), to(LIU, "illness", line=2))


# ---- limits ------------------------------------------------------------------------------------


def test_the_province_limits_each_occasion_and_the_year(world: World) -> None:
    world.province("安徽省")
    world.pay(to(LIU, "hospital", "2000.00"))
    with pytest.raises(Refused, match="aid-above-limit") as refused:
        world.pay(to(CHEN, "hospital", "2000.01"))
    assert "皖工发〔2025〕18号" in str(refused.value)
    world.pay(to(LIU, "festival", "1500.00"))
    world.pay(to(LIU, "festival", "700.00"))
    with pytest.raises(Refused, match="aid-above-limit"):
        world.pay(to(LIU, "festival", "0.01"))
    # Another unit's own limit is not used up by it, and of hardship the rule says nothing.
    world.province("安徽省", OTHER)
    world.pay(to(LIU, "festival", "2200.00"), unit=OTHER)
    world.pay(to(LIU, "hardship", "9000.00"))


def test_where_no_rule_is_loaded_it_is_said_and_nothing_is_limited(world: World) -> None:
    paid = world.pay(to(LIU, "hospital", "5000.00"))
    assert [f.rule for f in paid.preview.findings] == ["no-rule-loaded"]
    with world.registry.read() as conn:
        assert terms(world.registry, conn, UNIT, MARCH).limits is None


def test_a_limit_of_the_year_counts_what_waits_and_the_rows_above(world: World) -> None:
    world.rule(REFUSES.replace('within_months = 6, again = "refuse", ', ""))
    world.pay(to(LIU, amount="2000.00"))
    with pytest.raises(Refused, match="aid-above-limit"):
        world.pay(to(LIU, amount="1000.01"))
    world.pay(to(LIU, amount="1000.00"))
    with pytest.raises(Refused, match="aid-above-limit"):
        world.pay(to(LIU, amount="0.01"))


KINDS = next(t for t in shipped() if isinstance(t, AidKindTable))
LIMITS = next(t for t in shipped() if isinstance(t, AidLimitTable))
ANHUI = Terms({kind.id: kind for kind in KINDS.kinds}, KINDS, LIMITS, None, {})


@given(st.lists(st.tuples(st.integers(1, 120_000), st.booleans(), st.booleans()), max_size=8))
def test_no_order_of_payments_passes_the_limit_of_a_year(
    paid: list[tuple[int, bool, bool]],
) -> None:
    """Each that is let through is paid; the own unit's of one year never come to more."""
    most = 2200_00
    earlier: list[Earlier] = []
    for fen, own, last_year in paid:
        day = date(2025, 10, 1) if last_year else date(2026, 2, 1)
        one = Planned(1, "p", "condolence", "festival", fen, day)
        found = [f for f in judge(ANHUI, [one], {"p": earlier}) if f.severity == "error"]
        before = sum(old.fen for old in earlier if old.own and old.day.year == day.year)
        assert bool(found) is (before + fen > most)
        if not found or not own:
            earlier.append(Earlier(own, "", "BZ", "condolence", "festival", day, fen))


@given(st.integers(1, 10**9))
def test_a_band_holds_its_amount(fen: int) -> None:
    text = band(fen).replace(",", "")
    edges = [0, *BANDS, 10**9]
    low, high = next(
        (low, high) for low, high in pairwise(edges)
        if low * 100 <= fen < high * 100
    )  # fmt: skip
    assert text == (f"<{high}" if low == 0 else f"≥{low}" if high == 10**9 else f"{low}–{high}")
