"""What is in the budget is entered twice in one voucher: the rule proposes the second half.

One worked example for each event of the rule; what no rule covers is asked and never guessed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import book, checking, workflow
from ledger.chart import load_chart
from ledger.draft_text import draft_from_json
from ledger.entry import Draft, Lot, Posting, Voucher
from ledger.errors import Refused
from ledger.fiscal.completing import without_half
from ledger.fiscal.parallel import propose_half
from ledger.fundcheck import FundLine
from ledger.money import Money, yuan
from ledger.parallelcheck import parallel_findings
from ledger.registry import drafts, entries
from ledger.rules.rulebook import Rulebook, shipped
from ledger.rules.spending_tables import ParallelTable
from ledger.rules.table import Place
from tests.conftest import NOW, new_database
from tests.fiscal import unit as gov
from tests.fiscal.unit import entry, half
from tests.house import House, build_house

TABLE = Rulebook(shipped()).in_force(ParallelTable, "parallel", date(2026, 3, 1), Place())
MIRRORS = load_chart(gov.CHART).mirrors

DATA = Path(__file__).parents[2] / "ledger" / "rules" / "data"

Lines = tuple[tuple[str, str], ...]


@pytest.fixture
def office(house: House) -> House:
    """The house with a unit under government accounting, and money in its funds."""
    gov.found(house)
    return house


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The same for tests that only propose: what is proposed is withdrawn, and nothing posted."""
    folder = tmp_path_factory.mktemp("fiscal") / "federation"
    house = build_house(folder, url=new_database(request), now=NOW)
    request.addfinalizer(house.registry.close)
    gov.found(house)
    return house


def proposed(office: House, draft: Draft) -> Draft:
    """The draft as it waits for a checker; then it is withdrawn."""
    id = workflow.propose(office.registry, draft, office.maker, office.now)
    with office.registry.read() as conn:
        row = drafts.find(conn, id)
    assert row is not None
    workflow.withdraw(office.registry, id, office.maker, office.now)
    return draft_from_json(row.payload)


def refusal(office: House, draft: Draft) -> Refused:
    with pytest.raises(Refused) as caught:
        workflow.propose(office.registry, draft, office.maker, office.now)
    return caught.value


# ---- the events of the rule --------------------------------------------------------------------


