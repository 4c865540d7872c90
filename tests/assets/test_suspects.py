"""What looks wrong about assets in posted vouchers, and what does not."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.assets import accounts, sums
from ledger.assets.marks import ASSET
from ledger.assets.suspects import EARLY, EXPENSED, suspects
from ledger.checking import check_unit
from ledger.entry import Draft, Posting, Voucher
from ledger.errors import Finding
from ledger.founding import Founding, found_unit
from ledger.journal import open_pen
from ledger.money import Money, yuan
from ledger.registry import ids
from tests.assets.keeping import NOW, UNIT, Keeping

_ON = date(2026, 6, 30)


def spend(keeping: Keeping, amount: str, code: str = "50706", day: int = 13) -> Voucher:
    """A payment on an account of capital expenditure, without a thing."""
    role = f"spending:{code}"
    there = accounts.ready(keeping.registry, UNIT, [role], keeping.maker, keeping.now)
    paid = yuan(amount)
    return keeping.post(
        Posting(there[role], paid, "F01"), Posting(keeping.bank, -paid, "F01"),
        day=date(2026, 5, day), narration="电脑",
    )  # fmt: skip


def told(keeping: Keeping, on: date = _ON) -> list[Finding]:
    return suspects(keeping.registry, UNIT, on)


def test_a_computer_that_was_spent_and_never_entered_is_told(keeping: Keeping) -> None:
    assert told(keeping) == []
    voucher = spend(keeping, "6980.00")
    (found,) = told(keeping)
    assert (found.rule, found.severity) == (EXPENSED, "warning")
    assert voucher.number in found.what.zh and "6,980.00" in found.what.en
    file = keeping.registry.folder / str(found.file)
    assert "507" in file.read_text("utf-8").splitlines()[int(found.line or 0) - 1]
    assert told(keeping, date(2026, 5, 12)) == []  # the day before


@pytest.mark.parametrize(("amount", "count"), [("999.99", 0), ("1000.00", 1)])
def test_what_makes_one_thing_an_asset_is_the_edge(
    keeping: Keeping, amount: str, count: int
) -> None:
    spend(keeping, amount)
    assert len(told(keeping)) == count


def test_major_repairs_are_capital_and_bring_no_thing(keeping: Keeping) -> None:
    spend(keeping, "88000.00", code="50705")
    assert told(keeping) == []


def test_what_came_into_the_register_or_is_being_built_is_not_told(keeping: Keeping) -> None:
    keeping.own()
    roles = ("construction", "construction-fund", "spending:50701")
    there = accounts.ready(keeping.registry, UNIT, roles, keeping.maker, keeping.now)
    paid = yuan("30000.00")
    keeping.post(
        Posting(there["construction"], paid, "F01"),
        Posting(there["construction-fund"], -paid, "F01"),
        Posting(there["spending:50701"], paid, "F01"), Posting(keeping.bank, -paid, "F01"),
        day=date(2026, 4, 2), narration="工程款",
    )  # fmt: skip
    keeping.own(source="built", cost=paid, class_id="structure", acquired=date(2026, 4, 20))
    keeping.wear("2026-03", "2026-04", "2026-05")
    assert told(keeping) == []


def test_what_was_taken_back_is_told_no_more(keeping: Keeping) -> None:
    voucher = spend(keeping, "6980.00")
    assert len(told(keeping)) == 1
    keeping.reverse(voucher)
    assert told(keeping) == []


def test_things_that_leave_do_not_look_expensed(keeping: Keeping) -> None:
    code = keeping.own()
    keeping.wear("2026-03", "2026-04")
    keeping.leave("sale", code)
    assert told(keeping) == []


def charge_early(keeping: Keeping, code: str) -> Voucher:
    """A charge of the month before, past the posting path, which would refuse it."""
    amount = Money(166_67)
    draft = Draft(
        UNIT, date(2026, 2, 28), "转", "计提折旧",
        (
            Posting(keeping.account("30104"), amount, "F01"),
            Posting(keeping.account("163"), -amount, "F01", ((ASSET, code),)),
        ),
        source="user:forged",
    )  # fmt: skip
    with open_pen(keeping.registry, UNIT, NOW) as pen:
        made = pen.voucher(
            draft, id=ids.new("v"), maker=keeping.maker.id, checkers=(keeping.checker.id,),
            key="forged",
        )  # fmt: skip
        sums.on_posted(pen.conn, draft)
    return made


def test_a_thing_that_was_charged_before_it_came_is_told(keeping: Keeping) -> None:
    code = keeping.own(acquired=date(2026, 3, 15))
    keeping.wear("2026-03")
    assert told(keeping) == []
    forged = charge_early(keeping, code)
    assert check_unit(keeping.registry, UNIT) == []  # the book is whole: only the month is wrong
    (found,) = told(keeping)
    assert (found.rule, found.severity) == (EARLY, "warning")
    assert all(word in found.what.en for word in (forged.number, code, "166.67", "2026-03"))


def test_what_was_worn_when_the_book_began_is_not_early(keeping: Keeping) -> None:
    keeping.own(acquired=date(2020, 5, 6), opening=True, depreciated=yuan("11000.00"), money="")
    keeping.wear("2026-01", "2026-02")
    assert told(keeping) == []


def test_other_charts_have_no_account_that_says_it(any_chart: Keeping) -> None:
    any_chart.own()
    assert told(any_chart) == []


def test_a_unit_that_keeps_no_assets_has_no_suspects(keeping: Keeping) -> None:
    found_unit(
        keeping.registry, Founding("dang", "某支部（示例）", "party-dues", date(2026, 1, 1),
                                   Money(10**12)), NOW,
    )  # fmt: skip
    assert suspects(keeping.registry, "dang", _ON) == []


def test_the_command_lists_them_to_who_may_look(keeping: Keeping) -> None:
    clean = keeping.run("asset", "list", "--suspects", user="shen")
    assert (clean.status, clean.out) == (0, "没有可疑的 nothing looks wrong\n")
    voucher = spend(keeping, "6980.00")
    found = keeping.run("asset", "list", "--suspects", user="shen")
    assert found.status == 0 and voucher.number in found.out and "asset add" in found.out
    (one,) = keeping.run("asset", "list", "--suspects", "--json").json["suspects"]
    assert (one["rule"], one["file"]) == (EXPENSED, f"units/{UNIT}/2026/05.bean")
    assert keeping.run("asset", "list", "--suspects", user="qian").status == 1
