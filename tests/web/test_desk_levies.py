"""Levies, passing on and uses of bound funds at the desk."""

from __future__ import annotations

import io
from datetime import date

import pytest

from ledger import workflow
from ledger.dues.levying import register
from ledger.registry import dues_schemes, levies, oplog, remittances, units
from ledger.registry.dues_schemes import SchemeRow
from ledger.registry.levies import ShareRow
from ledger.registry.remittances import PathRow
from tests.house import BANK, DUES, LEVY, OFFICE, PAYABLE, UNIT, House
from tests.web.desk import Browser, at_desk, house, waiting

__all__ = ["at_desk", "house"]

DESK = f"/desk/{UNIT}"
LEVIES = f"{DESK}/levies"
REMIT = f"{DESK}/remit"
USES = f"{DESK}/uses"


@pytest.fixture
def factory(house: House) -> str:
    """An employer with a union, of a unit that shares what it receives."""
    with house.registry.write() as conn:
        for rule, part, account in (
            ("union-levy", "grass-roots", LEVY),
            ("union-preparation", "held", PAYABLE),
        ):
            rows = [ShareRow(UNIT, rule, part, account, "F02")]
            if rule == "union-levy":
                rows.append(ShareRow(UNIT, rule, "upper", PAYABLE, "F02"))
            levies.put_shares(conn, UNIT, rule, rows, user=house.maker.id, now=house.now)
    return register(
        house.registry, UNIT, "示例一厂", "", house.maker, house.now, union_since=date(2020, 1, 1)
    ).id


