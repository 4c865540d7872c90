"""What auditors ask of a book, and what they are told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ledger.audit import query as module
from ledger.audit.query import ask, cell_text, note, verified
from ledger.audit.query_examples import EXAMPLES
from ledger.audit.query_rules import LONGEST_CELL
from ledger.errors import CannotRun, Refused, WitnessMismatch
from ledger.period import Period
from ledger.registry import Registry, oplog, persons
from ledger.registry.persons import PersonData
from tests.cli.command import UNIT as CHUNFENG
from tests.cli.command import Office
from tests.house import ACTIVITY, BANK, UNIT, House

pytestmark = pytest.mark.xdist_group("queries")


@pytest.fixture
def asked(small_house: House) -> House:
    house = small_house
    house.post(house.draft("300.00", day=date(2026, 1, 5), payee="青禾示例公司"))
    house.post(house.draft("40.00", debit=ACTIVITY, credit=BANK, day=date(2026, 2, 6), kind="付",
                           narration="文体活动"))  # fmt: skip
    return house


def rows(house: House, query: str, period: str | None = None) -> list[tuple[object, ...]]:
    answer = ask(house.registry, UNIT, query, Period.parse(period) if period else None)
    return [tuple(map(cell_text, row)) for row in answer.rows]


def test_rows_are_typed_and_exact(asked: House) -> None:
    answer = ask(
        asked.registry, UNIT,
        f"SELECT date, voucher, number, position, fund, papers, payee WHERE account = '{BANK}'",
    )  # fmt: skip
    assert [kind for _, kind in answer.columns] == [
        "date", "text", "decimal", "position", "text", "int", "text",
    ]  # fmt: skip
    assert answer.rows[0] == (
        "2026-01-05", "收-202601-0001", "300.00", {"number": "300.00", "currency": "CNY"}, "F01",
        0, "青禾示例公司",
    )  # fmt: skip
    assert answer.rows[1][2] == "-40.00"
    assert (answer.found, answer.is_cut, answer.vouchers) == (2, False, 2)
    assert answer.as_json()["read"] == {"vouchers": 2, "period": None, "opened": None}


def test_balances_and_a_journal(asked: House) -> None:
    assert (BANK, "260.00 CNY") in rows(asked, "BALANCES")
    assert (BANK, "300.00 CNY") in rows(asked, "BALANCES AT cost WHERE month = 1")
    journal = rows(asked, f"JOURNAL '^{BANK}'")
    assert [row[1] for row in journal] == ["收-202601-0001", "付-202602-0001"]
    assert [row[-1] for row in journal] == ["300.00 CNY", "260.00 CNY"]


def test_a_period_reads_its_vouchers_and_opens_what_was_before(asked: House) -> None:
    answer = ask(asked.registry, UNIT, f"JOURNAL '^{BANK}'", Period.parse("2026-02"))
    assert (answer.vouchers, answer.opened, answer.period) == (1, "2026-01-31", "2026-02")
    assert [cell_text(row[-1]) for row in answer.rows] == ["300.00 CNY", "260.00 CNY"]
    assert "期初余额" in answer.told[1].zh
    first = ask(asked.registry, UNIT, f"JOURNAL '^{BANK}'", Period.parse("2026-01"))
    assert (first.opened, len(first.rows), len(first.told)) == (None, 1, 1)


def test_beancounts_own_days_hold(asked: House) -> None:
    found = rows(asked, f"SELECT sum(position) FROM OPEN ON 2026-02-01 WHERE account = '{BANK}'")
    assert found == [("260.00 CNY",)]
    assert rows(asked, "SELECT count(*) FROM CLOSE ON 2026-02-01") == [("2",)]


def test_columns_of_one_kind_are_not_taken_for_each_other(asked: House) -> None:
    """beanquery 0.2 sorts by narration where it is asked to sort by payee."""
    query = "SELECT narration FROM #transactions WHERE narration != '' ORDER BY payee DESC"
    assert rows(asked, query) == [("三月会费",), ("文体活动",)]
    grouped = "SELECT entry.narration AS a, count(*) AS n GROUP BY a, entry.payee ORDER BY a"
    assert rows(asked, grouped) == [("三月会费", "2"), ("文体活动", "2")]


def test_rows_and_cells_that_are_cut_are_told(
    asked: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.audit import query_cells

    monkeypatch.setattr(query_cells, "MOST_ROWS", 2)

    class Head:
        name, datatype = "账  户\n" + "x" * 200, str

    said = query_cells.answer_of([Head()], [("字" * 900,), ("b",), ("c",)])
    assert said["found"] == 3
    assert isinstance(said["rows"], list)
    assert [len(row[0]) for row in said["rows"]] == [LONGEST_CELL, 1]
    answer = module.Answer((("a", "text"),), (("b",),), 3, 1, None, "", 0.1)
    assert answer.is_cut
    assert "共 3 行，只列出前 1 行" in answer.told[-1].zh


def test_a_place_in_the_query_is_told(asked: House) -> None:
    with pytest.raises(Refused) as refused:
        ask(asked.registry, UNIT, "SELECT date,\n  nothing")
    assert "第 2 行第 3 字" in str(refused.value)
    assert "line 2, sign 3 “nothing”" in str(refused.value)


def test_an_unknown_unit_is_told(asked: House) -> None:
    with pytest.raises(CannotRun):
        ask(asked.registry, "nowhere", "BALANCES")


@pytest.mark.parametrize("file", ["book.bean", "chart.bean", "2026/01.bean", "2026/02.bean"])
def test_a_book_that_differs_from_its_journal_is_not_asked(
    asked: House, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.setattr(module, "_LOOKS", 1)
    path = asked.folder / file
    path.write_bytes(path.read_bytes().replace(b"CNY", b"USD", 1))
    with pytest.raises(WitnessMismatch) as differ:
        ask(asked.registry, UNIT, "BALANCES")
    assert "mingbai check" in str(differ.value)


def test_what_was_compared_is_what_is_read(asked: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes a file after it was compared changes no answer."""
    compared = verified

    def then_changed(*given: object) -> list[tuple[str, bytes]]:
        files = compared(*given)  # type: ignore[arg-type]
        path = asked.folder / "2026/01.bean"
        path.write_bytes(path.read_bytes().replace(b"300.00", b"900.00"))
        return files

    monkeypatch.setattr(module, "verified", then_changed)
    assert (BANK, "260.00 CNY") in rows(asked, "BALANCES")


