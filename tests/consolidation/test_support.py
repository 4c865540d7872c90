"""What was paid down a subtree: it comes to what the books say, and every figure opens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from beancount import loader
from beancount.core.data import Transaction
from hypothesis import given
from hypothesis import strategies as st

from ledger import clock
from ledger.consolidation import store
from ledger.consolidation.support import PaidDown, nets, reached, support_of
from ledger.errors import Refused
from ledger.layout import unit_folder
from ledger.money import Money, yuan
from ledger.period import Month, Period
from ledger.registry import figures, units
from reports.render import render
from reports.sources import OF_SUPPORT, known_source
from reports.statement import Statement
from reports.statements import catalogue
from reports.statements.source import Source
from tests.consolidation.tree import BANK, DOWN, GRANT, NOW, UNITS, Tree, line, plant
from tests.reports.opening import every_figure_opens
from tests.transfers.county import NOW as LAST_OF_JUNE
from tests.transfers.county import Story, live

IDS = [unit for unit, _ in UNITS]
YEAR = Period.parse("2026")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    """The tree with money that came back, money that names nobody, tags and heads."""
    tree = plant(tmp_path_factory.mktemp("support") / "federation")
    tree.post("xian", date(2026, 6, 1), line(BANK, "30.00", "F02"),
              line(DOWN, "-30.00", "F02", counter="xue"))  # fmt: skip
    tree.post("xian", date(2026, 6, 2), line(DOWN, "7.00"), line(BANK, "-7.00"))
    tree.post("xian", date(2025, 5, 1), line(DOWN, "11.00", counter="yuan"), line(BANK, "-11.00"))
    tree.post("xian", date(2025, 12, 31), line(DOWN, "-11.00"), line(
        "Equity:322-工会资金结余:05-累计结余", "11.00"))  # fmt: skip
    tree.save()
    with tree.registry.write() as conn:
        units.set_standing(conn, "xue", level="", regions="革命老区 边疆地区", channel="")
        units.set_place(conn, "xue", "北京市", "")
        figures.add(conn, "xue", "heads", date(2026, 3, 1), 8, "年报3号", "u", NOW)
        figures.add(conn, "yuan", "heads", date(2026, 3, 1), 4, "年报4号", "u", NOW)
    yield tree
    tree.registry.close()


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    story = live(tmp_path_factory.mktemp("support-county") / "federation")
    yield story
    story.county.registry.close()


def told(source: Source, name: str, period: Period = YEAR) -> dict[str, dict[str, object]]:
    statement = catalogue.build(name, source, period)
    return {row.code: cells(statement, row.code) for row in statement.lines}


def cells(statement: Statement, code: str) -> dict[str, object]:
    (row,) = (row for row in statement.lines if row.code == code)
    found = zip(statement.columns, row.cells, strict=True)
    return {column.key: cell.text if isinstance(cell, Money) else cell for column, cell in found}


def in_books(tree: Tree, account: str, year: int) -> int:
    """What Beancount's own loader finds on an account over all books in a year, in fen."""
    whole = 0
    for unit in IDS:
        entries, errors, _ = loader.load_file(str(unit_folder(tree.folder, unit) / "book.bean"))
        assert not errors
        for entry in entries:
            if isinstance(entry, Transaction) and entry.date.year == year:
                if any(one.account.startswith("Equity:") for one in entry.postings):
                    continue  # it carries the year over
                for one in entry.postings:
                    if one.account == account and one.units is not None and one.units.number:
                        whole += int(one.units.number * 100)
    return whole


def test_rows_and_total_are_what_the_books_say(tree: Tree) -> None:
    found = told(known_source(tree.registry, "xian", "support", YEAR), "support")
    assert {code: row["net"] for code, row in found.items()} == {
        "xue": "70.00", "yuan": "89.00", "unnamed": "7.00", "all": "166.00",
    }  # fmt: skip
    assert (found["xue"]["paid"], found["xue"]["returned"]) == ("100.00", "30.00")
    assert yuan(str(found["all"]["net"])).fen == in_books(tree, DOWN, 2026)
    assert found["xue"]["share"] == "42.2 %"


@pytest.mark.parametrize("year", [2025, 2026])
def test_what_units_received_is_what_their_books_say(tree: Tree, year: int) -> None:
    period = Period.parse(str(year))
    source = known_source(tree.registry, "xian", "support-per-head", period)
    found = told(source, "support-per-head", period)
    assert yuan(str(found["all"]["received"])).fen == -in_books(tree, GRANT, year)


def test_carrying_over_is_no_support(tree: Tree) -> None:
    period = Period.parse("2025")
    found = told(known_source(tree.registry, "xian", "support", period), "support", period)
    assert found["all"]["net"] == found["yuan"]["net"] == "11.00"
    assert "unnamed" not in found


def test_per_head_with_the_source_of_heads_the_floor_and_what_is_missing(tree: Tree) -> None:
    found = told(known_source(tree.registry, "xian", "support-per-head", YEAR), "support-per-head")
    assert found["xue"] == {
        "received": "100.00", "heads": 8, "counted": "2026-03-01 年报3号", "each": "12.50",
        "floor": "100.00", "gap": "700.00",
    }  # fmt: skip
    assert (found["yuan"]["floor"], found["yuan"]["gap"]) == (None, None)
    assert found["all"]["heads"] == 12
    month = Period.parse("2026-03")
    found = told(
        known_source(tree.registry, "xian", "support-per-head", month), "support-per-head", month
    )
    assert (found["xue"]["floor"], found["xue"]["gap"]) == ("100.00", None)