def test_a_payroll_is_declared_and_what_is_due_is_claimed_in_shares(
    factory: str, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    fields = {"employer": factory, "month": "2026-03", "payroll": "50,000"}
    done = zhou.send(LEVIES, f"{LEVIES}/declared", **fields)
    page = zhou.get(done.headers["Location"])
    assert "1,000.00" in page and "BL2026-0001" in page and "示例一厂" in page
    csv = zhou.fetch(f"{LEVIES}?month=2026-03&format=csv").decode("utf-8-sig")
    assert "1000.00" in csv and "示例一厂" in csv
    assert "拨缴经费应缴" in zhou.get(f"{DESK}/lists")
    bad = zhou.send(LEVIES, f"{LEVIES}/declared", **{**fields, "payroll": "x"})
    assert bad.status_code == 422


def test_what_comes_through_the_tax_office_takes_the_place_of_the_employers_own(
    house: House, factory: str, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    zhou.send(LEVIES, f"{LEVIES}/declared", employer=factory, month="2026-03", payroll="50000")
    fields = {"employer": factory, "month": "2026-03", "amount": "600", "channel": "tax"}
    done = zhou.send(LEVIES, f"{LEVIES}/coming", **fields)
    page = zhou.get(done.headers["Location"])
    assert "到账时应注明 DS2026-0003" in page
    with house.registry.read() as conn:
        found = levies.claims_of(conn, UNIT, employer=factory, months=["2026-03"])
    open_ones = [(one.channel, one.claim.fen) for one in found if one.claim.state == "open"]
    assert sorted(open_ones) == [
        ("direct", 160_00), ("direct", 240_00), ("tax", 240_00), ("tax", 360_00),
    ]  # fmt: skip
    wrong = zhou.send(LEVIES, f"{LEVIES}/coming", **{**fields, "channel": "post"})
    assert wrong.status_code == 422
    coded = zhou.send(LEVIES, f"{LEVIES}/coming", **{**fields, "code": "随便"})
    assert coded.status_code == 422 and "编号写作" in coded.get_data(as_text=True)


def test_an_employer_is_registered_once_and_its_name_is_for_who_records(
    house: House, factory: str, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    new = {"name": "示例小店", "union_since": ""}
    assert zhou.send(LEVIES, f"{LEVIES}/employers", **new).status_code == 303
    assert zhou.send(LEVIES, f"{LEVIES}/employers", **new).status_code == 422
    assert "示例小店" in zhou.get(LEVIES)
    with house.registry.read() as conn:
        assert "levy.employers" in [act.action for act in oplog.entries(conn)]
    zhou.send(LEVIES, f"{LEVIES}/declared", employer=factory, month="2026-03", payroll="1000")
    for login in ("lin", "shen"):
        page = at_desk[login].get(f"{LEVIES}?month=2026-03")
        assert factory in page and "示例一厂" not in page and "示例小店" not in page
        answer = at_desk[login].send(f"{DESK}/members", f"{LEVIES}/employers", **new)
        assert answer.status_code == 403


def test_a_list_of_payrolls_is_entered_whole(factory: str, at_desk: dict[str, Browser]) -> None:
    head = (
        "单位名称,小河工会\n所属月份,2026-03\n\n缴费单位,统一社会信用代码,职工工资总额,是否建会\n"
    )
    good = (head + "示例一厂,,50000.00,已建会\n").encode()
    done = at_desk["zhou"].send(LEVIES, f"{LEVIES}/list", file=(io.BytesIO(good), "p.csv"))
    assert "已登记 1 家" in at_desk["zhou"].get(done.headers["Location"])
    bad = (head + "示例一厂,,很多,已建会\n").encode()
    answer = at_desk["zhou"].send(LEVIES, f"{LEVIES}/list", file=(io.BytesIO(bad), "p.csv"))
    assert answer.status_code == 422
    assert at_desk["zhou"].send(LEVIES, f"{LEVIES}/list").status_code == 422


def test_a_unit_without_shares_is_told_how_to_set_them(at_desk: dict[str, Browser]) -> None:
    assert "没有设定分成记入何处" in at_desk["zhou"].get(LEVIES)


# ---- passed up, and bound ----------------------------------------------------------------------


def province(house: House) -> None:
    """A provincial unit that owes the centre 5 % of its Party dues, of which 1,000 came."""
    with house.registry.write() as conn:
        units.set_place(conn, UNIT, "", "province")
        scheme = SchemeRow(UNIT, "party", DUES, "F01", "HY")
        dues_schemes.put(conn, scheme, user=house.maker.id, now=house.now)
        to = PathRow(UNIT, "party/province", False, OFFICE, "F01", BANK, "zhongyang")
        remittances.put(conn, to, user=house.maker.id, now=house.now)
    house.post(house.draft("1000.00"))


def test_what_is_outstanding_is_drafted_once_with_its_arithmetic(
    house: House, at_desk: dict[str, Browser]
) -> None:
    province(house)
    page = at_desk["zhou"].get(f"{REMIT}?month=2026-03")
    assert "1000.00 × 5 % = 50.00" in page and "第十五条" in page
    assert waiting(house) == []
    done = at_desk["zhou"].send(f"{REMIT}?month=2026-03", REMIT, month="2026-03")
    assert "已起草 1 张" in at_desk["zhou"].get(done.headers["Location"])
    [draft] = waiting(house)
    assert [(p.account, p.amount.text) for p in draft.draft.postings] == [
        (OFFICE, "50.00"), (BANK, "-50.00"),
    ]  # fmt: skip
    at_desk["zhou"].send(f"{REMIT}?month=2026-03", REMIT, month="2026-03")
    assert len(waiting(house)) == 1
    workflow.approve(house.registry, draft.id, house.checker, house.now)
    assert "没有可起草的未缴款" in at_desk["zhou"].get(f"{REMIT}?month=2026-03")
    assert "50.00" in at_desk["shen"].fetch(f"{REMIT}?month=2026-03&format=csv").decode()


def test_a_reader_sees_what_is_due_and_drafts_nothing(
    house: House, at_desk: dict[str, Browser]
) -> None:
    province(house)
    page = at_desk["shen"].get(f"{REMIT}?month=2026-03")
    assert "50.00" in page and "起草" not in page
    answer = at_desk["shen"].send(f"{DESK}/members", REMIT, month="2026-03")
    assert answer.status_code == 403


def test_a_unit_of_which_no_rule_speaks_is_told_so(at_desk: dict[str, Browser]) -> None:
    assert "没有装入规则" in at_desk["zhou"].get(REMIT)
    assert at_desk["zhou"].send(REMIT, REMIT, month="2026-03").status_code == 422


def test_a_fund_is_bound_by_a_rule_and_its_uses_are_listed_with_articles(
    house: House, at_desk: dict[str, Browser]
) -> None:
    assert "没有资金受规则约束" in at_desk["shen"].get(USES)
    fields = {"fund": "F03", "rule": "party", "since": "2026-04-01"}
    assert at_desk["lin"].send(f"{DESK}/members", USES, **fields).status_code == 403
    assert at_desk["zhou"].send(USES, USES, **{**fields, "rule": "x"}).status_code == 422
    done = at_desk["zhou"].send(USES, USES, **fields)
    page = at_desk["zhou"].get(done.headers["Location"])
    assert "资金 F03 已受此规则约束" in page and "培训党员" in page and "第十九条" in page
    again = at_desk["zhou"].send(USES, USES, **{**fields, "rule": "league"})
    assert again.status_code == 422
