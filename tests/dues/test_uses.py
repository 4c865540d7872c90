"""Bound funds: the purposes that a rule permits, and every way around them that was tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from beancount import loader
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import gate, posting, rebuild, reversing, workflow
from ledger.binding import bind
from ledger.bound_funds import bindings
from ledger.checking import check_unit
from ledger.entry import Draft, Posting, meta_of
from ledger.errors import NotAllowed, Refused
from ledger.money import yuan
from ledger.registry import entries
from ledger.usecheck import SpendLine, binding_of, use_findings
from tests.house import (
    ACTIVITY,
    ASSET_FUND,
    BANK,
    CASH,
    DUES,
    MACHINES,
    OFFICE,
    OPENING,
    PAYABLE,
    UNIT,
    House,
)

DAY = date(2026, 3, 5)


@pytest.fixture
def bound(house: House) -> House:
    """F01 holds 1,000 and is bound by the Party's rule of uses from March on; F02 is free."""
    return bind_f01(house)


@pytest.fixture
def small(small_house: House) -> House:
    return bind_f01(small_house)


def bind_f01(house: House) -> House:
    house.post(house.draft("1000.00", day=date(2026, 2, 1)))
    house.post(house.draft("500.00", fund="F02", day=date(2026, 2, 1)))
    bind(house.registry, UNIT, "F01", "party", house.maker, house.now, date(2026, 3, 1))
    return house


def lines(*of: tuple[str, str, str] | tuple[str, str, str, dict[str, str | None]]) -> Draft:
    """A draft of ``(account, amount, fund, metadata)``; debit positive."""
    postings = tuple(
        Posting(
            line[0], -yuan(line[1][1:]) if line[1].startswith("-") else yuan(line[1]), line[2],
            meta_of(line[3]) if len(line) > 3 else (),
        )
        for line in of
    )  # fmt: skip
    return Draft(UNIT, DAY, "付", "示例支出", postings)


def spend(purpose: str = "", account: str = OFFICE, fund: str = "F01") -> Draft:
    return lines((account, "10.00", fund, {"purpose": purpose or None}), (BANK, "-10.00", fund))


def rules(house: House, draft: Draft) -> set[str]:
    """What the posting path says of a draft; and that the plugin says the same of it."""
    with house.registry.read() as conn:
        said = {f.rule for f in posting.check(conn, house.registry, draft)}
    written = by_plugin(house, draft)
    assert said & USES == written & USES
    return said


USES = {"purpose-missing", "use-not-permitted", "purpose-differs", "use-transfer",
        "reversal-purpose"}  # fmt: skip


def by_plugin(house: House, draft: Draft) -> set[str]:
    """The rules that Beancount tells of, if somebody wrote this draft into the book's text."""
    texts = [
        path.read_text("utf-8")
        for name in ("chart.bean", "funds.bean")
        if (path := house.folder / name).is_file()
    ]
    texts += [path.read_text("utf-8") for path in sorted(house.folder.glob("2026/*.bean"))]
    written = [f'{draft.day} * "{draft.narration}"']
    written += [f'  {key}: "{text}"' for key, text in draft.meta]
    if draft.reverses:
        written.append(f'  reverses: "{draft.reverses}"')
    for line in draft.postings:
        written.append(f'  {line.account}  {line.amount}\n    fund: "{line.fund}"')
        written += [f'    {key}: "{text}"' for key, text in line.meta]
    whole = 'plugin "ledger.plugins.funds"\n' + "".join(texts) + "\n" + "\n".join(written) + "\n"
    _, errors, _ = loader.load_string(whole)
    return {word for e in errors for word in USES if f"[{word}]" in e.message}


def test_an_expense_names_a_permitted_purpose_and_its_article(bound: House) -> None:
    with bound.registry.read() as conn:
        (fault,) = posting.check(conn, bound.registry, spend("banquets"))
        (missing,) = posting.check(conn, bound.registry, spend())
    assert fault.rule == "use-not-permitted" and missing.rule == "purpose-missing"
    assert "中组发〔2008〕3号" in fault.what.zh and "第十九条（四）" in fault.remedy.zh
    bound.post(spend("hardship"))
    assert not check_unit(bound.registry, UNIT)