EVENTS: dict[str, tuple[Lines, dict[str, str]]] = {
    "an allocation into the bank": (
        ((gov.BANK, "500.00"), (gov.ALLOCATION, "-500.00")),
        {gov.B_MONEY: "500.00", gov.B_FISCAL: "-500.00"},
    ),
    "an allocation as quota": (
        ((gov.QUOTA, "500.00"), (gov.ALLOCATION, "-500.00")),
        {gov.B_QUOTA: "500.00", gov.B_FISCAL: "-500.00"},
    ),
    "spending from the bank": (
        ((gov.WORK, "80.00"), (gov.BANK, "-80.00")),
        {gov.B_SPENT: "80.00", gov.B_MONEY: "-80.00"},
    ),
    "spending of quota": (
        ((gov.WORK, "80.00"), (gov.QUOTA, "-80.00")),
        {gov.B_SPENT: "80.00", gov.B_QUOTA: "-80.00"},
    ),
    "administrative expenses, which only institutions have": (
        ((gov.OFFICE, "80.00"), (gov.BANK, "-80.00")),
        {gov.B_WORK: "80.00", gov.B_MONEY: "-80.00"},
    ),
    "spending that the treasury pays directly": (
        ((gov.WORK, "80.00"), (gov.ALLOCATION, "-80.00")),
        {gov.B_SPENT: "80.00", gov.B_FISCAL: "-80.00"},
    ),
    "goods bought": (
        ((gov.STOCK, "30.00"), (gov.BANK, "-30.00")),
        {gov.B_SPENT: "30.00", gov.B_MONEY: "-30.00"},
    ),
    "goods used up": (((gov.WORK, "30.00"), (gov.STOCK, "-30.00")), {}),
    "what is owed": (((gov.WORK, "60.00"), (gov.PAYABLE, "-60.00")), {}),
    "a debt that is paid": (
        ((gov.PAYABLE, "60.00"), (gov.BANK, "-60.00")),
        {gov.B_SPENT: "60.00", gov.B_MONEY: "-60.00"},
    ),
    "paid in part, owed in part": (
        ((gov.WORK, "100.00"), (gov.BANK, "-60.00"), (gov.PAYABLE, "-40.00")),
        {gov.B_SPENT: "60.00", gov.B_MONEY: "-60.00"},
    ),
    "a prepayment": (
        ((gov.PREPAID, "50.00"), (gov.BANK, "-50.00")),
        {gov.B_SPENT: "50.00", gov.B_MONEY: "-50.00"},
    ),
    "a prepayment settled, the rest paid": (
        ((gov.WORK, "80.00"), (gov.PREPAID, "-50.00"), (gov.BANK, "-30.00")),
        {gov.B_SPENT: "30.00", gov.B_MONEY: "-30.00"},
    ),
    "unused quota cancelled at the year's end": (
        ((gov.RETURN, "20.00"), (gov.QUOTA, "-20.00")),
        {gov.B_RETURN: "20.00", gov.B_QUOTA: "-20.00"},
    ),
    "quota that was not released by the year's end": (
        ((gov.RETURN, "20.00"), (gov.ALLOCATION, "-20.00")),
        {gov.B_RETURN: "20.00", gov.B_FISCAL: "-20.00"},
    ),
    "quota restored": (
        ((gov.QUOTA, "20.00"), (gov.RETURN, "-20.00")),
        {gov.B_QUOTA: "20.00", gov.B_RETURN: "-20.00"},
    ),
    "agency money": (((gov.BANK, "90.00"), (gov.AGENT, "-90.00")), {}),
    "things held as agent": (((gov.HELD, "90.00"), (gov.AGENT, "-90.00")), {}),
    "an allocation from another level": (
        ((gov.BANK, "40.00"), (gov.LEVEL, "-40.00")),
        {gov.B_MONEY: "40.00", gov.B_LEVEL: "-40.00"},
    ),
    "a gift of money": (
        ((gov.BANK, "40.00"), (gov.GIFT, "-40.00")),
        {gov.B_MONEY: "40.00", gov.B_GIFT: "-40.00"},
    ),
    "a gift in kind": (((gov.STOCK, "40.00"), (gov.GIFT, "-40.00")), {}),
    "cash drawn from the bank": (((gov.CASH, "10.00"), (gov.BANK, "-10.00")), {}),
    "cash drawn from the quota": (
        ((gov.CASH, "10.00"), (gov.QUOTA, "-10.00")),
        {gov.B_MONEY: "10.00", gov.B_QUOTA: "-10.00"},
    ),
    "an advance to staff": (((gov.ADVANCE, "10.00"), (gov.BANK, "-10.00")), {}),
    "a deposit taken": (((gov.BANK, "10.00"), (gov.OTHERS, "-10.00")), {}),
    "income carried over": (((gov.ALLOCATION, "10.00"), (gov.SURPLUS, "-10.00")), {}),
}


@pytest.mark.parametrize("event", EVENTS)
def test_the_half_of_each_event_is_the_rules(shared: House, event: str) -> None:
    lines, wanted = EVENTS[event]
    found = proposed(shared, entry(*lines))
    assert half(found) == wanted
    if wanted:
        assert dict(found.meta) == {"parallel": "government-parallel@2019"}


def test_a_public_institution_spends_on_another_account(house: House) -> None:
    gov.found(house, "public-institution")
    found = proposed(house, entry((gov.WORK, "80.00"), (gov.BANK, "-80.00")))
    assert half(found) == {gov.B_WORK: "80.00", gov.B_MONEY: "-80.00"}


