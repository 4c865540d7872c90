"""Either witness can be made from the other."""

from __future__ import annotations

import importlib
import shutil
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ledger import closing, rebuild, reversing, workflow
from ledger.canonical_reader import parse_voucher
from ledger.checking import check_unit
from ledger.errors import Refused
from ledger.period import Month
from ledger.registry import entries, month_states, schema
from tests.house import BANK, DUES, UNIT, House


def fill(house: House) -> None:
    for day in range(1, 6):
        house.post(house.draft(f"{day}0.00", day=date(2026, 1, day)))
    house.post(house.draft("80.00", fund="F03", day=date(2026, 1, 9)))
    first = house.post(house.draft("77.00", day=date(2026, 1, 9)))
    draft_id = reversing.reverse(
        house.registry, UNIT, first.number, house.maker, house.now,
        day=date(2026, 1, 10), reason="重复",
    )  # fmt: skip
    workflow.approve(house.registry, draft_id, house.checker, house.now)
    closing.close_month(house.registry, UNIT, Month(2026, 1), house.maker, house.now)
    house.post(house.draft("12.00", debit=DUES, credit=BANK, kind="付"))


def test_text_is_written_again_from_the_journal(house: House) -> None:
    fill(house)
    before = {p: p.read_bytes() for p in house.folder.rglob("*.bean")}
    (house.folder / "2026/01.bean").write_text("; nothing\n")
    (house.folder / "funds.bean").unlink()
    changed = rebuild.text_from_journal(house.registry, UNIT, house.maker.id, house.now)
    assert changed == ["2026/01.bean", "funds.bean"]
    assert {p: p.read_bytes() for p in house.folder.rglob("*.bean")} == before
    assert check_unit(house.registry, UNIT) == []


def test_the_journal_is_made_again_from_text(house: House) -> None:
    fill(house)
    tables = [schema.account, schema.fund, schema.fund_day, schema.fund_month]
    tables += [schema.voucher_count, schema.book_head, schema.book_file]

    def state() -> list[set[tuple[object, ...]]]:
        with house.registry.read() as conn:
            facts: list[set[tuple[object, ...]]] = [
                {tuple(row) for row in conn.execute(select(table))} for table in tables
            ]
            facts.append({(r.seq, r.text, r.number) for r in entries.all_entries(conn, UNIT)})
            facts.append(
                {(m.month, m.state, m.digest) for m in month_states.all_months(conn, UNIT)}
            )
            return facts

    before = state()
    count = rebuild.journal_from_text(house.registry, UNIT, house.maker.id, house.now)
    assert state() == before
    assert count == len(before[-2])
    assert check_unit(house.registry, UNIT) == []
    assert house.post(house.draft("1.00")).number == "收-202603-0001"
    with pytest.raises(Refused, match="month-closed"):
        house.post(house.draft("1.00", day=date(2026, 1, 20)))


def test_a_book_is_adopted_by_a_registry_that_never_saw_it(
    house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fill(house)
    from ledger.registry import Registry

    other = tmp_path_factory.mktemp("other")
    registry = Registry.create(other / "f", id="other", name="另一个联合会")
    shutil.copytree(house.folder, other / "f" / "units" / UNIT)
    rebuild.journal_from_text(registry, UNIT, "u-0", house.now + timedelta(days=1))
    assert check_unit(registry, UNIT) == []
    registry.close()


def test_an_altered_book_is_not_taken_over(house: House) -> None:
    fill(house)
    path = house.folder / "2026/01.bean"
    path.write_text(path.read_text().replace("10.00", "11.00"))
    with pytest.raises(Refused, match="chain-broken"):
        rebuild.journal_from_text(house.registry, UNIT, house.maker.id, house.now)
    with house.registry.read() as conn:
        assert entries.head(conn, UNIT) is not None


def test_a_journal_that_was_altered_makes_no_book(house: House) -> None:
    """Both witnesses are damaged, each elsewhere: nothing is written, and both are told of."""
    fill(house)
    path = house.folder / "2026/01.bean"
    path.write_text(path.read_text().replace("80.00", "81.00"))
    before = path.read_bytes()
    with house.registry.write() as conn:
        wrong = schema.entry.c.number == "收-202601-0002"
        text = conn.execute(select(schema.entry.c.text).where(wrong)).scalar_one()
        altered = text.replace(b"20.00", b"21.00")
        conn.execute(schema.entry.update().where(wrong).values(text=altered))
    with pytest.raises(Refused, match="journal-broken"):
        rebuild.text_from_journal(house.registry, UNIT, house.maker.id, house.now)
    with pytest.raises(Refused, match="chain-broken"):
        rebuild.journal_from_text(house.registry, UNIT, house.maker.id, house.now)
    assert path.read_bytes() == before


def test_rows_that_are_gone_from_the_journals_end_are_missed(house: House) -> None:
    fill(house)
    with house.registry.write() as conn:
        head = entries.head(conn, UNIT)
        assert head is not None
        conn.execute(schema.entry.delete().where(schema.entry.c.seq == head[0]))
    with pytest.raises(Refused, match="journal-broken"):
        rebuild.text_from_journal(house.registry, UNIT, house.maker.id, house.now)


def test_what_no_entry_stands_behind_is_moved_out_of_the_book_and_kept(small_house: House) -> None:
    fill(small_house)
    extra, later = small_house.folder / "2026/07.bean", small_house.folder / "2027/01.bean"
    later.parent.mkdir()
    for path in (extra, later):
        path.write_text("; nobody's\n")
    args = (small_house.registry, UNIT, small_house.maker.id, small_house.now)
    changed = rebuild.text_from_journal(*args)
    assert changed == ["2026/07.bean.set-aside", "2027/01.bean.set-aside"]
    assert extra.read_bytes() == b"" and not later.exists()
    assert later.with_name("01.bean.set-aside").read_text() == "; nobody's\n"
    assert check_unit(small_house.registry, UNIT) == []


def test_a_rebuilding_parses_each_voucher_once(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(small_house)
    parsed: list[int] = []

    def counted(text: str, file: str = "", line: int = 1) -> object:
        parsed.append(line)
        return parse_voucher(text, file, line)

    for module in ("canonical_reader", "decisions.checking", "assets.sums"):
        found = importlib.import_module(f"ledger.{module}")
        if hasattr(found, "parse_voucher"):
            monkeypatch.setattr(found, "parse_voucher", counted)
    args = (small_house.registry, UNIT, small_house.maker.id, small_house.now)
    rebuild.journal_from_text(*args)
    with small_house.registry.read() as conn:
        assert len(parsed) == len(entries.chains(conn, UNIT))
