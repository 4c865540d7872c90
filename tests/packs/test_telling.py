"""What a pack tells of each statement, and that nothing else of any gets into one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.errors import Words
from ledger.money import Money, yuan
from ledger.period import Month, Period
from ledger.sealing import acting
from reports.packs.behind import Behind
from reports.packs.building import Built, build_pack
from reports.packs.drawing import OF_THE_BOOK
from reports.packs.registered import planned
from reports.packs.telling import BOOK, TELLINGS, told
from reports.statement import MONEY, TEXT, Backing, Column, Line, Statement, VoucherLine
from reports.statements import asset_changes
from reports.statements.catalogue import STATEMENTS
from tests.budgets.plans import plan, set_budget
from tests.house import ACTIVITY, BANK, DUES, UNIT, House, build_house
from tests.packs.planted import dues
from tests.sealing.months import NOW, close, copied

JANUARY = Period.parse("2026-01")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """January with seven payers of dues, of whom six stand as one sum, and one purchase."""
    folder = tmp_path_factory.mktemp("telling") / "federation"
    made = build_house(folder, url="sqlite:///registry.db", now=NOW)
    early = replace(made, now=NOW.replace(month=1, day=4))
    set_budget(early, plan("1000.00"), plan("500.00", account=DUES))
    for number in range(6):
        made.post(dues(made, number, date(2026, 1, 5)))
    spending = made.draft("30.25", debit=ACTIVITY, credit=BANK, kind="付", day=date(2026, 1, 20))
    made.post(spending)
    close(made, Month(2026, 1))
    at = made.now + timedelta(hours=1)
    acting.seal_month(made.registry, UNIT, Month(2026, 1), made.maker, at)
    yield made
    made.registry.close()


@pytest.fixture(scope="module")
def built(house: House) -> Built:
    return build_pack(house.registry, UNIT, JANUARY, "public")


@pytest.fixture(scope="module")
def behind(built: Built) -> Behind:
    return Behind(built.book, built.sealed)


def figure(*numbers: str, fen: int = 100, opening: int = 0, account: str = BANK) -> Backing:
    """A figure with these vouchers behind it."""
    lines = tuple(
        VoucherLine(number, date(2026, 1, 5), "张三的药费", account, "F01", Money(fen))
        for number in numbers
    )
    return Backing("r", Words("数", "figure"), Money(opening), lines, Money(fen * len(lines)))


def statement(name: str, columns: tuple[Column, ...], *lines: Line) -> Statement:
    words = Words("某表", "A statement")
    return Statement(name, words, UNIT, words, "2026-01", columns, lines)


def test_every_statement_of_a_pack_has_its_line_in_the_table(built: Built) -> None:
    assert {one.name for one in built.statements} <= set(TELLINGS)
    drawn = {
        name for text in ("2026-01", "2026-Q1", "2026") for name, _ in planned(Period.parse(text))
    }
    assert drawn | set(OF_THE_BOOK) == set(TELLINGS)


def test_a_statement_without_a_line_in_the_table_is_in_no_pack(built: Built) -> None:
    left = set(STATEMENTS) - set(TELLINGS)
    assert {"operation-log", "arrears", "collection", "bank-reconciliation"} <= left
    for name in left:
        with pytest.raises(KeyError):
            told(statement(name, ()), built.statements[0], JANUARY, str)


def test_what_stands_line_by_line_is_told(built: Built, behind: Behind) -> None:
    (row,) = built.book.rows
    assert behind.tells(figure(row.number), openings=False)
    assert [one.narration for one in behind.lines(figure(row.number).postings) or ()] == [
        row.words.zh
    ]


def test_a_sum_of_five_is_told_as_a_whole_and_no_part_of_it(built: Built, behind: Behind) -> None:
    (group,) = built.book.groups
    numbers = {leaf.seq: leaf.number for leaf in built.sealed.log.leaves}
    vouchers = [numbers[seq] for seq in group.seqs]
    assert len(vouchers) == 6
    bank = "Assets:102-银行存款"
    amounts = [yuan("10.00").fen + place for place in range(6)]
    lines = tuple(
        VoucherLine(number, date(2026, 1, 5), "", bank, "F01", Money(fen))
        for number, fen in zip(vouchers, amounts, strict=True)
    )
    whole = Backing("r", Words("", ""), None, lines, Money(sum(amounts)))
    assert behind.tells(whole, openings=False)
    assert behind.lines(whole.postings) is None
    assert not behind.tells(replace(whole, postings=lines[:5]), openings=False)
    other = (replace(lines[0], amount=Money(1)), *lines[1:])
    assert not behind.tells(replace(whole, postings=other), openings=False)


def test_what_nobody_knows_of_is_not_told(behind: Behind) -> None:
    assert not behind.tells(figure("收-202601-0099"), openings=False)
    assert not behind.tells(figure(opening=100), openings=False)
    assert behind.tells(figure(opening=100), openings=True)
    assert not behind.tells(replace(figure(), more=1), openings=False)


def test_gifts_are_told_one_by_one_unless_they_stand_in_a_sum_with_something_else(
    built: Built,
) -> None:
    numbers = {leaf.seq: leaf.number for leaf in built.sealed.log.leaves}
    vouchers = [numbers[seq] for seq in built.book.groups[0].seqs]
    gifts = Behind(built.book, built.sealed, vouchers)
    assert gifts.tells(figure(vouchers[0]), openings=False)
    mixed = Behind(built.book, built.sealed, vouchers[:3])
    assert not mixed.tells(figure(vouchers[0]), openings=False)


def test_words_that_somebody_typed_are_replaced_by_codes(built: Built, house: House) -> None:
    made = statement(
        "venue-use",
        (Column("days", Words("天", "Days"), "count"), Column("note", Words("注", "Note"), TEXT)),
        Line("CD2026-0001-0", Words("张三之家", "Zhang's home"), (12, "张三来过")),
        Line("CD2026-0001-0.members", Words("会员", "Members"), (3, "")),
        Line("张三", Words("李四", "Li"), (4, "")),
    )
    found = told(made, built.statements[0], JANUARY, str)
    assert found is not None
    assert [(line.code, line.label.zh, line.cells) for line in found.lines] == [
        ("CD2026-0001-0", "CD2026-0001-0", (12,)),
        ("n1", "第 1 项", (4,)),
    ]
    assert "张三" not in repr(found)
    assert "李四" not in repr(found)


def test_no_figure_is_told_of_which_nothing_is_asked(built: Built) -> None:
    made = statement(
        "levy", (Column("actual", Words("数", "Actual"), MONEY),),
        Line("levy-received", Words("实收", "Received"), (Money(100),)),
    )  # fmt: skip
    assert told(made, built.statements[0], JANUARY, str) is None


def test_a_budget_says_as_posted_what_the_book_says(house: House, built: Built) -> None:
    (found,) = [one for one in built.statements if one.name == "budget"]
    assert TELLINGS["budget"].by == BOOK
    by_code = {line.code: dict(zip([c.key for c in found.columns], line.cells, strict=False))
               for line in found.lines if line.cells}  # fmt: skip
    assert by_code["spending"]["actual"] == yuan("30.25")
    income = sum(
        -line.amount.fen
        for group in built.book.groups
        for line in group.lines
        if line.account == DUES
    )
    assert by_code["income"]["actual"] == Money(income)
    assert income


def test_a_budget_that_is_revised_later_leaves_a_pack_as_it_was(
    house: House, built: Built, tmp_path: Path
) -> None:
    """What was in force when the period ended is told, however often the pack is rebuilt."""
    made = copied(house, tmp_path / "federation")
    set_budget(made, plan("1200.00"), plan("700.00", account=DUES), revision=True)
    again = build_pack(made.registry, UNIT, JANUARY, "public")
    made.registry.close()
    assert again.digest == built.digest


def test_a_budget_that_was_approved_after_the_period_is_not_told_of_it(tmp_path: Path) -> None:
    made = build_house(tmp_path / "federation", url="sqlite:///registry.db", now=NOW)
    close(made, Month(2026, 1))
    acting.seal_month(made.registry, UNIT, Month(2026, 1), made.maker, made.now)
    before = build_pack(made.registry, UNIT, JANUARY, "public").digest
    set_budget(made, plan("1000.00"))
    assert build_pack(made.registry, UNIT, JANUARY, "public").digest == before
    made.registry.close()


def test_what_is_left_at_the_end_is_told_where_it_follows_from_what_is_told() -> None:
    how = TELLINGS["asset-changes"].follows
    assert how["cost-end"] == ("cost-begin", "cost-added", "cost-left")
    keys = {column.key for column in _asset_columns()}
    assert {*how, *(one for parts in how.values() for one in parts)} <= keys


def _asset_columns() -> tuple[Column, ...]:
    return tuple(Column(key, one.label) for key, one in asset_changes._CELLS.items())
