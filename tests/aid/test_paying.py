"""Aid is entered by one, approved by another, and its draft names a batch and nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ledger import book, reversing, workflow
from ledger.aid import review
from ledger.aid.paying import preview
from ledger.draft_text import draft_from_json
from ledger.entry import Draft, Posting, Voucher
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.money import yuan
from ledger.registry import aid, drafts, oplog, persons
from tests.aid.world import (
    CHEN,
    DECISION,
    LIU,
    MARCH,
    OTHER,
    SECRETS,
    WANG,
    World,
    by_number,
    person,
    to,
)  # fmt: skip
from tests.asked import asked
from tests.house import ACTIVITY, BANK, DUES, OFFICE, UNIT


def rules(world: World, refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [found.rule for found in refused.value.findings]


def states(world: World, unit: str = UNIT) -> list[str]:
    with world.registry.read() as conn:
        return [one.state for one in aid.of_unit(conn, unit)]


def test_a_batch_is_one_voucher_with_a_posting_for_each_kind(world: World) -> None:
    paid = world.pay(
        by_number("0001", line=1), to(LIU, "illness", "1200.00", line=2),
        to(CHEN, "hardship", "500.00", line=3),
    )  # fmt: skip
    assert paid.batch.startswith("BF2026-0001-")
    assert [code[:11] for code in paid.codes] == ["BZ2026-0001", "BZ2026-0002", "BZ2026-0003"]
    assert [row.known for row in paid.preview.rows] == ["member", "new", "new"]
    assert states(world) == ["waiting"] * 3
    voucher = world.approve(paid)
    assert [(p.amount.text, dict(p.meta).get("kind")) for p in voucher.draft.postings] == [
        ("1300.00", "hardship"), ("1200.00", "illness"), ("-2500.00", None),
    ]  # fmt: skip
    assert all(
        dict(p.meta)["aid"] == paid.batch and dict(p.meta)["decision"] == DECISION
        for p in voucher.draft.postings[:2]
    )
    assert states(world) == ["posted"] * 3
    assert book.check_in_child(world.house.folder) == []


def test_the_maker_never_approves_and_above_the_limit_two_check(world: World) -> None:
    paid = world.pay(to(LIU, amount="10000.01"))
    with pytest.raises(NotAllowed):
        workflow.approve(world.registry, paid.draft, world.house.maker, world.house.now)
    first = workflow.approve(world.registry, paid.draft, world.house.checker, world.house.now)
    assert isinstance(first, workflow.Waiting) and first.needed == 2
    done = workflow.approve(world.registry, paid.draft, world.house.second, world.house.now)
    assert isinstance(done, Voucher)


def test_who_may_not_record_pays_nothing_and_looks_at_nothing(world: World) -> None:
    for user in (world.house.checker, world.house.reader, world.house.administrator, world.maker):
        with pytest.raises(NotAllowed):
            world.pay(to(LIU), maker=user)
        with pytest.raises(NotAllowed):
            preview(world.registry, world.order(), [to(LIU)], user)
    assert states(world) == []


def test_a_preview_judges_every_row_and_enters_nothing(world: World) -> None:
    found = preview(
        world.registry, world.order(),
        [to(LIU, "gift"), to(CHEN, "condolence", reason="hospital", line=2), by_number("9", line=3),
         to(replace(LIU, phone="", identity=""), line=4)],
        world.house.maker,
    )  # fmt: skip
    assert [(one.rule, one.line) for one in found.findings if one.severity == "error"] == [
        ("aid-kind", 1), ("no-member", 3), ("no-recipient", 4),
    ]  # fmt: skip
    assert [one.rule for one in found.findings if one.severity == "warning"] == ["no-rule-loaded"]
    assert found.as_json()["limits"] == "no rule loaded"
    with world.registry.read() as conn:
        assert persons.find(conn, world.registry.vault, "name", LIU.name) == []
        assert all(act.action != "aid.pay" for act in oplog.entries(conn))


def test_a_refused_batch_leaves_no_person_and_no_row(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.pay(to(LIU), to(CHEN, "gift", line=2))
    assert rules(world, refused) == ["aid-kind"]
    with pytest.raises(Refused, match="fund-"):
        world.pay(to(LIU), fund="F99")
    with world.registry.read() as conn:
        assert persons.find(conn, world.registry.vault, "name", LIU.name) == []
        assert aid.of_unit(conn, UNIT) == []


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"decision": " "}, "bad-aid"),
        ({"money": DUES}, "bad-aid"),
        ({"money": "999"}, "bad-aid"),
        ({"accounts": {}}, "aid-account"),
        ({"accounts": {"": "777"}}, "aid-account"),
        ({"accounts": {"": BANK}}, "bad-aid"),
        ({"decision": f"同意补助{WANG.name}"}, "name-in-book"),
        ({"day": date(2027, 3, 5)}, "day-ahead"),
    ],
)
def test_what_is_wrong_with_a_batch_is_told_and_names_nobody(
    small_world: World, fields: dict[str, object], rule: str
) -> None:
    with pytest.raises(Refused) as refused:
        small_world.pay(to(LIU), **fields)  # type: ignore[arg-type]
    assert rule in rules(small_world, refused)
    assert not any(secret in str(refused.value) for secret in SECRETS)
    assert states(small_world) == []


def test_an_occasion_alone_says_its_kind_and_one_of_another_kind_is_none(
    small_world: World,
) -> None:
    paid = small_world.pay(to(LIU, "hospital"), to(CHEN, "慰问", reason="生日慰问", line=2))
    assert [(row.kind, row.reason) for row in paid.preview.rows] == [
        ("condolence", "hospital"), ("condolence", "birthday"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="aid-kind"):
        small_world.pay(to(LIU, "hardship", reason="hospital"))


def test_a_fund_with_a_purpose_is_never_overdrawn_by_aid(world: World) -> None:
    with pytest.raises(Refused, match="fund-overdrawn"):
        world.pay(to(LIU), fund="F03")
    world.house.post(world.house.draft("800.00", fund="F03", day=date(2026, 3, 4)))
    world.approve(world.pay(to(LIU), fund="F03"))
    with pytest.raises(Refused, match="fund-overdrawn"):
        world.pay(to(CHEN, amount="0.01"), fund="F03")


def test_a_bound_fund_pays_only_what_its_rule_permits(small_world: World) -> None:
    from ledger.binding import bind

    world = small_world
    bind(world.registry, UNIT, "F02", "party", world.house.maker, world.house.now, MARCH)
    paid = world.pay(to(LIU), fund="F02")
    voucher = world.approve(paid)
    assert dict(voucher.draft.postings[0].meta)["purpose"] == "hardship"
    with pytest.raises(Refused, match="purpose-missing"):
        world.pay(to(CHEN, "condolence", reason="festival"), fund="F02")
    with pytest.raises(Refused, match="use-not-permitted"):
        world.pay(to(CHEN), fund="F02", purpose="feast")


def test_the_same_list_twice_gives_one_batch_until_it_is_withdrawn(world: World) -> None:
    paid = world.pay(to(LIU), origin="list")
    with pytest.raises(Refused) as refused:
        world.pay(to(LIU), origin="list")
    assert rules(world, refused) == ["aid-entered"]
    workflow.withdraw(world.registry, paid.draft, world.house.maker, world.house.now)
    assert states(world) == ["withdrawn"]
    world.pay(to(LIU), origin="list")


def test_a_reversal_takes_the_payments_back(world: World) -> None:
    voucher = world.approve(world.pay(to(LIU)))
    draft = reversing.reverse(
        world.registry, UNIT, voucher.number, world.house.maker, world.house.now, day=MARCH,
        reason="发错",
    )  # fmt: skip
    assert states(world) == ["posted"]
    workflow.approve(world.registry, draft, world.house.checker, world.house.now)
    assert states(world) == ["reversed"]


# ---- what a draft may say of aid ---------------------------------------------------------------


def amended(draft: Draft, **changes: object) -> Draft:
    return replace(draft, **changes)  # type: ignore[arg-type]


def test_a_draft_corrected_away_from_its_batch_is_refused(world: World) -> None:
    paid = world.pay(to(LIU), to(CHEN, "illness", line=2))
    with world.registry.read() as conn:
        row = drafts.find(conn, paid.draft)
    assert row is not None
    draft = draft_from_json(row.payload)
    lines = draft.postings
    more = Posting(lines[0].account, yuan("801.00"), lines[0].fund, lines[0].meta)
    money = Posting(lines[2].account, yuan("-1601.00"), lines[2].fund)
    other = Posting(OFFICE, lines[0].amount, lines[0].fund, lines[0].meta)
    bare = Posting(lines[0].account, lines[0].amount, lines[0].fund)
    for changes in (
        {"postings": (more, lines[1], money)},
        {"postings": (other, *lines[1:])},
        {"postings": (bare, *lines[1:])},
        {"day": date(2026, 3, 6)},
    ):
        with pytest.raises(Refused, match="aid-differs"):
            workflow.amend(
                world.registry, paid.draft, amended(draft, **changes), world.house.maker,
                world.house.now,
            )  # fmt: skip
    workflow.amend(
        world.registry, paid.draft, amended(draft, narration="帮扶补助"), world.house.maker,
        world.house.now,
    )  # fmt: skip
    world.approve(paid)


def test_nobody_names_a_batch_in_a_draft_of_their_own(world: World) -> None:
    paid = world.pay(to(LIU))
    said = (("aid", paid.batch), ("kind", "hardship"))
    lines = (Posting(ACTIVITY, yuan("800.00"), "F01", said), Posting(BANK, yuan("-800.00"), "F01"))
    draft = Draft(UNIT, MARCH, "付", "补助", lines)
    with pytest.raises(Refused, match="aid-differs"):
        workflow.propose(world.registry, draft, world.house.maker, world.house.now)


def test_a_row_that_was_altered_is_found_before_it_is_posted(world: World) -> None:
    """An amount that somebody changes in the registry no longer fits the draft."""
    from sqlalchemy import update

    from ledger.registry.schema import aid_payment

    paid = world.pay(to(LIU))
    with world.registry.write() as conn:
        conn.execute(update(aid_payment).values(fen=900_00))
    with pytest.raises(Refused, match="aid-differs"):
        world.approve(paid)


# ---- who it was --------------------------------------------------------------------------------


def test_a_person_who_is_known_is_not_entered_again(world: World) -> None:
    world.pay(to(WANG), to(LIU, line=2))  # who gives a member's identity number means the member
    second = world.pay(to(LIU, "illness"), to(WANG, "illness", line=2))
    assert [row.known for row in second.preview.rows] == ["recipient", "member"]
    with world.registry.read() as conn:
        rows = aid.of_unit(conn, UNIT)
        assert len({one.row.recipient for one in rows}) == 2
        assert len(persons.find(conn, world.registry.vault, "name", LIU.name)) == 1


def test_a_number_with_somebody_elses_name_is_refused_and_tells_no_name(world: World) -> None:
    wrong = replace(by_number("0001"), data=replace(LIU))
    with pytest.raises(Refused) as refused:
        world.pay(wrong)
    assert rules(world, refused) == ["aid-name-differs"]
    with pytest.raises(Refused, match="aid-name-differs"):
        world.pay(to(replace(LIU, identity=WANG.identity)))
    assert not any(secret in str(refused.value) for secret in SECRETS)


def test_a_unit_does_not_open_what_another_knows_of_a_person(world: World) -> None:
    """The other union types a member's identity number under another name, and learns nothing."""
    paid = world.pay(to(replace(WANG, name="孙例丁", phone="", accounts=())), unit=OTHER)
    with world.registry.read() as conn:
        rows = aid.of_batch(conn, OTHER, paid.batch)
        (who,) = review.names(world.registry, conn, rows)
    assert who.data is not None
    assert (who.data.name, who.data.phone, who.data.accounts) == ("孙例丁", "", ())


