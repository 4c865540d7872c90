"""Service contracts, as supplier and as buyer: nothing is paid that was not accepted."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import posting, rebuild, workflow
from ledger.contracts import performing, signing
from ledger.contracts.performing import Evidence
from ledger.contracts.standing import stands
from ledger.entry import Posting
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.money import Money, yuan
from ledger.period import Period
from ledger.registry import claims, contracts, persons
from reports.sources import known_source
from reports.statements import catalogue
from tests.asked import asked
from tests.conftest import NOW
from tests.contracts.deal import DAY, HALF, PAPER, SERVICES, Deal, open_services, terms, tried
from tests.house import ACTIVITY, BANK, DUES, LEVY, UNIT, House, build_house
from tests.reports.opening import every_figure_opens


@pytest.fixture
def firm(house: House) -> House:
    open_services(house)
    house.post(house.draft("5000.00"))
    return house


def claim_of(deal: Deal, number: int) -> claims.ClaimRow | None:
    milestone = deal.now().stones[number - 1].row.milestone
    with deal.house.registry.read() as conn:
        return claims.find(conn, UNIT, milestone)


# ---- the supplier ------------------------------------------------------------------------------


def test_a_supplier_delivers_is_accepted_receives_and_knows_what_is_left(firm: House) -> None:
    deal = Deal(firm)
    deal.deliver(1)
    assert deal.check().stones[0].state == "delivered"
    deal.accept(1)
    claim = claim_of(deal, 1)
    assert claim is not None
    assert (claim.state, claim.fen) == ("open", 60000)
    voucher = deal.move(1, "600.00")
    said = dict(voucher.draft.postings[0].meta)
    assert said["contract"] == deal.code
    assert said["party"].startswith("cp-")
    assert "民政局" not in str(voucher)
    deal.cost("250.00")
    one = deal.check()
    assert (one.moved_fen, one.cost_fen, one.margin_fen, one.outstanding_fen) == (
        60000, 25000, 35000, 40000,
    )  # fmt: skip
    claim = claim_of(deal, 1)
    assert claim is not None
    assert claim.state == claims.PAID


def test_what_comes_in_parts_leaves_a_claim_for_the_rest(firm: House) -> None:
    deal = Deal(firm)
    deal.done(1)
    first = deal.move(1, "200.00")
    rest = claim_of(deal, 1)
    assert rest is not None
    assert (rest.state, rest.fen) == ("open", 40000)
    firm.reverse(first, DAY)
    whole = claim_of(deal, 1)
    assert whole is not None
    assert (whole.state, whole.fen, deal.check().moved_fen) == ("open", 60000, 0)


def test_a_bank_line_that_names_the_milestone_is_its_receipt(firm: House) -> None:
    """What the bank's statement settles says only the claim's code; it counts all the same."""
    deal = Deal(firm)
    deal.done(1)
    code = deal.now().stones[0].row.milestone
    draft = firm.draft("600.00", credit=SERVICES)
    told = Posting(SERVICES, -yuan("600.00"), "F01", (("claim", code),))
    firm.post(type(draft)(UNIT, DAY, "收", "到账", (draft.postings[0], told)))
    assert deal.check().moved_fen == 60000


def test_a_reversal_gives_the_milestone_back(firm: House) -> None:
    deal = Deal(firm)
    deal.done(1)
    firm.reverse(deal.move(1, "600.00"), DAY)
    assert deal.check().moved_fen == 0
    deal.move(1, "600.00")
    assert deal.check().stones[0].state == "paid"


@pytest.mark.parametrize("account", [LEVY, DUES, BANK, ACTIVITY, "Income:499-没有"])
def test_a_service_is_earned_never_a_subsidy_or_dues(firm: House, account: str) -> None:
    with pytest.raises(Refused, match="bad-contract"):
        Deal(firm, account=account)


def test_where_the_chart_has_income_from_services_no_other_will_do(firm: House) -> None:
    own = "Income:4301-提供服务收入"
    firm.open(own)
    with pytest.raises(Refused, match="提供服务"):
        Deal(firm)
    assert Deal(firm, account=own).now().version.account == own


# ---- the buyer ---------------------------------------------------------------------------------


def test_a_buyer_pays_what_another_person_accepted(firm: House) -> None:
    deal = Deal(firm, "buyer")
    with pytest.raises(Refused, match="not-accepted"):
        deal.propose(1, "0.01")
    deal.done(1)
    voucher = deal.move(1, "600.00")
    assert dict(voucher.draft.postings[0].meta)["decision"] == "青工委〔2026〕3号"
    with pytest.raises(Refused, match="contract-beyond"):
        deal.propose(1, "0.01")
    with pytest.raises(Refused, match="not-accepted"):
        deal.propose(2, "400.00")
    one = deal.check()
    assert (one.moved_fen, one.margin_fen, one.outstanding_fen) == (60000, None, 40000)


def test_an_advance_moves_before_acceptance_and_no_more_than_was_agreed(firm: House) -> None:
    deal = Deal(firm, "buyer", advance=Fraction(3, 10))
    deal.move(1, "200.00")
    with pytest.raises(Refused, match="not-accepted"):
        deal.propose(2, "100.01")
    deal.move(2, "100.00")
    deal.check()
    deal.done(1)
    deal.move(1, "400.00")
    assert deal.check().moved_fen == 70000


def test_no_voucher_is_dated_before_its_acceptance(firm: House) -> None:
    deal = Deal(firm, "buyer")
    deal.deliver(1, date(2026, 3, 4))
    deal.accept(1, date(2026, 3, 4))
    with pytest.raises(Refused, match="not-accepted"):
        deal.propose(1, "600.00", date(2026, 3, 3))
    deal.move(1, "600.00", date(2026, 3, 4))


def test_whoever_writes_the_voucher_by_hand_meets_the_same_refusals(firm: House) -> None:
    """The rule stands where vouchers are posted, not in the command."""
    deal = Deal(firm, "buyer")
    code, milestone = deal.code, deal.now().stones[0].row.milestone

    def spend(amount: str, account: str = ACTIVITY, **meta: str) -> list[str]:
        said = tuple(sorted(meta.items()))
        lines = (
            Posting(account, yuan(amount), "F01", said), Posting(BANK, -yuan(amount), "F01"),
        )  # fmt: skip
        draft = firm.draft().__class__(UNIT, DAY, "付", "付款", lines)
        with firm.registry.write() as conn:
            return [one.rule for one in posting.check(conn, firm.registry, draft)]

    assert spend("1.00", contract=code) == ["no-milestone"]
    assert spend("1.00", contract=code, milestone=milestone) == ["not-accepted"]
    assert spend("1.00", contract="HT2026-0099-1", milestone=milestone) == ["contract-milestone"]
    assert spend("1.00", contract="HT2026-0099-1") == ["no-contract"]
    assert spend("1.00", milestone="JD2026-0099-1") == ["no-contract"]
    deal.done(1)
    assert spend("600.00", milestone=milestone) == []
    assert spend("600.01", milestone=milestone) == ["contract-beyond"]
    assert spend("1.00", DUES, milestone=milestone) == ["contract-account"]
    assert spend("-1.00", milestone=milestone) == ["contract-below"]
    deal.close()
    assert spend("1.00", milestone=milestone) == ["contract-not-open"]


def test_two_drafts_for_one_milestone_are_not_both_posted(firm: House) -> None:
    deal = Deal(firm, "buyer")
    deal.done(1)
    deal.propose(1, "500.00")
    with pytest.raises(Refused, match="drafts-wait"):
        deal.propose(1, "100.01")
    # By hand it may be proposed; the second one is refused where it would be posted.
    milestone = deal.now().stones[0].row.milestone
    line = Posting(ACTIVITY, yuan("500.00"), "F01", (("milestone", milestone),))
    draft = firm.draft().__class__(
        UNIT, DAY, "付", "付款", (line, Posting(BANK, -yuan("500.00"), "F01"))
    )
    second = workflow.propose(firm.registry, draft, firm.maker, firm.now)
    firm.approve(second)
    (first,) = (row.id for row in workflow.waiting(firm.registry, UNIT))
    with pytest.raises(Refused, match="contract-beyond"):
        firm.approve(first)


# ---- signing, confirming, accepting ------------------------------------------------------------


def test_nobody_confirms_or_accepts_their_own(firm: House) -> None:
    deal = Deal(firm, confirmed=False)
    both = firm.maker.__class__(firm.maker.id, "zhou", frozenset({(UNIT, "accountant")}))
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        signing.confirm(firm.registry, UNIT, deal.code, both, firm.now)
    with pytest.raises(Refused, match="contract-not-open"):
        deal.deliver(1)
    deal.confirm()
    deal.deliver(1)
    said = Evidence(DAY, PAPER)
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        performing.accept(firm.registry, UNIT, deal.code, 1, said, both, firm.now)
    for user in (firm.reader, firm.maker):
        with pytest.raises(NotAllowed):
            performing.accept(firm.registry, UNIT, deal.code, 1, said, user, firm.now)
    assert deal.check().accepted_fen == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": yuan("999.99")}, {"milestones": ()}, {"advance": Fraction(11, 10)},
        {"advance": Fraction(-1, 10)}, {"decision": " "}, {"paper": None}, {"paper": ("x", b"")},
        {"fund": "F99"}, {"purpose": "\u200b"}, {"ends": date(2026, 2, 1)},
        {"signed": date(2027, 1, 1)}, {"signed": date(2026, 3, 4)},
    ],
)  # fmt: skip
def test_a_contract_that_makes_no_sense_is_refused_whole(
    firm: House, changed: dict[str, Any]
) -> None:
    with pytest.raises(Refused, match="bad-contract"):
        Deal(firm, **changed)
    assert stands(firm.registry, UNIT, firm.now.date()) == []
    with firm.registry.read() as conn:
        assert contracts.of_unit(conn, UNIT) == []


def test_a_contract_names_organisations_only_and_is_entered_once(firm: House) -> None:
    with firm.registry.write() as conn:
        persons.add(conn, firm.registry.vault, persons.PersonData("欧阳示例"), firm.now)
    for said in (terms(purpose="欧阳示例讲课"), terms()):
        party = "青禾区民政局（示例）" if "欧阳" in said.purpose else "欧阳示例"
        with pytest.raises(Refused, match="bad-contract"):
            signing.sign(firm.registry, UNIT, "1", "supplier", party, said, firm.maker, firm.now)
    Deal(firm)
    with pytest.raises(Refused, match="已登记"):
        Deal(firm)


def test_a_paper_a_day_and_an_order_are_asked_at_every_step(firm: House) -> None:
    deal = Deal(firm)
    registry, now = firm.registry, firm.now
    with pytest.raises(Refused, match="no-paper"):
        performing.deliver(registry, UNIT, deal.code, 1, Evidence(DAY), firm.maker, now)
    with pytest.raises(Refused, match="bad-day"):
        deal.deliver(1, now.date() + timedelta(days=1))
    with pytest.raises(Refused, match="milestone-state"):
        deal.accept(1)
    with pytest.raises(Refused, match="no-milestone"):
        deal.deliver(3)
    deal.deliver(1, date(2026, 3, 3))
    with pytest.raises(Refused, match="milestone-state"):
        deal.deliver(1)
    with pytest.raises(Refused, match="bad-day"):
        deal.accept(1, date(2026, 3, 2))
    with pytest.raises(CannotRun, match="no-contract"):
        performing.close(registry, UNIT, "HT2026-0099-0", Evidence(DAY), firm.maker, now)
    with pytest.raises(Refused, match="no-money-account"):
        performing.move(registry, UNIT, deal.code, 1, yuan("1.00"), ACTIVITY, DAY, firm.maker, now)


def test_what_was_refused_is_delivered_again_and_what_was_paid_stays(firm: House) -> None:
    deal = Deal(firm)
    deal.deliver(1)
    with pytest.raises(Refused, match="milestone-state"):
        deal.refuse(1, " ")
    deal.refuse(1)
    assert deal.now().stones[0].state == "open"
    deal.done(1)
    deal.refuse(1, "验收有误")
    claim = claim_of(deal, 1)
    assert claim is not None
    assert claim.state == claims.VOID
    deal.done(1)
    claim = claim_of(deal, 1)
    assert claim is not None
    assert (claim.state, claim.fen) == (claims.OPEN, 60000)
    deal.move(1, "600.00")
    with pytest.raises(Refused, match="先冲销"):
        deal.refuse(1)


def test_days_late_count_until_acceptance(firm: House) -> None:
    deal = Deal(firm)  # due on the 3rd and the 4th
    deal.deliver(1, date(2026, 3, 5))
    deal.accept(1, date(2026, 3, 5))
    one = deal.now()
    assert [stone.days_late for stone in one.stones] == [
        2, (firm.now.date() - date(2026, 3, 4)).days,
    ]  # fmt: skip
    assert one.days_late == one.stones[1].days_late


# ---- amending ----------------------------------------------------------------------------------


def test_an_amendment_is_a_version_that_another_person_confirms(firm: House) -> None:
    deal = Deal(firm)
    deal.done(1)
    deal.move(1, "600.00")
    with pytest.raises(Refused, match="原因"):
        deal.amend(terms("600.00", "900.00"))
    with pytest.raises(Refused, match="不再改变"):
        deal.amend(terms("500.00", "900.00", reason="追加"))
    deal.amend(terms("600.00", "900.00", "100.00", reason="追加一期"))
    assert deal.now().version.version == 1
    deal.confirm()
    one = deal.check()
    assert (one.version.version, one.version.fen) == (2, 160000)
    assert one.stones[0].moved_fen == 60000
    deal.done(3)
    deal.move(3, "100.00")
    deal.check()


def test_a_version_is_confirmed_only_if_it_still_fits_what_happened(firm: House) -> None:
    deal = Deal(firm, "buyer", advance=HALF)
    deal.amend(terms("300.00", "400.00", account=ACTIVITY, advance=HALF, reason="减少"))
    deal.move(1, "300.00")
    with pytest.raises(Refused, match="不再改变"):
        deal.confirm()
    signing.withdraw(firm.registry, UNIT, deal.code, firm.maker, firm.now)
    assert deal.check().version.fen == 100000


def test_a_contract_that_is_over_pays_nobody(firm: House) -> None:
    deal = Deal(firm)
    deal.done(1)
    draft = deal.propose(1, "100.00")
    with pytest.raises(Refused, match="drafts-wait"):
        deal.close()
    workflow.withdraw(firm.registry, draft, firm.maker, firm.now)
    deal.close()
    one = deal.check()
    assert (one.state, one.outstanding_fen, one.days_late) == ("closed", 0, 0)
    with pytest.raises(Refused, match="contract-not-open"):
        deal.propose(1, "100.00")
    claim = claim_of(deal, 1)
    assert claim is not None
    assert claim.state == claims.VOID


def test_a_contract_entered_late_stands_from_its_signing_an_amendment_from_its_confirming(
    firm: House,
) -> None:
    """What moved in a month is on the month's ledger, even if its contract was entered later."""
    deal = Deal(firm)
    deal.done(1)
    deal.move(1, "600.00")
    deal.amend(terms("600.00", "900.00", reason="追加"))
    deal.confirm()
    before = stands(firm.registry, UNIT, date(2026, 3, 4))
    assert [(one.version.version, one.moved_fen, one.state) for one in before] == [
        (1, 60000, "open")
    ]
    assert stands(firm.registry, UNIT, date(2026, 2, 28)) == []
    assert deal.check().version.fen == 150000