def test_the_account_says_the_purpose_where_the_chart_does(small_house: House) -> None:
    house = small_house
    house.post(house.draft("1000.00", day=date(2026, 2, 1)))
    bind(house.registry, UNIT, "F01", "union-levy", house.maker, house.now, date(2026, 3, 1))
    assert not rules(house, spend(account=ACTIVITY))
    assert rules(house, spend("rights", account=ACTIVITY)) == {"purpose-differs"}
    assert not rules(house, spend("activities", account=ACTIVITY))


def test_what_is_not_bound_is_as_it_was(small: House) -> None:
    assert not rules(small, spend(fund="F02"))
    assert not rules(small, spend("anything at all", fund="F02"))
    assert not rules(small, replace(spend(), day=date(2026, 2, 20)))


@pytest.mark.parametrize(
    ("name", "draft", "rule"),
    [
        ("negative income", lines((DUES, "10.00", "F01"), (BANK, "-10.00", "F01")),
         "purpose-missing"),
        ("net assets", lines((OPENING, "10.00", "F01", {"decision": "决议"}),
                             (BANK, "-10.00", "F01")), "purpose-missing"),
        ("a machine", lines((MACHINES, "10.00", "F01"), (BANK, "-10.00", "F01")),
         "purpose-missing"),
        ("another fund", lines(
            (BANK, "-10.00", "F01"), (OPENING, "10.00", "F01", {"decision": "决议"}),
            (BANK, "10.00", "F02"), (OPENING, "-10.00", "F02")), "use-transfer"),
        ("a loan to another fund", lines(
            (BANK, "-10.00", "F01"), (PAYABLE, "10.00", "F01", {"decision": "决议"}),
            (CASH, "10.00", "F02"), (PAYABLE, "-10.00", "F02")), "use-transfer"),
        ("an expense of another fund", lines(
            (BANK, "-10.00", "F01"), (OPENING, "10.00", "F01", {"decision": "决议"}),
            (OFFICE, "10.00", "F02"), (OPENING, "-10.00", "F02")), "use-transfer"),
        ("a crumb for another fund", lines(
            (BANK, "-10.00", "F01"), (OPENING, "10.00", "F01", {"decision": "决议"}),
            (BANK, "0.01", "F02"), (DUES, "-0.01", "F02")), "purpose-missing"),
        ("passed on to a restaurant", lines(
            (OFFICE, "10.00", "F01", {"purpose": "pass-on", "counter": "某酒楼"}),
            (BANK, "-10.00", "F01")), "use-not-permitted"),
        ("passed on by no rule and no decision", lines(
            (OFFICE, "10.00", "F01", {"purpose": "pass-on", "counter": "qinghe"}),
            (BANK, "-10.00", "F01")), "use-not-permitted"),
        ("passed on to nobody", lines(
            (OFFICE, "10.00", "F01", {"purpose": "pass-on"}), (BANK, "-10.00", "F01")),
         "use-not-permitted"),
        ("one purpose for two lines", lines(
            (OFFICE, "5.00", "F01", {"purpose": "training"}), (OFFICE, "5.00", "F01"),
            (BANK, "-10.00", "F01")), "purpose-missing"),
        ("the purpose on the bank's line", lines(
            (OFFICE, "10.00", "F01"), (BANK, "-10.00", "F01", {"purpose": "training"})),
         "purpose-missing"),
        ("a purpose in capitals", spend("Training"), "use-not-permitted"),
        ("the purpose's Chinese name", spend("培训党员"), "use-not-permitted"),
        ("a credit of no purpose's name", lines(
            (OFFICE, "-10.00", "F01", {"purpose": "banquets"}), (BANK, "10.00", "F01")),
         "use-not-permitted"),
        ("an unpaid bill", lines((OFFICE, "10.00", "F01"), (PAYABLE, "-10.00", "F01")),
         "purpose-missing"),
        ("an opening on another day", replace(lines(
            (OPENING, "10.00", "F01"), (BANK, "-10.00", "F01")), tags=("opening",)),
         "purpose-missing"),
    ],
)  # fmt: skip
def test_no_way_around_is_open(small: House, name: str, draft: Draft, rule: str) -> None:
    assert rule in rules(small, draft), name


UP: dict[str, str | None] = {
    "purpose": "pass-on", "counter": "qinghe", "remittance": "party/province",
}  # fmt: skip


