"""Totals of every export are the book's, as Beancount itself loads it."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from ledger.cli.bench.books import UNIT as BENCH
from ledger.entry import Draft
from ledger.layout import unit_folder
from ledger.period import Period
from ledger.registry import Registry
from reports.exports import exporting
from reports.exports.codes import account_ids
from reports.exports.source import open_source
from tests.exports import oracle, parsed
from tests.exports.books import CHARTS, TINY, adopt, federation, random_book, tiny
from tests.exports.oracle import Sums
from tests.house import UNIT as HOUSE
from tests.house import House
from tests.ledger import books as small
from tests.publishing import books as publishing

YEAR = Period.parse("2026")
TODAY = date(2026, 12, 31)


def silent(what: str, done: int, of: int) -> None:
    """No progress is shown."""


def export(registry: Registry, unit: str, period: Period, format: str, place: Path) -> Path:
    out = place / (f"{unit}.xml" if format == "saft" else f"{unit}-{format}")
    exporting.export(registry, unit, period, format, out, TODAY, silent)
    return out


@contextmanager
def source(registry: Registry, unit: str, period: Period = YEAR) -> Iterator[dict[str, str]]:
    with open_source(registry, unit, period, TODAY, silent) as found:
        yield dict(found.ids)


def by_code(sums: Sums, ids: dict[str, str]) -> Sums:
    return {(ids[account], currency): of for (account, currency), of in sums.items()}


def held(registry: Registry, unit: str, period: Period, place: Path) -> None:
    """All four formats say what Beancount says."""
    sums, count = oracle.of_book(unit_folder(registry.folder, unit), period)
    with source(registry, unit, period) as ids:
        expected = by_code(sums, ids), count
    for format, read in parsed.READERS.items():
        assert read(export(registry, unit, period, format, place)) == expected, format


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("period", ["2026", "2025-Q3", "2026-02"])
def test_every_export_says_what_beancount_says(chart: str, period: str, tmp_path: Path) -> None:
    """Things at cost, dollars, and under government accounting a budgetary half."""
    registry = random_book(tmp_path / "federation", chart, seed=sum(map(ord, chart)))
    held(registry, "random", Period.parse(period), tmp_path)
    registry.close()


def test_the_tiny_book_as_well(tmp_path: Path) -> None:
    registry = tiny(tmp_path / "federation")
    held(registry, TINY, YEAR, tmp_path)
    held(registry, TINY, Period.parse("2026-03"), tmp_path)
    registry.close()


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(posted=st.lists(small.drafts(), min_size=1, max_size=8))
def test_any_book_is_exported_to_the_fen(
    posted: list[Draft], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("any")
    registry = federation(place / "federation")
    small.build(place / "federation", posted)
    adopt(registry, BENCH)
    held(registry, BENCH, Period.parse("2025"), place)
    registry.close()


@pytest.mark.parametrize("format", sorted(parsed.READERS))
def test_an_amount_altered_in_an_export_is_found(format: str, tmp_path: Path) -> None:
    registry = tiny(tmp_path / "federation")
    sums, count = oracle.of_book(unit_folder(registry.folder, TINY), YEAR)
    with source(registry, TINY) as ids:
        expected = by_code(sums, ids), count
    out = export(registry, TINY, YEAR, format, tmp_path)
    path = {
        "saft": lambda: out,
        "gbt24589": lambda: next(out.glob("2-06_*")),
        "iso21378": lambda: out / "GL_Details.csv",
        "fec": lambda: next(out.glob("*FEC*")),
    }[format]()
    data = path.read_bytes()
    mark = b",00" if format == "fec" else b".00"
    # The last amount of the file that is no zero.
    spot = max(
        place for place in range(1, len(data) - 3)
        if data[place : place + 3] == mark and data[place - 1 : place].isdigit()
        and data[place - 2 : place - 1].isdigit()
    )  # fmt: skip
    digit = b"1" if data[spot - 1 : spot] != b"1" else b"2"
    path.write_bytes(data[: spot - 1] + digit + data[spot:])
    try:
        found: object = parsed.READERS[format](out)
    except AssertionError:
        found = None
    assert found != expected
    registry.close()


def test_saft_is_valid_against_the_schema_of_the_oecd(tmp_path: Path) -> None:
    """The schema is the OECD's and is not kept here: ``MINGBAI_SAFT_XSD`` says where it lies."""
    place = os.environ.get("MINGBAI_SAFT_XSD")
    if not place:
        pytest.skip("MINGBAI_SAFT_XSD names no schema: SAF-T WAS NOT VALIDATED")
    schema = etree.XMLSchema(etree.parse(place))
    for chart in CHARTS:
        registry = random_book(tmp_path / chart, chart, seed=7)
        out = export(registry, "random", YEAR, "saft", tmp_path)
        schema.assertValid(etree.parse(str(out)))
        broken = etree.parse(str(out))
        next(broken.getroot().iter("{*}JournalID")).text = "x" * 19
        assert not schema.validate(broken)
        registry.close()