def test_a_fixed_asset_bought_piece_by_piece_is_spending(shared: House) -> None:
    lot = Lot(Decimal(1), "FA-00001", yuan("3000.00"))
    draft = entry((gov.BUILDING, "1.00"), (gov.BANK, "-1.00"))
    lines = (
        Posting(gov.THINGS, lot.weight, gov.FISCAL, (), lot),
        Posting(gov.BANK, -lot.weight, gov.FISCAL),
    )
    found = proposed(shared, Draft(gov.GOV, draft.day, "付", "电脑", lines))
    assert half(found) == {gov.B_SPENT: "3000.00", gov.B_MONEY: "-3000.00"}


def test_agency_money_says_why_it_has_no_half(shared: House) -> None:
    found = proposed(shared, entry((gov.BANK, "90.00"), (gov.AGENT, "-90.00")))
    assert dict(found.meta)["outside-budget"] == "受托代理（government-parallel@2019）"


def test_income_and_agency_money_in_one_voucher_are_told_apart(shared: House) -> None:
    draft = entry((gov.BANK, "100.00"), (gov.LEVEL, "-70.00"), (gov.AGENT, "-30.00"))
    found = proposed(shared, draft)
    assert half(found) == {gov.B_MONEY: "70.00", gov.B_LEVEL: "-70.00"}
    assert "受托代理" in dict(found.meta)["outside-budget"]


def test_each_fund_of_a_voucher_has_a_half_of_its_own(shared: House) -> None:
    lines = tuple(
        Posting(account, yuan(amount), fund)
        for fund in (gov.FISCAL, gov.OTHER)
        for account, amount in ((gov.WORK, "5.00"), (gov.BANK, "-5.00"))
    )
    found = proposed(shared, Draft(gov.GOV, date(2026, 3, 5), "付", "两项资金", lines))
    own = [(p.fund, p.amount.text) for p in found.postings if p.account == gov.B_SPENT]
    assert own == [(gov.FISCAL, "5.00"), (gov.OTHER, "5.00")]


# ---- what nobody may guess ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (((gov.BANK, "10.00"), (gov.NET, "-10.00")), "3001"),  # an opening balance
        (((gov.BANK, "10.00"), (gov.WORK, "-10.00")), "5001"),  # of this year, or of an earlier one
        (((gov.OTHERS, "10.00"), (gov.BANK, "-10.00")), "2307"),
        (((gov.WORK, "10.00"), (gov.ADVANCE, "-10.00")), "1218"),  # no money moves, and yet
    ],
)
def test_what_no_rule_covers_is_asked(shared: House, lines: Lines, named: str) -> None:
    (fault,) = refusal(shared, entry(*lines)).findings
    assert fault.rule == "budgetary-asked"
    assert named in fault.what.zh and named in fault.what.en
    assert "outside-budget" in fault.remedy.en


def test_a_person_answers_with_a_half_or_with_a_reason(shared: House) -> None:
    lines = ((gov.WORK, "10.00"), (gov.ADVANCE, "-10.00"))
    said = proposed(shared, entry(*lines, (gov.B_SPENT, "10.00"), (gov.B_MONEY, "-10.00")))
    assert half(said) == {gov.B_SPENT: "10.00", gov.B_MONEY: "-10.00"}
    reason = proposed(shared, entry(*lines, outside_budget="上年已记支出", narration="又一笔"))
    assert half(reason) == {}


def test_without_the_units_kind_nobody_knows_what_spending_is(house: House) -> None:
    gov.found(house, "")
    (fault,) = refusal(house, entry((gov.WORK, "10.00"), (gov.BANK, "-10.00"))).findings
    assert fault.rule == "unit-kind-unknown"
    assert "administrative-unit" in fault.remedy.zh and "public-institution" in fault.remedy.en


def test_no_rule_is_loaded_before_the_rule_began(house: House) -> None:
    from ledger.fiscal.completing import completed_each

    gov.found(house)
    draft = entry((gov.BANK, "5.00"), (gov.ALLOCATION, "-5.00"), day=date(2018, 12, 31))
    with house.registry.read() as conn:
        ((same, faults),) = completed_each(conn, house.registry, [draft])
    assert same == draft
    assert [fault.rule for fault in faults] == ["no-rule-loaded"]