@pytest.mark.parametrize(
    "draft",
    [
        lines((DUES, "10.00", "F01", {"claim": "HY2026-0001-1", "member": "m-7F3K2QXA5T"}),
              (BANK, "-10.00", "F01")),
        lines((DUES, "10.00", "F01", UP),
              (BANK, "-10.00", "F01")),
        lines((OFFICE, "10.00", "F01", UP),
              (BANK, "-10.00", "F01")),
        lines((CASH, "10.00", "F01"), (BANK, "-10.00", "F01")),
        lines((BANK, "10.00", "F01"), (DUES, "-10.00", "F01")),
        lines((OFFICE, "-10.00", "F01"), (BANK, "10.00", "F01")),
        # The year's end carries income and expenses over: no money moves.
        lines((DUES, "10.00", "F01"), (OFFICE, "-4.00", "F01"), (OPENING, "-6.00", "F01")),
        lines((OPENING, "4.00", "F01"), (OFFICE, "-4.00", "F01")),
        # A thing that an expense paid for, and its equity.
        lines((OFFICE, "10.00", "F01", {"purpose": "education-materials"}),
              (BANK, "-10.00", "F01"), (MACHINES, "10.00", "F01"), (ASSET_FUND, "-10.00", "F01")),
    ],
)  # fmt: skip
def test_what_is_no_spending_needs_no_purpose(small: House, draft: Draft) -> None:
    assert not rules(small, draft) & USES


def test_a_fund_of_the_same_rule_may_receive_by_decision(small: House) -> None:
    move = lines(
        (BANK, "-10.00", "F01"), (OPENING, "10.00", "F01", {"decision": "决议"}),
        (BANK, "10.00", "F03"), (OPENING, "-10.00", "F03"),
    )  # fmt: skip
    assert rules(small, move) == {"use-transfer"}
    bind(small.registry, UNIT, "F03", "party", small.maker, small.now, date(2026, 3, 1))
    assert not rules(small, move)
    assert "transfer-undecided" in rules(
        small,
        replace(move, postings=tuple(replace(p, meta=()) for p in move.postings)),
    )


def test_a_reversal_takes_back_the_purpose_with_the_money(bound: House) -> None:
    number = bound.post(spend("training")).number
    original = reversing.find_voucher(bound.registry, UNIT, number)
    back = reversing.reversal_of(original, DAY, "示例")
    forged = replace(
        back,
        postings=tuple(
            replace(p, meta=meta_of({"purpose": "hardship"})) if p.account == OFFICE else p
            for p in back.postings
        ),
    )
    assert rules(bound, forged) == {"reversal-purpose"}
    assert not rules(bound, back)
    bound.post(back)


def test_what_was_entered_before_a_fund_was_bound_can_still_be_taken_back(small: House) -> None:
    refund = lines((OFFICE, "-5.00", "F01"), (BANK, "5.00", "F01"))
    small.reverse(small.post(replace(refund, day=date(2026, 2, 10))), DAY, "示例")
    assert not check_unit(small.registry, UNIT)


def test_a_draft_that_waited_while_the_fund_was_bound_is_not_approved(small_house: House) -> None:
    house = small_house
    house.post(house.draft("1000.00", day=date(2026, 2, 1)))
    waits = workflow.propose(house.registry, spend(), house.maker, house.now)
    bind(house.registry, UNIT, "F01", "party", house.maker, house.now, date(2026, 3, 1))
    with pytest.raises(Refused, match="purpose-missing"):
        workflow.approve(house.registry, waits, house.checker, house.now)


def test_a_hand_written_draft_meets_the_same_refusal(small: House) -> None:
    text = (
        '2026-03-05 * "示例"\n'
        f'  {OFFICE}  10.00 CNY\n    fund: "F01"\n'
        f'  {BANK}  -10.00 CNY\n    fund: "F01"\n'
    )
    with small.registry.read() as conn:
        known = {name: row.currency for name, row in entries.accounts(conn, UNIT).items()}

    def propose(written: str) -> str:
        (draft,) = gate.read_foreign(
            written.encode(), unit=UNIT, source="accept:x", name="d.bean", accounts=known,
            funds=["F01"],
        )  # fmt: skip
        return workflow.propose(small.registry, draft, small.maker, small.now)

    with pytest.raises(Refused, match="purpose-missing"):
        propose(text)
    with pytest.raises(Refused):  # a binding is the program's to write
        propose(text + '2026-03-05 custom "fund-uses" "F01" "party" "x"\n')
    assert propose(text.replace('"F01"\n', '"F01"\n    purpose: "training"\n', 1))