def test_what_is_posted_and_taken_back_is_exported_from_both_databases(
    house: House, tmp_path: Path
) -> None:
    """Back-dated vouchers too: the French file is in the order of posting, others by month."""
    for day in (9, 3, 5):
        house.post(house.draft(f"{day}0.00", day=date(2026, 3, day)))
    wrong = house.post(house.draft("77.00", day=date(2026, 2, 20)))
    house.reverse(wrong)
    held(house.registry, HOUSE, YEAR, tmp_path)
    (path,) = (tmp_path / f"{HOUSE}-fec").glob("*FEC*")
    numbers = [row["EcritureNum"] for row in parsed.rows(path, tabs=True)]
    assert list(dict.fromkeys(numbers))[3:] == ["收-202602-0001", "收-202603-0004"]
    told = etree.parse(str(tmp_path / f"{HOUSE}.xml"))
    assert told.xpath("string(//*[local-name()='TransactionID'][1])") == "收-202602-0001"
    assert told.xpath("count(//*[local-name()='TransactionType'][text()='reversal'])") == 1


def test_a_period_before_the_book_is_empty_and_valid(tmp_path: Path) -> None:
    """No vouchers, no funds in use, and all the tables that a reader asks for."""
    registry = tiny(tmp_path / "federation")
    held(registry, TINY, Period.parse("2025"), tmp_path)
    if os.environ.get("MINGBAI_SAFT_XSD"):
        schema = etree.XMLSchema(etree.parse(os.environ["MINGBAI_SAFT_XSD"]))
        schema.assertValid(etree.parse(str(tmp_path / f"{TINY}.xml")))
    registry.close()


def test_no_spreadsheet_takes_words_for_a_formula(tmp_path: Path) -> None:
    registry = federation(tmp_path / "federation")
    writer = publishing.writer(registry.folder)
    writer.post(publishing.draft(
        date(2026, 3, 1), (publishing.BANK, 100, "F01"), (publishing.DUES, -100, "F01"),
        payee="=HYPERLINK(1)", narration="-1+1",
    ))  # fmt: skip
    writer.post(publishing.draft(
        date(2026, 3, 2), (publishing.BANK, -100, "F01"), (publishing.FEES, 100, "F01"),
        narration="@SUM(1)",
    ))  # fmt: skip
    writer.save()
    adopt(registry, publishing.UNIT)
    held(registry, publishing.UNIT, YEAR, tmp_path)
    cells = [
        cell
        for path in (tmp_path / f"{publishing.UNIT}-iso21378").glob("*.csv")
        for row in parsed.rows(path)
        for cell in row.values()
    ]
    assert "'@SUM(1)" in cells
    assert "'=HYPERLINK(1)；-1+1" in cells
    assert [cell for cell in cells if cell.startswith("-")]  # amounts are amounts
    for cell in cells:
        assert not cell.startswith(("=", "+", "@")), cell
        assert not cell.startswith("-") or cell.removeprefix("-").replace(".", "").isdigit()
    registry.close()


def test_codes_are_short_and_of_one_account_each() -> None:
    """``10-2`` below ``1`` is not ``1-02``; names without codes have codes all the same."""
    draw = random.Random(3)
    names = ["Assets:1-甲:02-乙", "Assets:10-丙:2-丁", "Assets:A-无码", "Income:A-无码", "Assets:9"]
    names += [f"Assets:{draw.randrange(10**6)}-{place}" for place in range(200)]
    names += ["Expenses:" + ":".join(f"{place}{place}-很长" for place in range(1, 25))[:100]]
    found = account_ids(names)
    assert len(set(found.values())) == len(set(names))
    assert all(0 < len(code) <= 35 for code in found.values())
    assert account_ids(names) == found
