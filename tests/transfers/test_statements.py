"""The matrix and the ledger of transfers as statements: every figure opens to vouchers."""

from __future__ import annotations

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from ledger.errors import Refused
from ledger.period import Period
from reports.render import render
from reports.sources import known_source
from reports.statements import catalogue
from tests.reports.opening import every_figure_opens
from tests.transfers.county import Story

YEAR = Period.parse("2026")


pytestmark = pytest.mark.usefixtures("on_the_last_of_june")


@pytest.mark.parametrize("period", ["2026", "2026-05", "2025"])
@pytest.mark.parametrize("unit", ["xian", "xue"])
@pytest.mark.parametrize("name", ["matrix", "transfers"])
def test_every_figure_opens_to_what_adds_up(
    lived: Story, name: str, unit: str, period: str
) -> None:
    whole = Period.parse(period)
    source = known_source(lived.county.registry, unit, name, whole)
    statement = catalogue.build(name, source, whole)
    assert every_figure_opens(source, statement) or (unit, period) == ("xue", "2025")
    assert render(catalogue.with_annex(source, statement), "pdf").startswith(b"%PDF")


def test_the_matrix_tells_states_days_and_the_sum_of_differences(lived: Story) -> None:
    source = known_source(lived.county.registry, "xian", "matrix", YEAR)
    text = render(catalogue.build("matrix", source, YEAR), "text").decode()
    for words in ("在途", "短少", "重复或多付", "迟到", "无编号", "从不轧差", "29"):
        assert words in text
    assert lived.references["double"] in text


def test_it_is_taken_home_as_a_sheet(lived: Story) -> None:
    source = known_source(lived.county.registry, "xian", "transfers", YEAR)
    data = render(catalogue.build("transfers", source, YEAR), "xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    cells = [str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name)
             .to_python() for cell in row]  # fmt: skip
    assert all(any(reference in cell for cell in cells) for reference in lived.references.values())


def test_a_unit_is_told_no_voucher_number_of_another(lived: Story) -> None:
    source = known_source(lived.county.registry, "xue", "transfers", YEAR)
    found = catalogue.backing(source, f"xue/transfers/2026/{lived.references['double']}/paid")
    assert {row.number for row in found.postings} == {lived.references["double"]}


@pytest.mark.parametrize("ref", ["xian/matrix/2026/xian.nobody", "xian/matrix/2026/x99",
                                 "xian/transfers/2026/ZZ2026-9999-9"])  # fmt: skip
def test_what_is_no_figure_is_refused(lived: Story, ref: str) -> None:
    source = known_source(lived.county.registry, "xian", "matrix", YEAR)
    with pytest.raises(Refused):
        catalogue.backing(source, ref)