def test_what_was_typed_of_a_known_person_is_forgotten_with_the_draft(world: World) -> None:
    account = "6222000000009999"
    typed = replace(by_number("0001"), data=replace(WANG, accounts=(account,)))
    paid = world.pay(typed)
    vault = world.registry.vault
    with world.registry.read() as conn:
        assert len(persons.find(conn, vault, "account", account)) == 1
        (who,) = review.names(world.registry, conn, aid.of_batch(conn, UNIT, paid.batch))
    assert (who.account, who.member) == (account, world.member)
    workflow.withdraw(world.registry, paid.draft, world.house.maker, world.house.now)
    with world.registry.read() as conn:
        assert persons.find(conn, vault, "account", account) == []
        assert persons.find(conn, vault, "phone", WANG.phone) != []  # that was known before


def test_erasing_a_person_leaves_book_and_totals(world: World) -> None:
    from ledger import checking

    paid = world.pay(to(LIU), to(CHEN, line=2))
    world.approve(paid)
    with world.registry.write() as conn:
        rows = aid.of_batch(conn, UNIT, paid.batch)
        first = review.names(world.registry, conn, rows)[0]
        persons.erase(conn, first.person)
    with world.registry.read() as conn:
        found = review.names(world.registry, conn, rows)
        assert found[0].data is None and found[0].account == ""
        assert found[1].data == CHEN
        assert sum(row.fen for row in rows) == 1600_00
        assert review.of_batch(world.registry, conn, UNIT, paid.batch, None)
    assert checking.check_unit(world.registry, UNIT) == []
    assert book.check_in_child(world.house.folder) == []


def test_a_batch_that_is_not_there_is_told(world: World) -> None:
    with world.registry.read() as conn, pytest.raises(CannotRun, match="no-aid"):
        review.of_batch(world.registry, conn, UNIT, "BF2026-0009-9", None)


def test_a_hundred_rows_ask_as_few_questions_as_ten(small_world: World) -> None:
    world = small_world
    counts = []
    for first, size in ((0, 10), (100, 100)):
        rows = [to(person(first + at), "condolence", "1.00", line=at) for at in range(size)]
        with asked(world.registry) as heard:
            world.pay(*rows, origin=str(size))
        counts.append(len(heard))
    assert counts[1] <= counts[0] + 2, counts
