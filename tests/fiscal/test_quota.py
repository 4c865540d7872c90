"""Fiscal quota is granted, drawn, cancelled when its year ends, restored; each by two persons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from ledger import book, reversing, workflow
from ledger.errors import NotAllowed, Refused
from ledger.fiscal import quota
from ledger.fiscal.quota import Step
from ledger.fiscal.quota_standing import QuotaYear
from ledger.money import Money, yuan
from ledger.period import Period
from ledger.registry import entries
from reports.sources import book_source
from reports.statements import catalogue
from tests.fiscal import unit as gov
from tests.fiscal.unit import half
from tests.house import UNIT, House


@pytest.fixture
def office(house: House) -> House:
    gov.found(house)
    return house


def step(amount: str, day: str, document: str = "通知〔2026〕1号", fund: str = gov.FISCAL) -> Step:
    return Step(gov.GOV, fund, yuan(amount), date.fromisoformat(day), document)


def approve(office: House, *ids: str) -> None:
    workflow.approve_many(office.registry, gov.GOV, list(ids), office.checker, at(office))


def at(office: House) -> datetime:
    """Beyond both years: nothing lies ahead."""
    return office.now.replace(year=2027, month=2)


def grant(office: House, amount: str, day: str, document: str = "通知〔2026〕1号") -> None:
    approve(
        office, quota.grant(office.registry, step(amount, day, document), office.maker, at(office))
    )


def draw(office: House, amount: str, day: str) -> None:
    id = quota.draw(office.registry, step(amount, day), gov.WORK, office.maker, at(office))
    approve(office, id)


def unused(office: House, year: int, approved: str | None) -> list[str]:
    return quota.unused(
        office.registry, step("0.00", f"{year}-12-31"), yuan(approved) if approved else None,
        office.maker, at(office),
    )  # fmt: skip


def of(office: House, year: int) -> QuotaYear:
    return next(
        one for one in quota.years(office.registry, gov.GOV, office.maker) if one.year == year
    )


def test_a_year_of_quota_from_its_grant_to_its_return(office: House) -> None:
    """800.00 released of 1,000.00 approved, 650.00 drawn: 150.00 cancelled, 200.00 recognised.

    In January 350.00 come back and may be drawn again. Income of the year is the whole 1,000.00.
    """
    grant(office, "500.00", "2026-02-01", "通知1")
    grant(office, "300.00", "2026-07-01", "通知2")
    draw(office, "650.00", "2026-09-01")
    approve(office, *unused(office, 2026, "1000.00"))
    one = of(office, 2026)
    assert (one.granted, one.used, one.held, one.returnable) == (80000, 65000, 0, 35000)
    assert (one.unreleased, one.unused) == (20000, 35000)
    back = quota.restore(
        office.registry, step("350.00", "2027-01-15", "恢复1"), office.maker, at(office)
    )
    approve(office, back)
    draw(office, "350.00", "2027-01-20")
    two = of(office, 2027)
    assert (two.opening_return, two.held, two.returnable, two.used) == (35000, 0, 0, 35000)
    assert not book.check_in_child(office.registry.folder / "units" / gov.GOV)
    source = book_source(office.registry.folder, gov.GOV)
    sheet = catalogue.build("budgetary-statement", source, Period.parse("2026"))
    cells = {line.code: line.cells[0] for line in sheet.lines if line.cells}
    assert cells["6001"] == yuan("1000.00")
    assert cells["7101"] == yuan("650.00")
    assert cells["result"] == yuan("350.00")


def test_every_figure_of_the_statement_opens_to_its_vouchers(office: House) -> None:
    grant(office, "500.00", "2026-02-01")
    draw(office, "120.00", "2026-03-01")
    approve(office, *unused(office, 2026, None))
    source = book_source(office.registry.folder, gov.GOV)
    found = catalogue.build("fiscal-quota", source, Period.parse("2026"))
    cells = {
        line.code: [cell.text for cell in line.cells if isinstance(cell, Money)]
        for line in found.lines
    }
    wanted = ["0.00", "500.00", "0.00", "120.00", "380.00", "380.00", "0.00"]
    assert cells["2026.F01"] == cells["2026"] == wanted
    for line in found.lines:
        for ref in (line.ref, *line.refs.values()):
            if ref:
                opened = catalogue.backing(source, ref)
                whole = sum(one.amount.fen for one in opened.postings)
                begin = opened.opening.fen if opened.opening else 0
                assert opened.closing == Money(begin + whole)


def test_a_statement_of_an_earlier_period_knows_nothing_of_later_vouchers(office: House) -> None:
    grant(office, "500.00", "2026-02-01")
    draw(office, "120.00", "2026-03-01")
    source = book_source(office.registry.folder, gov.GOV)
    found = catalogue.build("fiscal-quota", source, Period.parse("2026-02"))
    total = next(line for line in found.lines if line.code == "2026")
    assert total.cells[3] == Money(0)


def test_quota_is_not_drawn_beyond_what_is_there_and_waiting_drafts_count(office: House) -> None:
    grant(office, "100.00", "2026-02-01")
    quota.draw(office.registry, step("80.00", "2026-02-02"), gov.WORK, office.maker, at(office))
    with pytest.raises(Refused) as caught:
        quota.draw(office.registry, step("20.01", "2026-02-03"), gov.WORK, office.maker, at(office))
    (fault,) = caught.value.findings
    assert (fault.rule, "20.00" in fault.what.zh) == ("quota-exceeded", True)
    quota.draw(office.registry, step("20.00", "2026-02-03"), gov.WORK, office.maker, at(office))


def test_nobody_restores_more_than_is_to_be_returned(office: House) -> None:
    grant(office, "100.00", "2026-02-01")
    approve(office, *unused(office, 2026, None))
    with pytest.raises(Refused, match="quota-exceeded"):
        quota.restore(office.registry, step("100.01", "2027-01-05"), office.maker, at(office))


def _granted(office: House, amount: str) -> House:
    grant(office, amount, "2026-02-01")
    return office


REFUSALS: dict[str, Callable[[House], object]] = {
    "no-document": lambda office: quota.grant(
        office.registry, step("1.00", "2026-02-01", " "), office.maker, at(office)
    ),
    "not-years-end": lambda office: quota.unused(
        office.registry, step("0.00", "2026-12-30"), None, office.maker, at(office)
    ),
    "quota-nothing-left": lambda office: unused(office, 2026, None),
    "quota-approved-less": lambda office: (
        unused(_granted(office, "100.00"), 2026, "99.99")
    ),
    "quota-waiting": lambda office: (
        quota.grant(office.registry, step("9.00", "2026-02-01"), office.maker, at(office)),
        unused(office, 2026, "100.00"),
    ),
    "source-used": lambda office: [
        quota.grant(office.registry, step("9.00", "2026-02-01"), office.maker, at(office))
        for _ in range(2)
    ],
}  # fmt: skip


@pytest.mark.parametrize("rule", REFUSALS)
def test_what_cannot_be_is_refused_and_nothing_is_half_written(office: House, rule: str) -> None:
    with pytest.raises(Refused) as caught:
        REFUSALS[rule](office)
    assert rule in {fault.rule for fault in caught.value.findings}
    for fault in caught.value.findings:
        assert fault.remedy.zh and fault.remedy.en


def test_the_years_end_is_made_once_and_again_after_a_reversal(office: House) -> None:
    grant(office, "100.00", "2026-02-01")
    approve(office, *unused(office, 2026, None))
    with pytest.raises(Refused, match="quota-nothing-left"):
        unused(office, 2026, None)
    with office.registry.read() as conn:
        source = "quota:cancel:F01:2026:100.00"
        (number,) = entries.standing_sources(conn, gov.GOV, [source]).values()
    back = reversing.reverse(
        office.registry, gov.GOV, number, office.maker, at(office), day=date(2026, 12, 31),
        reason="对账单有误",
    )  # fmt: skip
    approve(office, back)
    assert of(office, 2026).held == 10000
    approve(office, *unused(office, 2026, None))
    one = of(office, 2026)
    assert (one.held, one.returnable, one.sum("cancelled"), one.sum("restored")) == (
        0, 10000, 10000, 0,
    )  # fmt: skip


def test_the_maker_of_a_step_does_not_approve_it(office: House) -> None:
    id = quota.grant(office.registry, step("9.00", "2026-02-01"), office.maker, at(office))
    with pytest.raises(NotAllowed):
        workflow.approve(office.registry, id, office.maker, at(office))


def test_who_only_audits_proposes_nothing(office: House) -> None:
    with pytest.raises(NotAllowed):
        quota.grant(office.registry, step("9.00", "2026-02-01"), office.reader, at(office))


def test_a_unit_whose_chart_knows_no_quota_has_none(house: House) -> None:
    asked = Step(UNIT, "F01", yuan("1.00"), date(2026, 2, 1), "通知")
    with pytest.raises(Refused, match="no-quota"):
        quota.grant(house.registry, asked, house.maker, house.now)
    with pytest.raises(Refused, match="no-quota"):
        catalogue.build(
            "fiscal-quota", book_source(house.registry.folder, UNIT), Period.parse("2026")
        )


def test_a_county_union_enters_quota_by_its_own_rule_without_a_half(house: House) -> None:
    """Dr 111 / Cr 40401, and at the year's end Dr 12102 / Cr 111: one half alone."""
    gov.found(house, chart="union-2021-county")
    now = at(house)
    grant(house, "70.00", "2026-02-01")
    end = Step(gov.GOV, gov.FISCAL, Money(0), date(2026, 12, 31))
    (id,) = quota.unused(house.registry, end, None, house.maker, now)
    found = workflow.find_waiting(house.registry, id).draft
    assert half(found) == {}
    assert [(p.account.split(":", 1)[1], p.amount.text) for p in found.postings] == [
        ("121-财政应返还额度:02-财政授权支付", "70.00"), ("111-零余额账户用款额度", "-70.00"),
    ]  # fmt: skip