def test_a_voucher_that_settles_what_fits_several_is_asked(shared: House) -> None:
    draft = entry(
        (gov.WORK, "50.00"), (gov.OFFICE, "50.00"), (gov.BANK, "-60.00"), (gov.PAYABLE, "-40.00")
    )
    (fault,) = refusal(shared, draft).findings
    assert (fault.rule, "分成几张" in fault.remedy.zh) == ("budgetary-asked", True)


def test_a_local_table_enters_gifts_on_an_account_of_their_own(office: House) -> None:
    from ledger.founding import open_accounts
    from ledger.journal import open_pen

    folder = office.registry.folder / "rules"
    folder.mkdir()
    text = (
        (DATA / "government.toml").read_text(encoding="utf-8").replace("660902", "6603")
        .replace('version = "2019"', 'version = "2026"')
    )  # fmt: skip
    (folder / "government.toml").write_text(text, encoding="utf-8")
    gift = entry((gov.BANK, "40.00"), (gov.GIFT, "-40.00"))
    assert [fault.rule for fault in refusal(office, gift).findings] == ["budgetary-not-open"]
    own = f"{gov.B}:6603-捐赠预算收入"
    with open_pen(office.registry, gov.GOV, office.now) as pen:
        open_accounts(pen, [entries.AccountRow(own, "Gifts", "CNY", False, gov.OPENED, None)])
    found = proposed(office, gift)
    assert half(found) == {gov.B_MONEY: "40.00", own: "-40.00"}
    assert dict(found.meta)["parallel"] == "government-parallel@2026"


# ---- what is refused, and found in a written book ----------------------------------------------


def test_a_half_that_does_not_balance_alone_is_refused_even_if_the_voucher_does(
    shared: House,
) -> None:
    draft = entry((gov.BANK, "10.00"), (gov.ALLOCATION, "-9.00"), (gov.B_FISCAL, "-1.00"))
    (fault,) = refusal(shared, draft).findings
    assert fault.rule == "budgetary-unbalanced"


def test_a_half_in_another_fund_is_refused(shared: House) -> None:
    lines = (
        Posting(gov.BANK, yuan("10.00"), gov.FISCAL),
        Posting(gov.ALLOCATION, yuan("-9.00"), gov.FISCAL),
        Posting(gov.B_MONEY, yuan("-1.00"), gov.FISCAL),
        Posting(gov.BANK, yuan("-1.00"), gov.OTHER),
        Posting(gov.B_MONEY, yuan("1.00"), gov.OTHER),
    )
    draft = Draft(gov.GOV, date(2026, 3, 5), "收", "错", lines, meta=(("decision", "示"),))
    rules = [fault.rule for fault in refusal(shared, draft).findings]
    assert rules == ["budgetary-unbalanced", "budgetary-unbalanced"]


def test_a_half_that_says_another_amount_or_another_kind_of_money_is_refused(
    shared: House,
) -> None:
    paid = ((gov.WORK, "10.00"), (gov.BANK, "-10.00"))
    for wrong in (
        ((gov.B_SPENT, "9.00"), (gov.B_MONEY, "-9.00")),
        ((gov.B_SPENT, "10.00"), (gov.B_QUOTA, "-10.00")),
    ):
        faults = refusal(shared, entry(*paid, *wrong)).findings
        assert {fault.rule for fault in faults} == {"budgetary-differs"}


def test_what_moved_in_foreign_money_is_told_in_that_money() -> None:
    lines = [
        FundLine(account, gov.FISCAL, "USD", fen)
        for account, fen in (
            (gov.WORK, 10_00), (gov.BANK, -10_00), (gov.B_SPENT, 9_00), (gov.B_MONEY, -9_00),
        )
    ]  # fmt: skip
    (fault,) = parallel_findings(lines, (), MIRRORS)
    assert fault.rule == "budgetary-differs"
    for words in (fault.what.zh, fault.what.en):
        assert str(Money(-9_00, "USD")) in words
        assert words.endswith(str(Money(-10_00, "USD")))