def test_a_unit_with_two_tags_stands_under_each_and_counts_once(tree: Tree) -> None:
    source = known_source(tree.registry, "xian", "support-by-region", YEAR)
    found = told(source, "support-by-region")
    assert [found[code]["units"] for code in ("r1", "r2", "r3", "r4", "r0", "all")] == [
        1, 0, 1, 0, 1, 2,
    ]  # fmt: skip
    assert found["r1"]["received"] == found["r3"]["received"] == "100.00"
    assert found["all"]["received"] == "170.00"
    notes = catalogue.build("support-by-region", source, YEAR).notes
    assert any("合计只计一次" in note.zh and "xue" in note.zh for note in notes)


def test_the_share_of_the_grass_roots_over_months_and_years(tree: Tree) -> None:
    source = known_source(tree.registry, "xian", "grass-roots-share", YEAR)
    found = told(source, "grass-roots-share")
    assert list(found) == ["2025-12", *(f"2026-{month:02d}" for month in range(1, 13))]
    assert found["2025-12"]["ground"] == "11.00"
    assert [found[f"2026-{month}"]["ground"] for month in ("02", "03", "05", "06")] == [
        "0.00", "180.00", "189.00", "159.00",
    ]  # fmt: skip
    assert found["2026-06"]["share"] == "100.0 %"


@pytest.mark.parametrize("period", ["2026", "2026-03", "2025"])
@pytest.mark.parametrize("name", OF_SUPPORT)
def test_every_figure_opens_to_what_adds_up(tree: Tree, name: str, period: str) -> None:
    opens(known_source(tree.registry, "xian", name, Period.parse(period)), name, period)


@pytest.mark.parametrize("name", OF_SUPPORT)
def test_every_figure_of_a_story_with_exceptions_opens(
    county: Story, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LAST_OF_JUNE)
    opens(known_source(county.county.registry, "xian", name, YEAR), name, "2026")


def opens(source: Source, name: str, period: str) -> None:
    statement = catalogue.build(name, source, Period.parse(period))
    assert every_figure_opens(source, statement, openings=False)
    for form in ("text", "xlsx", "csv", "json", "pdf"):
        assert render(catalogue.with_annex(source, statement), form)
    for strange in ("nowhere", "all/nothing"):
        with pytest.raises(Refused):
            catalogue.backing(source, f"xian/{name}/{period}/{strange}")


def test_orders_arrivals_and_what_is_on_its_way(
    county: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LAST_OF_JUNE)
    found = told(known_source(county.county.registry, "xian", "support", YEAR), "support")
    # 1000 agreed, 200 paid twice, 70 never entered, 90 paid last year, 60 without a reference.
    school = found["xue"]
    assert school["ordered"] == "1420.00"
    assert school["arrived"] == "1290.00"  # 1000, 200, 90; what names no payer is an exception
    assert school["transit"] == "330.00"  # 200 too much, 70 on its way, 60 that nobody matched
    assert (found["yuan"]["ordered"], found["yuan"]["arrived"]) == ("500.00", "480.00")
    assert found["yuan"]["transit"] == "20.00"


def test_a_voucher_more_costs_one_month(tree: Tree) -> None:
    support_of(tree.folder, "xian", IDS, YEAR)
    tree.post("xian", date(2026, 7, 1), line(DOWN, "1.00", counter="yuan"), line(BANK, "-1.00"))
    tree.post("xian", date(2026, 7, 2), line(DOWN, "-1.00", counter="yuan"), line(BANK, "1.00"))
    tree.save()
    done = store.export(tree.folder, IDS, 2026)
    assert done.months == [("xian", Month(2026, 7))]
    assert done.files == [("xian", 2026)]


# ---- laws --------------------------------------------------------------------------------------

names = st.sampled_from(["a", "b", "c", "d", "e"])
postings = st.lists(
    st.builds(
        lambda payer, payee, day, fen: PaidDown(
            payer, payee, "v", day, DOWN, "F01", fen, special=False, came_back=fen < 0
        ),
        names, names | st.just(""), st.dates(date(2024, 1, 1), date(2026, 12, 31)),
        st.integers(-(10**9), 10**9),
    ),
    max_size=40,
)  # fmt: skip


@given(postings)
def test_what_some_units_keep_others_gave(paid: list[PaidDown]) -> None:
    found = nets(paid)
    assert sum(found.values()) == 0
    assert sum(fen for fen in found.values() if fen > 0) == -sum(
        fen for fen in found.values() if fen < 0
    )


@given(postings, st.sets(names), st.integers(1, 12))
def test_the_grass_roots_part_is_no_more_than_the_whole(
    paid: list[PaidDown], ground: set[str], month: int
) -> None:
    found = reached(paid, ground, Month(2026, month))
    assert all(0 <= one.ground <= one.kept for one in found)
    assert [one.month for one in found][-month:] == [Month(2026, at) for at in range(1, month + 1)]
    for one in found:
        none = reached(paid, set("abcde") - ground, one.month)[-1]
        assert one.kept == one.ground + none.ground


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_money_that_is_passed_on_counts_once(fen: int, own: int) -> None:
    """The top gives the middle, which passes it on with money of its own."""
    day = date(2026, 3, 1)

    def pay(payer: str, payee: str, amount: int) -> PaidDown:
        return PaidDown(payer, payee, "v", day, DOWN, "F01", amount, special=False, came_back=False)

    (found,) = reached([pay("a", "b", fen), pay("b", "c", fen + own)], {"c"}, Month(2026, 3))[2:]
    assert (found.kept, found.ground) == (fen + own, fen + own)