def test_what_moved_before_an_amendment_was_signed_is_still_read(firm: House) -> None:
    """An amendment carries its own day of signing; the contract began with the first version's."""
    deal = Deal(firm, "supplier", "600.00", "400.00", advance=HALF, signed=date(2026, 2, 1))
    deal.move(1, "100.00", date(2026, 2, 10))
    deal.amend(terms("600.00", "400.00", advance=HALF, signed=date(2026, 3, 1), reason="改期"))
    deal.confirm()
    assert (deal.check().moved_fen, deal.now().outstanding_fen) == (100_00, 900_00)


# ---- laws --------------------------------------------------------------------------------------

_DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["deliver", "accept", "refuse", "move", "move", "reverse", "amend"]),
        st.integers(1, 3), st.sampled_from(["50.00", "100.00", "300.00", "300.01"]),
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["supplier", "buyer"]), st.sampled_from([0, 10, 50]), _DEEDS)
def test_whatever_is_done_in_whatever_order_nothing_moves_unaccepted(
    role: str, percent: int, deeds: list[tuple[str, int, str]]
) -> None:
    with TemporaryDirectory() as place:
        house = build_house(Path(place) / "federation", url="sqlite:///registry.db", now=NOW)
        open_services(house)
        house.post(house.draft("5000.00"))
        deal = Deal(
            house, role, "300.00", "100.00", "300.00", advance=Fraction(percent, 100)
        )  # fmt: skip
        posted = []
        for name, number, amount in deeds:
            if name == "move":
                with suppress(Refused):
                    posted.append(deal.move(number, amount))
            elif name == "reverse" and posted:
                deal.house.reverse(posted.pop(), DAY)
            elif name == "amend":
                more = terms(
                    "300.00", "100.00", "300.00", amount, reason="追加",
                    advance=Fraction(percent, 100), account=deal.now().version.account,
                )  # fmt: skip
                tried(deal.amend, more) and tried(deal.confirm)
            elif name != "reverse":
                tried(getattr(deal, name), number)
            deal.check()
        before = deal.check()
        # The book alone says the same: what is kept beside it is summed anew.
        rebuild.journal_from_text(house.registry, UNIT, house.maker.id, house.now)
        assert deal.check().moved_fen == before.moved_fen
        with house.registry.write() as conn:
            row = contracts.find(conn, UNIT, deal.code)
            assert row is not None
            from ledger.contracts.checking import facts_of

            assert sum(facts_of(conn, row).moved.values()) == before.moved_fen
        house.registry.close()