def test_a_budgetary_account_does_not_stand_in_other_books(house: House) -> None:
    draft = house.draft()
    extra = (
        Posting(gov.B_MONEY, yuan("1.00"), "F01"),
        Posting(gov.B_FISCAL, yuan("-1.00"), "F01"),
    )
    bad = Draft(draft.unit, draft.day, draft.kind, "错", (*draft.postings, *extra))
    assert {fault.rule for fault in refusal(house, bad).findings} == {"account-not-open"}


def test_a_draft_that_was_let_in_without_its_half_is_refused_when_it_is_approved(
    office: House,
) -> None:
    """Checks stand in the posting path: a draft that nobody completed becomes no voucher."""
    whole = proposed(office, entry((gov.BANK, "5.00"), (gov.ALLOCATION, "-5.00")))
    bare = Draft(whole.unit, whole.day, whole.kind, "无", whole.postings[:2])
    from ledger import posting

    with office.registry.read() as conn:
        (fault,) = posting.check(conn, office.registry, bare)
    assert fault.rule == "budgetary-missing"
    assert "outside-budget" in fault.remedy.zh


def test_a_reversal_takes_both_halves_back(office: House) -> None:
    voucher = office.post(entry((gov.BANK, "5.00"), (gov.ALLOCATION, "-5.00")))
    back = office.reverse(voucher, date(2026, 3, 6), "填错")
    assert half(back.draft) == {gov.B_MONEY: "-5.00", gov.B_FISCAL: "5.00"}
    assert not [f for f in checking.check_unit(office.registry, gov.GOV) if f.severity == "error"]


def test_the_size_of_a_voucher_counts_its_money_once(office: House) -> None:
    """Above 10,000.00 two checkers sign; 9,000.00 entered in both halves is not above it."""
    id = workflow.propose(
        office.registry, entry((gov.BANK, "9000.00"), (gov.ALLOCATION, "-9000.00")), office.maker,
        office.now,
    )  # fmt: skip
    assert isinstance(workflow.approve(office.registry, id, office.checker, office.now), Voucher)
    assert not book.check_in_child(gov_folder(office))


def gov_folder(office: House) -> Path:
    return office.registry.folder / "units" / gov.GOV


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (gov.ALLOCATION, gov.B_FISCAL, "budgetary-unbalanced"),
        (gov.B_MONEY, gov.B_QUOTA, "budgetary-differs"),
    ],
)
def test_an_altered_half_is_found_in_the_written_book(
    office: House, old: str, new: str, rule: str
) -> None:
    office.post(entry((gov.BANK, "5.00"), (gov.ALLOCATION, "-5.00")))
    assert not book.check_in_child(gov_folder(office))
    path = gov_folder(office) / "2026" / "03.bean"
    text = path.read_text(encoding="utf-8")
    assert old in text, text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(rule in str(fault) for fault in book.check_in_child(gov_folder(office)))


def test_a_half_cut_out_of_the_written_book_is_found(office: House) -> None:
    office.post(entry((gov.BANK, "5.00"), (gov.ALLOCATION, "-5.00")))
    path = gov_folder(office) / "2026" / "03.bean"
    kept, skip = [], False
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        skip = line.startswith(f"  {gov.B}") or (skip and line.startswith("    "))
        if not skip:
            kept.append(line)
    path.write_text("".join(kept), encoding="utf-8")
    assert any(
        "budgetary-missing" in str(fault) for fault in book.check_in_child(gov_folder(office))
    )


# ---- laws --------------------------------------------------------------------------------------