def test_a_link_in_place_of_a_file_is_not_followed(
    asked: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOOKS", 1)
    path = asked.folder / "2026/01.bean"
    elsewhere = asked.folder / "same.txt"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    with pytest.raises(WitnessMismatch):
        ask(asked.registry, UNIT, "BALANCES")


def test_a_book_that_is_too_large_asks_for_a_period(
    asked: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LARGEST_READ", 300)
    with pytest.raises(Refused) as refused:
        ask(asked.registry, UNIT, "BALANCES")
    assert "--period" in str(refused.value)


def test_the_log_keeps_who_asked_and_no_name(asked: House) -> None:
    with asked.registry.write() as conn:
        persons.add(conn, asked.registry.vault, PersonData("黄例莺", "13900001111"), asked.now)
    at = asked.now + timedelta(minutes=1)
    note(asked.registry, UNIT, "SELECT  date\n" + ", date" * 100, asked.reader, at)
    note(asked.registry, UNIT, "SELECT date WHERE payee ~ '黄例莺'", asked.reader, at)
    note(asked.registry, UNIT, "SELECT date WHERE payee ~ '13900001111'", asked.reader, at)
    with asked.registry.read() as conn:
        kept = oplog.entries(conn, UNIT, actions=["audit.query"])
        assert oplog.verify(conn) == []
    assert [len(one.object) for one in kept] == [16, 16, 16]
    assert kept[0].detail.startswith("SELECT date , date")
    assert len(kept[0].detail) == 120
    assert [one.detail for one in kept[1:]] == ["", ""]


@pytest.mark.parametrize("example", EXAMPLES, ids=[one.name for one in EXAMPLES])
def test_every_example_answers(lived: Office, example: object) -> None:
    from ledger.audit.query_examples import Example

    assert isinstance(example, Example)
    registry = Registry.open(lived.folder)
    try:
        answer = ask(registry, CHUNFENG, example.query)
    finally:
        registry.close()
    assert answer.columns
    assert answer.found == len(answer.rows)
    if example.name != "reversals":
        assert answer.rows