def test_a_payment_asks_as_much_of_a_long_contract_book_as_of_a_short_one(
    small_house: House,
) -> None:
    firm = small_house
    open_services(firm)
    firm.post(firm.draft("5000.00"))
    deal = Deal(firm, "buyer")
    deal.done(1)
    counts: list[int] = []

    def pay() -> None:
        with asked(firm.registry) as heard:
            deal.move(1, "1.00")
        counts.append(len(heard))

    pay()  # the first payment of a month begins its numbers
    pay()
    for place in range(30):
        firm.post(firm.draft(f"{place + 1}.00"))
    pay()
    assert counts[1] == counts[2]


# ---- the statement -----------------------------------------------------------------------------


def test_every_figure_of_the_contract_ledger_opens(firm: House) -> None:
    deal = Deal(firm)
    deal.done(1)
    deal.move(1, "600.00")
    deal.cost("100.00")
    period = Period.parse("2026-03")
    source = known_source(firm.registry, UNIT, "contracts", period)
    statement = catalogue.build("contracts", source, period)
    row = next(line for line in statement.lines if line.code == deal.code)
    assert [cell.text for cell in row.cells if isinstance(cell, Money)] == [
        "1000.00", "600.00", "600.00", "100.00", "500.00", "400.00",
    ]  # fmt: skip
    assert every_figure_opens(source, statement)