ACCOUNTS = (
    gov.CASH, gov.BANK, gov.QUOTA, gov.RETURN, gov.ALLOCATION, gov.LEVEL, gov.GIFT, gov.INTEREST,
    gov.WORK, gov.OFFICE, gov.STOCK, gov.PAYABLE, gov.PREPAID, gov.ADVANCE, gov.AGENT, gov.OTHERS,
    gov.DEPRECIATION, gov.SURPLUS,
)  # fmt: skip


def test_income_of_the_budget_that_is_only_owed_back_is_asked() -> None:
    lines = [
        FundLine(gov.ALLOCATION, "F01", "CNY", 1_00), FundLine(gov.PAYABLE, "F01", "CNY", -1_00),
    ]  # fmt: skip
    found = propose_half(lines, TABLE, MIRRORS, {gov.KIND})
    assert [one.rule for one in found.unknown] == ["budgetary-asked"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(ACCOUNTS), st.sampled_from(("F01", "F02")),
            st.integers(-(10**9), 10**9).filter(bool), st.sampled_from(ACCOUNTS),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_whatever_is_proposed_passes_the_check_or_is_asked(
    pairs: list[tuple[str, str, int, str]],
) -> None:
    """Any balanced voucher: its half balances by itself and says exactly the money that moved."""
    lines = [
        FundLine(account, fund, "CNY", signed)
        for one, fund, fen, other in pairs
        for account, signed in ((one, fen), (other, -fen))
    ]
    found = propose_half(lines, TABLE, MIRRORS, {gov.KIND})
    if found.unknown:
        return
    names = {
        account.code: load_chart(gov.CHART).book_name(account)
        for account in load_chart(gov.CHART).accounts
    }
    added = [FundLine(names[line.code], line.fund, line.currency, line.fen) for line in found.lines]
    meta = {"outside-budget"} if found.outside else set()
    assert parallel_findings([*lines, *added], meta, MIRRORS) == []
    assert Money(sum(line.fen for line in added)) == Money(0)


def test_imported_drafts_get_their_halves_and_what_no_rule_covers_stays_a_question(
    office: House,
) -> None:
    """Many drafts of a statement: one is in the budget, one is asked, one is agency money."""
    lines = (
        ((gov.BANK, "5.00"), (gov.LEVEL, "-5.00")),
        ((gov.BANK, "6.00"), (gov.WORK, "-6.00")),
        ((gov.BANK, "7.00"), (gov.AGENT, "-7.00")),
    )
    imported = [
        replace(entry(*pair), source=f"bank:{place}") for place, pair in enumerate(lines, start=1)
    ]
    with office.registry.write() as conn:
        first, asked, agency = workflow.propose_each(
            conn, office.registry, imported, office.maker.id, office.now
        )
    assert isinstance(asked, list) and [fault.rule for fault in asked] == ["budgetary-asked"]
    waiting = {one.id: one.draft for one in workflow.waiting(office.registry, gov.GOV)}
    assert half(waiting[str(first)]) == {gov.B_MONEY: "5.00", gov.B_LEVEL: "-5.00"}
    assert half(waiting[str(agency)]) == {}


def test_a_draft_that_is_corrected_gets_its_half_anew(office: House) -> None:
    id = workflow.propose(
        office.registry, entry((gov.WORK, "5.00"), (gov.BANK, "-5.00")), office.maker, office.now
    )
    before = without_half(workflow.find_waiting(office.registry, id).draft)
    assert before.meta == () and len(before.postings) == 2
    after = replace(before, postings=entry((gov.WORK, "8.00"), (gov.BANK, "-8.00")).postings)
    workflow.amend(office.registry, id, after, office.maker, office.now)
    found = workflow.find_waiting(office.registry, id).draft
    assert half(found) == {gov.B_SPENT: "8.00", gov.B_MONEY: "-8.00"}


def test_a_half_that_a_person_entered_is_not_taken_out_for_a_correction(shared: House) -> None:
    own = entry(
        (gov.WORK, "5.00"), (gov.BANK, "-5.00"), (gov.B_SPENT, "5.00"), (gov.B_MONEY, "-5.00")
    )
    assert without_half(proposed(shared, own)) == own
