"""The redacted book as a reader has it: a golden one, its statements, and what stays valid."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from beancount import loader
from beancount.core.data import Transaction

from ledger.bookchain import verify_book
from ledger.cli.bench.books import AccountLine, BookWriter, FundLine
from ledger.entry import Draft, Posting, meta_of
from ledger.money import Money
from ledger.period import Period
from ledger.publishing.differences import differences
from ledger.publishing.projecting import project
from ledger.publishing.values import Published
from ledger.registry import persons
from reports.sources import book_source
from reports.statements.catalogue import build
from tests.house import UNIT as TINY
from tests.publishing.books import (
    AID,
    BANK,
    DUES,
    FEES,
    GIFTS,
    LEVY,
    OPENED,
    SURPLUS,
    TRANSIT,
    UNIT,
    WECHAT,
    aid,
    draft,
    dues,
    member,
    spent,
    writer,
)
from tests.publishing.test_projecting import write

if TYPE_CHECKING:
    from tests.house import House

GOLDEN = Path(__file__).parent / "golden"
JANUARY = Period.parse("2025-01")


def a_year(federation: Path) -> None:
    """A small unit: dues by a payment service, aid to one, a purchase that is taken back."""
    book = writer(federation, name="示例工会")
    book.post(
        draft(
            OPENED, (BANK, 500_000, "F02"), (SURPLUS, -500_000, "F02"), (BANK, 200_000, "F04"),
            (SURPLUS, -200_000, "F04"), tags=("opening",), narration="年初余额",
        )
    )  # fmt: skip
    for who in range(6):
        book.post(dues(date(2025, 1, 8), who, 2_000 + who, WECHAT))
        book.post(draft(date(2025, 1, 8), (FEES, 12, "F01"), (WECHAT, -12, "F01")))
    book.post(draft(date(2025, 1, 20), (TRANSIT, 11_900, "F01"), (WECHAT, -11_900, "F01")))
    book.post(draft(date(2025, 1, 21), (BANK, 11_900, "F01"), (TRANSIT, -11_900, "F01")))
    book.post(aid(date(2025, 1, 22), 80_000))
    bought = book.post(spent(date(2025, 1, 23), 30_000))
    book.post(
        draft(
            date(2025, 1, 24), (BANK, 30_000, "F02"),
            ("Expenses:501-职工活动支出:02-文体活动支出", -30_000, "F02"), reverses=bought.number,
            narration="冲销", payee="示例用品公司",
        )
    )  # fmt: skip
    book.post(draft(date(2025, 1, 25), (BANK, 90_000, "F02"), (LEVY, -90_000, "F02")))
    book.save()


def test_the_golden_book_can_be_read(tmp_path: Path) -> None:
    a_year(tmp_path)
    found = project(tmp_path, UNIT, JANUARY)
    text = found.texts["2025/01.bean"]
    golden = GOLDEN / "2025-01.bean"
    assert text == golden.read_text(encoding="utf-8")


def test_the_same_book_is_projected_to_the_same_bytes_for_either_audience(tmp_path: Path) -> None:
    a_year(tmp_path)
    public, members = (project(tmp_path, UNIT, JANUARY, who) for who in ("public", "members"))
    assert public.texts == members.texts == project(tmp_path, UNIT, JANUARY).texts
    with pytest.raises(ValueError, match="audience"):
        project(tmp_path, UNIT, JANUARY, "everybody")


def test_its_chain_holds_and_one_altered_byte_is_found(tmp_path: Path) -> None:
    a_year(tmp_path)
    folder = write(tmp_path / "public", project(tmp_path, UNIT, JANUARY))
    assert [str(one) for one in verify_book(folder)] == []
    path = folder / "2025" / "01.bean"
    path.write_text(path.read_text(encoding="utf-8").replace("900.00", "901.00"), encoding="utf-8")
    assert verify_book(folder) != []


@pytest.mark.parametrize(
    "name", ["balance-sheet", "income-statement", "trial-balance", "funds", "journal", "sofa"]
)
@pytest.mark.parametrize("period", ["2025-01", "2025"])
def test_statements_draw_from_it(tmp_path: Path, name: str, period: str) -> None:
    a_year(tmp_path)
    write(tmp_path / "public", project(tmp_path, UNIT, Period.parse(period)))
    source = book_source(tmp_path / "public", UNIT)
    statement = build(name, source, Period.parse(period))
    assert statement.lines
    assert "示例用品" not in repr(statement)


def test_a_non_profit_organisation_has_its_cash_flow_too(tmp_path: Path) -> None:
    from ledger.chart import load_chart

    chart = load_chart("npo-2024")
    rows = [AccountLine(r.name, r.name_en, r.capital) for r in chart.book_accounts() if r.currency]
    bank = next(row.name for row in rows if "1002" in row.name)
    gifts = next(row.name for row in rows if row.name.startswith("Income:4101"))
    costs = next(row.name for row in rows if row.name.startswith("Expenses:5901"))
    book = BookWriter(tmp_path, UNIT, OPENED)
    book.found(rows, (FundLine("F01", "一般"),), "npo-2024")
    for who in range(6):
        meta = meta_of({"donor": f"d-{who:010d}", "gift": f"JZ2025-000{who}-1"})
        lines = (
            Posting(bank, Money(10_000 + who), "F01"),
            Posting(gifts, Money(-10_000 - who), "F01", meta),
        )
        book.post(Draft(UNIT, date(2025, 1, 9), "收", "捐赠", lines))
    book.post(
        Draft(UNIT, date(2025, 1, 10), "付", "费", (
            Posting(costs, Money(700), "F01"), Posting(bank, Money(-700), "F01"),
        ))
    )  # fmt: skip
    book.save()
    folder = write(tmp_path / "public", project(tmp_path, UNIT, JANUARY))
    assert loader.load_file(str(folder / "book.bean"))[1] == []
    source = book_source(tmp_path / "public", UNIT)
    for name in ("balance-sheet", "income-statement", "cash-flow", "trial-balance", "sofa"):
        assert build(name, source, JANUARY).lines
    cells = {cell for line in build("cash-flow", source, JANUARY).lines for cell in line.cells}
    assert Money(60_015) in cells


def test_years_before_the_last_are_balances_of_the_day_before(tmp_path: Path) -> None:
    book = writer(tmp_path)
    for who in range(6):
        book.post(dues(date(2025, 3, 8), who, 2_000))
    book.post(spent(date(2025, 3, 8), 1_000))
    book.post(spent(date(2027, 3, 8), 500))
    book.save()
    found = project(tmp_path, UNIT, Period.parse("2027-03"))
    assert found.since == date(2025, 12, 31)
    assert [row.number for row in found.rows] == ["付-202703-0001"]
    assert {(x.account, x.fund): x.amount.fen for x in found.opening} == {
        ("Assets:102-银行存款", "F01"): 12_000,
        ("Assets:102-银行存款", "F02"): -1_000,
        (DUES, "F01"): -12_000,
        ("Expenses:501-职工活动支出:02-文体活动支出", "F02"): 1_000,
    }
    assert [group.seqs for group in found.past_groups] == [found.published[0].seqs]
    folder = write(tmp_path / "public", found)
    assert loader.load_file(str(folder / "book.bean"))[1] == []
    assert verify_book(folder) == []


def test_what_was_published_stays_and_what_waited_joins_the_next(tmp_path: Path) -> None:
    book = writer(tmp_path)
    for who in range(6):
        book.post(dues(date(2025, 1, 8), who, 2_000))
    for who in range(3):
        book.post(aid(date(2025, 2, 8), 10_000 + who))
    book.save()
    first = project(tmp_path, UNIT, Period.parse("2025-Q1"))
    assert len(first.held) == 3
    book.post(dues(date(2025, 1, 9), 7, 2_000))  # after January was opened again
    for who in range(2):
        book.post(aid(date(2025, 4, 8), 20_000 + who))
    book.save()
    again = project(tmp_path, UNIT, Period.parse("2025-Q1"), published=first.published)
    assert [group.seqs for group in again.groups] == [group.seqs for group in first.groups]
    assert len(again.held) == 4
    second = project(tmp_path, UNIT, Period.parse("2025-Q2"), published=again.published)
    assert [group.lines for group in second.groups[:1]] == [group.lines for group in first.groups]
    assert {x.account: x.amount.fen for x in second.groups[1].lines}[AID] == 70_004
    assert len(second.held) == 1


def test_earlier_groups_of_another_book_are_refused(tmp_path: Path) -> None:
    a_year(tmp_path)
    found = project(tmp_path, UNIT, JANUARY)
    with pytest.raises(ValueError, match="earlier group"):
        project(tmp_path, UNIT, JANUARY, published=(*found.published, found.published[0]))


def test_several_ids_of_one_person_are_one_person(tmp_path: Path) -> None:
    book = writer(tmp_path)
    for who in range(5):
        book.post(dues(date(2025, 1, 8), who, 2_000))
    book.save()
    assert len(project(tmp_path, UNIT, JANUARY).groups) == 1
    same = {"m-0000000003": "p-1", "m-0000000004": "p-1"}
    assert project(tmp_path, UNIT, JANUARY, same=same).groups == ()


def test_whoever_the_registry_knows_behind_a_list_counts(tmp_path: Path) -> None:
    book = writer(tmp_path)
    paid = book.post(aid(date(2025, 1, 8), 60_000))
    book.save()
    known = {paid.seq: [f"p-{who:010d}" for who in range(6)]}
    assert project(tmp_path, UNIT, JANUARY).groups == ()
    (group,) = project(tmp_path, UNIT, JANUARY, known=known).groups
    assert group.at_least == 5


def test_erasing_a_person_changes_no_byte_of_book_and_projection(small_house: House) -> None:
    ids = []
    vault = small_house.registry.vault
    with small_house.registry.write() as conn:
        for name in ("测试甲", "测试乙", "测试丙", "测试丁", "测试戊", "测试己"):
            ids.append(persons.add(conn, vault, persons.PersonData(name), small_house.now))
    for who, _ in enumerate(ids):
        money = Money(1_000 + who)
        small_house.post(
            Draft(
                TINY, date(2026, 3, 5), "收", "会费",
                (
                    Posting(BANK, money, "F01"),
                    Posting(DUES, -money, "F01", meta_of({"member": f"m-{who:010d}"})),
                ),
            )
        )  # fmt: skip
    federation = small_house.registry.folder
    before = project(federation, TINY, Period.parse("2026-03"))
    with small_house.registry.write() as conn:
        for one in ids:
            persons.erase(conn, one)
    assert project(federation, TINY, Period.parse("2026-03")).texts == before.texts
    assert verify_book(small_house.folder) == []
    assert loader.load_file(str(small_house.folder / "book.bean"))[1] == []


def test_a_group_that_was_published_is_kept_as_plain_values(tmp_path: Path) -> None:
    a_year(tmp_path)
    found = project(tmp_path, UNIT, JANUARY).published
    assert found
    assert [Published.from_json(json.loads(json.dumps(one.as_json()))) for one in found] == [*found]


def test_a_publication_that_forgot_an_earlier_one_is_found(tmp_path: Path) -> None:
    book = writer(tmp_path)
    for who in range(6):
        book.post(dues(date(2025, 1, 8), who, 2_000))
    book.save()
    first = project(tmp_path, UNIT, JANUARY)
    book.post(dues(date(2025, 1, 9), 7, 2_345))
    book.save()
    forgot = project(tmp_path, UNIT, JANUARY)
    assert [one.rule for one in differences(forgot, first.published)] == ["group-changed"]
    kept = project(tmp_path, UNIT, JANUARY, published=first.published)
    assert differences(kept, first.published) == []
    assert "23.45" not in "".join(kept.texts.values())


def test_what_a_company_gave_stands_by_itself(tmp_path: Path) -> None:
    book = writer(tmp_path)
    given = meta_of({"donor": "d-COMPANY000", "gift": "JZ2025-0001-7"})
    lines = (
        Posting(BANK, Money(90_000), "F01"),
        Posting("Income:408-其他收入", Money(-90_000), "F01", given),
    )
    book.post(Draft(UNIT, date(2025, 1, 9), "收", "捐赠", lines, source="gift:in:JZ2025-0001-7:1"))
    book.save()
    assert project(tmp_path, UNIT, JANUARY).rows == ()
    whose = {"d-COMPANY000", "JZ2025-0001-7"}
    (row,) = project(tmp_path, UNIT, JANUARY, organisations=whose).rows
    assert row.words.zh == "其他收入（会费）"


def test_classes_and_funds_add_up_as_beancount_adds_them(tmp_path: Path) -> None:
    a_year(tmp_path)
    found = project(tmp_path, UNIT, JANUARY)
    public = _by_class(write(tmp_path / "public", found))
    for cell, fen in found.held_sums.items():
        public[cell.account.partition(":")[0], cell.fund] += fen
    whole = _by_class(tmp_path / "units" / UNIT)
    assert {key: fen for key, fen in public.items() if fen} == {
        key: fen for key, fen in whole.items() if fen
    }


def _by_class(folder: Path) -> Counter[tuple[str, str]]:
    sums: Counter[tuple[str, str]] = Counter()
    entries, errors, _ = loader.load_file(str(folder / "book.bean"))
    assert errors == []
    for entry in entries:
        if isinstance(entry, Transaction):
            for line in entry.postings:
                assert line.units is not None
                assert line.units.number is not None
                assert line.meta is not None
                sums[line.account.partition(":")[0], line.meta["fund"]] += int(
                    line.units.number * 100
                )
    return sums


def gift(day: date, number: int, fen: int, account: str) -> Draft:
    """What somebody gave, who is known to the registry alone."""
    source = f"gift:in:JZ2025-000{number}-7:1"
    return draft(day, (BANK, fen, "F01"), (account, -fen, "F01"), source=source)


def test_gifts_stand_in_sums_with_gifts_alone(tmp_path: Path) -> None:
    """Each is disclosed by itself: a sum of dues and gifts, less these, would tell of the dues."""
    day, book = date(2025, 1, 9), writer(tmp_path)
    for who in range(3):
        book.post(draft(day, (BANK, 100 + who, "F01"), (GIFTS, -100 - who, "F01", member(who))))
    for number in range(2):
        book.post(gift(day, number, 500 + number, GIFTS))
    book.save()
    found = project(tmp_path, UNIT, JANUARY)
    assert (found.groups, len(found.held)) == ((), 5)


def test_five_gifts_are_a_sum_of_their_own(tmp_path: Path) -> None:
    day, book = date(2025, 1, 9), writer(tmp_path)
    for who in range(5):
        book.post(dues(day, who, 100 + who))
        book.post(gift(day, who, 500 + who, DUES))
    book.save()
    found = project(tmp_path, UNIT, JANUARY)
    assert [len(group.seqs) for group in found.groups] == [5, 5]
    assert sorted(abs(group.lines[0].amount.fen) for group in found.groups) == [510, 2510]