def test_a_fund_is_bound_by_one_rule_from_a_day_that_nothing_contradicts(small: House) -> None:
    def refused(fund: str, rule: str, since: date = date(2026, 3, 1)) -> str:
        with pytest.raises(Refused) as told:
            bind(small.registry, UNIT, fund, rule, small.maker, small.now, since)
        return told.value.findings[0].rule

    assert refused("F01", "league") == "bad-binding"
    assert refused("F01", "party") == "bad-binding"
    assert refused("F77", "party") == "bad-binding"
    assert refused("F02", "party", date(2025, 1, 1)) == "bad-binding"
    assert refused("F02", "association") == "no-rule-loaded"
    small.post(spend(fund="F02"))
    assert refused("F02", "party") == "binding-breached"
    with pytest.raises(NotAllowed):
        bind(small.registry, UNIT, "F02", "party", small.checker, small.now, date(2026, 3, 6))
    bind(small.registry, UNIT, "F02", "party", small.maker, small.now, date(2026, 3, 6))
    with small.registry.read() as conn:
        assert [one.fund for one in bindings(conn, UNIT)] == ["F01", "F02"]


def test_a_rule_file_that_changes_later_changes_nothing_of_the_book(small: House) -> None:
    folder = small.registry.folder / "rules"
    folder.mkdir()
    (folder / "x.toml").write_text(
        '[[table]]\nkind = "uses"\nid = "own"\nversion = "1"\nrule = "party"\nname = "用途"\n'
        'name_en = "Uses"\nsource = "本地规定"\neffective_from = 2020-01-01\n'
        'confidence = "confirmed"\nuses = [{ id = "banquets", name = "宴请", '
        'name_en = "Banquets", article = "" }]\n',
        encoding="utf-8",
    )
    assert rules(small, spend("banquets")) == {"use-not-permitted"}
    bind(small.registry, UNIT, "F01", "party", small.maker, small.now, DAY)
    assert not rules(small, spend("banquets"))
    assert rules(small, spend("training")) == {"use-not-permitted"}
    assert not rules(small, replace(spend("training"), day=date(2026, 3, 4)))


def test_bindings_outlive_the_registry_and_are_found_altered(bound: House) -> None:
    bound.post(spend("training"))
    rebuild.journal_from_text(bound.registry, UNIT, bound.maker.id, bound.now)
    assert rules(bound, spend()) == {"purpose-missing"}
    assert not check_unit(bound.registry, UNIT)
    path: Path = bound.folder / "funds.bean"
    path.write_bytes(path.read_bytes().replace(b"use-training", b"use-banquets"))
    assert check_unit(bound.registry, UNIT)


ACCOUNTS: tuple[str, ...] = (BANK, CASH, OFFICE, ACTIVITY, DUES, OPENING, PAYABLE, MACHINES)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(ACCOUNTS), st.sampled_from(["F01", "F02", "F03"]),
            st.integers(-50, 50), st.sampled_from(["", "training", "banquets"]),
        ),
        min_size=2, max_size=8,
    )
)  # fmt: skip
def test_money_that_leaves_a_bound_fund_named_a_purpose_or_stayed_under_its_rule(
    drawn: list[tuple[str, str, int, str]],
) -> None:
    """Whatever a balanced voucher does: assets of F01 less what it owes fall by no more than its
    lines with a permitted purpose, and what F03, bound by the same rule, gains."""
    uses = {"training": "培训党员"}
    known = [
        binding_of(
            fund, "party", "t@1", date(2026, 1, 1), [(f"use-{u}", n) for u, n in uses.items()]
        )
        for fund in ("F01", "F03")
    ]
    of = [SpendLine(a, f, fen, {"purpose": p} if p else {}) for a, f, fen, p in drawn]
    for fund in ("F01", "F02", "F03"):
        gap = sum(line.fen for line in of if line.fund == fund)
        if gap:
            of.append(SpendLine(BANK, fund, -gap, {}))
    if use_findings(of, known, DAY, {MACHINES}):
        return
    moved = {
        fund: sum(
            line.fen for line in of
            if line.fund == fund and line.account.startswith(("Assets:", "Liabilities:"))
            and line.account != MACHINES
        )
        for fund in ("F01", "F02", "F03")
    }  # fmt: skip
    named = sum(
        line.fen for line in of
        if line.fund in ("F01", "F03") and line.fen > 0 and line.meta.get("purpose") in uses
        and line.account.startswith(("Expenses:", "Income:", "Assets:"))
    )  # fmt: skip
    assert moved["F01"] + moved["F03"] >= -named
