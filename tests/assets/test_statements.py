"""What an accountant reads of assets: registers, changes, depreciation, one thing's history."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import update

from ledger.cli.showing import show
from ledger.entry import Posting
from ledger.errors import Refused
from ledger.founding import open_accounts
from ledger.journal import open_pen
from ledger.money import Money, yuan
from ledger.period import Period
from ledger.registry import assets, entries
from ledger.registry.schema import asset as asset_table
from reports.opendata import render_json
from reports.packs import telling
from reports.packs.behind import Behind
from reports.render import render
from reports.sources import OF_ASSETS, known_source
from reports.statement import MONEY, Backing, Statement, VoucherLine
from reports.statements import asset_register, catalogue, depreciation
from reports.statements.source import Source
from reports.text import render_text
from tests.asked import asked
from tests.assets.furnished import CHARGED, furnish
from tests.assets.keeping import SISTER, UNIT, Keeping, begin
from tests.cli.command import mingbai
from tests.starts import copied

GOLDEN = Path(__file__).parent / "golden"
MAY, YEAR = "2026-05", "2026"


@copied
def furnished_unit(folder: Path) -> Keeping:
    return furnish(begin(folder))


@pytest.fixture
def furnished(tmp_path: Path) -> Iterator[Keeping]:
    made = furnished_unit(tmp_path / "federation")
    yield made
    made.registry.close()


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeping]:
    """The same at county level, where some of the money is the state's."""
    made = begin(tmp_path_factory.mktemp("county") / "federation", "union-2021-county")
    of_state = "Assets:102-银行存款:02-国有资产"
    with open_pen(made.registry, UNIT, made.now) as pen:
        open_accounts(
            pen, [entries.AccountRow(of_state, "State", "CNY", False, date(2026, 1, 1), None)]
        )
    fund, income = "F01", made.account("408")
    for day, fen in ((date(2026, 1, 2), 500_000), (date(2026, 4, 6), 120_000)):
        made.post(Posting(of_state, Money(fen), fund), Posting(income, Money(-fen), fund), day=day)
    made.post(
        Posting(made.account("510"), Money(70_000), fund), Posting(of_state, Money(-70_000), fund),
        day=date(2026, 5, 7),
    )  # fmt: skip
    furnish(made)
    yield made
    made.registry.close()


def source_of(keeping: Keeping, name: str, period: str) -> Source:
    return known_source(keeping.registry, UNIT, name, Period.parse(period))


def drawn(keeping: Keeping, name: str, period: str) -> Statement:
    return catalogue.build(name, source_of(keeping, name, period), Period.parse(period))


def cells(statement: Statement) -> dict[str, dict[str, str]]:
    """Every figure as text, by line and column."""
    return {
        line.code: {
            column.key: cell.text
            for column, cell in zip(statement.columns, line.cells, strict=False)
            if isinstance(cell, Money)
        }
        for line in statement.lines
        if line.style != "heading"
    }


def masked(text: str) -> str:
    """The text without what is drawn at random: ids of people, and digests that hold them."""
    text = re.sub(r"\b(u|m|cp)-[0-9A-Z]{10}", r"\1-##########", text)
    text = re.sub(r"\b(u|m|cp)-[0-9A-Z]+…", r"\1-…", text)
    return re.sub(r"(digest: |附件 )[0-9a-f]{12,16}", r"\1################", text)


# ---- what people see ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "period"),
    [("asset-register", MAY), ("asset-changes", YEAR), ("depreciation", MAY),
     ("depreciation", YEAR), ("asset-history", MAY)],
)  # fmt: skip
def test_each_statement_reads_as_in_its_golden_file(
    furnished: Keeping, name: str, period: str
) -> None:
    text = masked(render_text(drawn(furnished, name, period)))
    assert text == (GOLDEN / f"{name}-{period}.txt").read_text(encoding="utf-8")


def test_the_state_s_assets_read_as_in_their_golden_file(county: Keeping) -> None:
    statement = drawn(county, "state-owned", YEAR)
    assert statement.form == "工会附02表"
    text = masked(render_text(statement))
    assert text == (GOLDEN / "state-owned-2026.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [one for one in OF_ASSETS if one != "state-owned"])
@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv", "json", "text"])
def test_every_form_is_drawn_alike_twice(furnished: Keeping, name: str, form: str) -> None:
    statement = drawn(furnished, name, YEAR)
    first = render(statement, form)
    assert first
    assert first == render(drawn(furnished, name, YEAR), form)


# ---- every figure opens ------------------------------------------------------------------------


def open_all(keeping: Keeping, statement: Statement) -> int:
    """Open every figure: it comes to what is printed, and so does what stands behind it."""
    period = Period.parse(statement.period)
    source = source_of(keeping, statement.name, statement.period)
    opened = 0
    for line in statement.lines:
        for column, cell in zip(statement.columns, line.cells, strict=False):
            if column.kind != MONEY or cell is None:
                continue
            ref = line.refs.get(column.key, line.ref if column.primary else "")
            assert ref, (line.code, column.key)
            found = catalogue.backing(source, ref)
            whole = sum(one.amount.fen for one in found.postings)
            whole += found.opening.fen if found.opening else 0
            assert isinstance(cell, Money)
            assert found.closing is not None
            assert (ref, found.closing.fen, whole) == (ref, cell.fen, cell.fen)
            assert all(one.day <= period.last for one in found.postings) or column.key == "plan"
            opened += 1
    return opened


@pytest.mark.parametrize("period", ["2026-01", "2026-03", MAY, YEAR])
@pytest.mark.parametrize("name", [one for one in OF_ASSETS if one != "state-owned"])
def test_every_figure_opens_to_what_it_comes_to(furnished: Keeping, name: str, period: str) -> None:
    assert open_all(furnished, drawn(furnished, name, period)) > 5


def test_every_figure_of_the_state_s_assets_opens(county: Keeping) -> None:
    for period in (MAY, YEAR):
        assert open_all(county, drawn(county, "state-owned", period)) > 40


@pytest.mark.parametrize(
    "ref",
    ["asset-register/2026-05/FA-00004", "asset-register/2026-05/FA-00003/place",
     "asset-register/2026-05/ledger.162/worn", "asset-register/2026-05/ledger.999",
     "asset-changes/2026/computer.sale/cost-added", "asset-changes/2026/computer.none",
     "asset-changes/2026/none", "depreciation/2026-05/total/plan",
     "depreciation/2026/FA-00004/plan",
     "depreciation/2026/FA-00009", "asset-history/2026/FA-00003.v0",
     "asset-history/2026/FA-00003.v99",
     "asset-history/2026/FA-00003.c1", "asset-history/2026/FA-00099.cost",
     "asset-history/2026/FA-00003.vx", "asset-register/2026-05/FA-00007"],
)  # fmt: skip
def test_a_reference_to_no_figure_is_refused(furnished: Keeping, ref: str) -> None:
    with pytest.raises(Refused) as caught:
        show(furnished.registry.folder, f"{UNIT}/{ref}", as_json=False)
    assert caught.value.findings[0].rule == "no-figure"


def test_show_opens_a_figure_to_its_vouchers(furnished: Keeping) -> None:
    ref = f"{UNIT}/asset-register/2026-05/FA-00003/net"
    told = json.loads(show(furnished.registry.folder, ref, as_json=True))
    assert told["amount"] == "11333.33"
    amounts = [one["amount"] for one in told["vouchers"]]
    assert amounts == ["12000.00", "-166.67", "-166.66", "-166.67", "-166.67"]
    assert told["vouchers"][0]["number"] == "付-202602-0001"


# ---- the register and the ledger ---------------------------------------------------------------


def test_the_register_s_totals_are_what_beancount_s_own_loader_finds(any_chart: Keeping) -> None:
    furnish(any_chart)
    total = cells(drawn(any_chart, "asset-register", MAY))["total"]
    cost, worn = {
        "union-2021-basic": ("162", "163"), "government-2019": ("1601", "1602"),
        "npo-2024": ("1501", "1502"),
    }[any_chart.chart]  # fmt: skip
    assert total["cost"] == any_chart.balance(cost)
    assert total["worn"] == (-yuan(any_chart.balance(worn))).text
    assert yuan(total["net"]) == yuan(total["cost"]) - yuan(total["worn"])
    closing = cells(drawn(any_chart, "asset-changes", MAY))["total"]
    assert (closing["cost-end"], closing["worn-end"]) == (total["cost"], total["worn"])
    assert cells(drawn(any_chart, "depreciation", MAY))["total"]["end"] == total["worn"]


def test_a_card_that_says_another_cost_is_told_in_red(furnished: Keeping) -> None:
    assert drawn(furnished, "asset-register", MAY).alarms == ()
    with furnished.registry.write() as conn:
        conn.execute(
            update(asset_table)
            .where(asset_table.c.unit == UNIT, asset_table.c.code == "FA-00005")
            .values(cost_fen=250_000)
        )
    for name in ("asset-register", "asset-changes", "depreciation"):
        statement = drawn(furnished, name, MAY)
        alarm = statement.alarms[0]
        assert "家具" in alarm.zh
        assert "2,500.00" in alarm.zh
        assert "2,400.00" in alarm.zh
    statement = drawn(furnished, "asset-register", MAY)
    assert "相符" not in "".join(note.zh for note in statement.notes)
    assert "！不符" in render_text(statement)
    assert json.loads(render_json(statement))["alarms"][0]["text"] == statement.alarms[0].zh


def test_alarms_are_red_on_paper_and_in_workbooks(furnished: Keeping) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    from ledger.errors import Words

    statement = drawn(furnished, "asset-register", MAY)
    red = b"0.620 0.100 0.120 rg"
    loud = replace(statement, alarms=(Words("不符：家具", "differs"),))
    assert render(loud, "pdf").count(red) == render(statement, "pdf").count(red) + 1
    sheet = load_workbook(BytesIO(render(loud, "xlsx"))).worksheets[0]
    (cell,) = [one for row in sheet.iter_rows() for one in row if str(one.value).startswith("！")]
    assert cell.font.color.rgb == "FF9E1A1F"


def test_a_ledger_that_holds_more_than_things_is_told(furnished: Keeping) -> None:
    source = source_of(furnished, "asset-register", MAY)
    assert source.assets is not None
    name = furnished.account("162")
    held = {**source.assets.ledger, name: source.assets.ledger[name] + 100}
    source = replace(source, assets=replace(source.assets, ledger=held))
    (alarm,) = asset_register.build(source, Period.parse(MAY)).alarms
    assert "相差 1.00" in alarm.zh


def test_a_thing_without_a_card_stands_apart_and_in_the_totals(furnished: Keeping) -> None:
    before = cells(drawn(furnished, "asset-register", MAY))["total"]
    with furnished.registry.write() as conn:
        assets.forget(conn, UNIT, "FA-00005")
    statement = drawn(furnished, "asset-register", MAY)
    assert cells(statement)["total"] == before
    assert cells(statement)["uncarded"]["cost"] == "2400.00"
    assert "未建卡" in statement.alarms[0].zh
    for name in ("asset-register", "asset-changes", "depreciation", "asset-history"):
        assert open_all(furnished, drawn(furnished, name, YEAR))


def test_what_the_unit_does_not_own_has_no_amounts(furnished: Keeping) -> None:
    statement = drawn(furnished, "asset-register", MAY)
    assert cells(statement)["FA-00007"] == {}
    places = [line.code for line in statement.lines]
    assert places.index("FA-00007") > places.index("total")


def test_what_waits_for_its_voucher_is_in_no_total(furnished: Keeping) -> None:
    before = cells(drawn(furnished, "asset-register", MAY))["total"]
    furnished.add(name="打印机", class_id="office", acquired=date(2026, 5, 20))
    statement = drawn(furnished, "asset-register", MAY)
    assert cells(statement)["total"] == before
    assert any("FA-00009" in note.zh for note in statement.notes)


# ---- as of a day -------------------------------------------------------------------------------


def test_an_earlier_month_reads_the_same_whatever_happens_later(keeping: Keeping) -> None:
    code = keeping.own(acquired=date(2026, 2, 15))
    other = keeping.own(acquired=date(2026, 2, 20), name="打印机", class_id="office")
    keeping.wear("2026-02", "2026-03")
    names = ("asset-register", "asset-changes", "depreciation", "asset-history")
    before = {name: drawn(keeping, name, "2026-03") for name in names}
    keeping.wear("2026-04")
    keeping.leave("sale", code)
    keeping.handed("move", other, on=date(2026, 5, 9))
    keeping.own(acquired=date(2026, 5, 2))
    for name in names:
        after = drawn(keeping, name, "2026-03")
        assert (after.lines, after.alarms) == (before[name].lines, before[name].alarms), name
    later = {line.code: line for line in drawn(keeping, "asset-register", MAY).lines}
    assert code not in later
    assert "活动室" in later[other].cells
    assert "决〔2026〕1号" in later[other].cells


def test_each_month_begins_where_the_one_before_ended(furnished: Keeping) -> None:
    months = [cells(drawn(furnished, "asset-changes", month)) for month in CHARGED]
    for one in months:
        for line in one.values():
            if "cost-begin" not in line:
                continue
            for part in ("cost", "worn"):
                begun, added, left, end = (
                    yuan(line[f"{part}-{when}"]) for when in ("begin", "added", "left", "end")
                )
                assert begun + added - left == end
    for before, after in pairwise(months):
        for code, line in before.items():
            if "cost-end" in line and code in after:
                for part in ("cost", "worn", "net"):
                    assert line[f"{part}-end"] == after[code][f"{part}-begin"]
    whole = cells(drawn(furnished, "asset-changes", YEAR))["total"]
    charged = sum(yuan(one["total.charge"]["worn-added"]).fen for one in months)
    assert charged == yuan(
        cells(drawn(furnished, "asset-changes", YEAR))["total.charge"]["worn-added"]
    ).fen  # fmt: skip
    assert whole["cost-begin"] == "806000.00"  # what the book began with is no addition


def test_a_reversal_stands_where_its_original_does(keeping: Keeping) -> None:
    code = keeping.own(acquired=date(2026, 3, 15))
    sold = keeping.leave("sale", code, on=date(2026, 5, 10))
    may = cells(drawn(keeping, "asset-changes", MAY))
    assert may["computer.sale"]["cost-left"] == "12000.00"
    keeping.reverse(sold, date(2026, 6, 1))
    june = cells(drawn(keeping, "asset-changes", "2026-06"))
    assert june["computer.sale"]["cost-left"] == "-12000.00"
    assert june["computer"]["cost-end"] == "12000.00"
    assert open_all(keeping, drawn(keeping, "asset-changes", "2026-06"))


def test_what_wears_after_it_left_is_charged_once_and_goes(furnished: Keeping) -> None:
    """FA-00004 was charged for March and April, and sold in May, a month that is not charged."""
    line = cells(drawn(furnished, "depreciation", YEAR))["FA-00004"]
    assert (line["begin"], line["charge"], line["moved"], line["end"]) == (
        "0.00", "238.89", "-238.89", "0.00",
    )  # fmt: skip
    assert "plan" not in line


# ---- depreciation ------------------------------------------------------------------------------


def test_a_year_stands_beside_the_plan_of_the_months_after_its_last_voucher(
    furnished: Keeping,
) -> None:
    statement = drawn(furnished, "depreciation", YEAR)
    assert cells(statement)["FA-00003"]["plan"] == "2000.00"
    source = source_of(furnished, "depreciation", YEAR)
    found = catalogue.backing(source, f"{UNIT}/depreciation/2026/FA-00003/plan")
    assert [one.day for one in found.postings][::11] == [date(2026, 6, 30), date(2027, 5, 31)]
    assert any("2026-06 至 2027-05" in note.zh for note in statement.notes)
    assert any("《工会会计制度》财会〔2021〕7号" in note.zh for note in statement.notes)
    assert "plan" not in cells(drawn(furnished, "depreciation", MAY))["FA-00003"]


def test_the_plan_is_what_is_charged_when_its_months_come(keeping: Keeping) -> None:
    code = keeping.own(acquired=date(2026, 1, 15))
    keeping.wear("2026-01")
    (plan,) = [
        source.assets.plans[code].months
        for source in [source_of(keeping, "depreciation", YEAR)]
        if source.assets is not None
    ]
    keeping.wear("2026-02", "2026-03", "2026-04")
    charged = [cells(drawn(keeping, "depreciation", month))[code]["charge"]
               for month in ("2026-02", "2026-03", "2026-04")]  # fmt: skip
    assert [(str(month), Money(fen).text) for month, fen in plan[:3]] == list(
        zip(("2026-02", "2026-03", "2026-04"), charged, strict=True)
    )


def test_a_month_that_was_not_charged_is_told_in_red(furnished: Keeping) -> None:
    (alarm,) = drawn(furnished, "depreciation", MAY).alarms
    assert "1 项资产的折旧 72.22 应提未提" in alarm.zh
    furnished.wear("2026-05")
    assert drawn(furnished, "depreciation", MAY).alarms == ()


def test_what_wears_by_its_use_has_no_plan(any_chart: Keeping) -> None:
    code = any_chart.own(
        name="车辆", class_id="vehicle", method="units", units_total=100_000,
        acquired=date(2026, 3, 1), cost=yuan("90000.00"),
    )  # fmt: skip
    statement = drawn(any_chart, "depreciation", YEAR)
    assert "plan" not in cells(statement)[code]
    assert any("工作量法" in note.zh for note in statement.notes)


# ---- one thing ---------------------------------------------------------------------------------


def run(keeping: Keeping, name: str, *words: str, period: str = MAY) -> Any:
    return mingbai(
        "report", keeping.registry.folder, "--unit", UNIT, name, "--period", period, *words
    )


def test_the_history_of_one_thing_is_asked_for_by_its_number(furnished: Keeping) -> None:
    for typed in ("FA-00003", "fa-00003", "3"):
        told = run(furnished, "asset-history", "--asset", typed, "--format", "json")
        assert told.status == 0, told.err
        lines = json.loads(told.out)["lines"]
        assert {line["code"].partition(".")[0] for line in lines} == {"FA-00003"}
    labels = [line["label"] for line in lines]
    assert labels.index("申请出借") < labels.index("借出")
    lent = next(line for line in lines if line["label"] == "借出")
    assert "附件" in lent["cells"]["basis"]
    assert "决〔2026〕1号" in lent["cells"]["basis"]
    assert lines[-1]["amount"] == "11333.33"


def test_a_thing_that_is_not_there_is_refused(furnished: Keeping) -> None:
    for words, rule in (
        (("asset-history", "--asset", "FA-00099"), "no-asset"),
        (("asset-history", "--asset", "?"), "no-asset"),
        (("asset-register", "--asset", "FA-00003"), "usage"),
        (("funds", "--asset", "FA-00003"), "usage"),
    ):
        told = run(furnished, *words)
        assert told.status != 0
        assert f"[{rule}]" in told.err
        assert told.out == ""
    early = run(furnished, "asset-history", "--asset", "FA-00008", period="2026-03")
    assert "[no-asset]" in early.err  # it came in May


def test_a_request_is_told_as_far_as_it_had_come(furnished: Keeping) -> None:
    lines = drawn(furnished, "asset-history", MAY).lines
    asked_for = {line.code: str(line.cells[1]) for line in lines if ".r" in line.code}
    assert asked_for["FA-00003.r1"].startswith("已交接")
    assert asked_for["FA-00004.r1"].startswith("已办结")
    assert asked_for["FA-00006.r1"].startswith("待审批")


# ---- who may read what -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["asset-register", "asset-changes", "depreciation"])
@pytest.mark.parametrize("form", ["json", "csv", "text"])
def test_the_public_reads_classes_alone(furnished: Keeping, name: str, form: str) -> None:
    told = run(furnished, name, "--audience", "public", "--format", form)
    assert told.status == 0, told.err
    for word in ("FA-0", "笔记本", "复印机", "会议室", "人民路", "u-", "决〔"):
        assert word not in told.out
    assert "计算机设备" in told.out
    if form != "csv":
        assert "向社会公开" in told.out
        assert "本单位与会员" not in told.out


def test_the_public_s_figures_are_those_of_the_whole(furnished: Keeping) -> None:
    period = Period.parse(YEAR)
    for name, public in (
        ("asset-register", asset_register.build_public),
        ("depreciation", depreciation.build_public),
    ):
        told = cells(public(source_of(furnished, name, YEAR), period))
        whole = cells(drawn(furnished, name, YEAR))
        assert told["total"]
        assert all(whole[code] == line for code, line in told.items() if line)


def test_the_public_gets_no_annex_and_no_history(furnished: Keeping, tmp_path: Path) -> None:
    told = run(furnished, "asset-history", "--audience", "public")
    assert told.status == 1
    assert "[not-public]" in told.err
    for name in ("asset-register", "asset-changes", "depreciation"):
        path = tmp_path / f"{name}.xlsx"
        run(furnished, name, "--audience", "public", "--format", "xlsx", "-o", str(path))
        from openpyxl import load_workbook

        book = load_workbook(path)
        said = [str(c.value) for s in book.worksheets for row in s.iter_rows() for c in row]
        assert not [word for word in said if "FA-0" in word or "付-2026" in word]


def test_a_unit_without_assets_is_told_so(keeping: Keeping) -> None:
    for name in OF_ASSETS:
        if name == "state-owned":
            continue
        statement = drawn(keeping, name, MAY)
        assert statement.lines == ()
        assert statement.notes


def test_a_sister_s_things_are_her_own(furnished: Keeping) -> None:
    source = known_source(furnished.registry, SISTER, "asset-register", Period.parse(MAY))
    assert source.assets is not None
    assert (list(source.assets.stands), list(source.assets.moves)) == ([], [])


# ---- the state's assets ------------------------------------------------------------------------


def test_the_form_is_refused_on_a_chart_that_has_none(furnished: Keeping) -> None:
    with pytest.raises(Refused) as caught:
        drawn(furnished, "state-owned", YEAR)
    assert caught.value.findings[0].rule == "no-form"


def test_the_state_s_part_is_what_cards_and_details_say(county: Keeping) -> None:
    """FA-00002 is the state's from before the book, FA-00006 came in April; the bank's detail holds
    6,200.00 less 700.00."""
    found = cells(drawn(county, "state-owned", YEAR))
    assert found["1"] == {
        "begin": "0.00", "added": "6200.00", "left": "700.00", "end": "5500.00",
    }  # fmt: skip
    assert (found["6"]["begin"], found["6"]["added"], found["6"]["end"]) == (
        "800000.00", "15000.00", "815000.00",
    )  # fmt: skip
    assert (found["7"]["begin"], found["7"]["end"]) == ("176000.00", "183083.34")
    assert found["3"] == found["5"] == found["12"] == {}
    assert yuan(found["14"]["end"]) == yuan("5500.00") + yuan(found["8"]["end"])
    assert found["state.cost"] == found["6"]
    total = cells(drawn(county, "asset-register", YEAR))["total"]
    of_owners = [found[key]["end"] for key in ("state.cost", "unit.cost")]
    assert sum(yuan(one).fen for one in of_owners) == yuan(total["cost"]).fen
    notes = "".join(note.zh for note in drawn(county, "state-owned", YEAR).notes)
    assert "库存物品、在建工程、长期待摊费用" in notes


def test_a_month_of_the_form_counts_from_the_year_s_beginning(county: Keeping) -> None:
    found = cells(drawn(county, "state-owned", "2026-04"))
    assert (found["6"]["begin"], found["6"]["added"]) == ("800000.00", "15000.00")
    assert found["1"]["end"] == "6200.00"


# ---- cost --------------------------------------------------------------------------------------


def test_more_things_ask_the_registry_no_more_often(keeping: Keeping) -> None:
    def questions(name: str) -> int:
        with asked(keeping.registry) as heard:
            drawn(keeping, name, MAY)
        return len(heard)

    names = ("asset-register", "asset-changes", "depreciation", "asset-history")
    keeping.own(acquired=date(2026, 3, 15))
    few = [questions(name) for name in names]
    for _ in range(6):
        keeping.own(acquired=date(2026, 3, 15))
    keeping.wear("2026-03")
    assert [questions(name) for name in names] == few


# ---- what the public reads of the register -----------------------------------------------------


@dataclass
class OneHeld:
    """A published book that holds one voucher back, and has all others as rows."""

    number: str

    def tells(self, backing: Backing, *, openings: bool) -> bool:
        return not openings and all(one.number != self.number for one in backing.postings)

    def lines(self, postings: Iterable[VoucherLine]) -> tuple[VoucherLine, ...]:
        return tuple(postings)


def told_register(keeping: Keeping, behind: OneHeld) -> dict[str, dict[str, str]]:
    source, period = source_of(keeping, "asset-register", MAY), Period.parse(MAY)
    made = asset_register.build_public(source, period)
    found = telling.told(made, made, period, str, source=source, behind=cast(Behind, behind))
    assert found is not None
    return cells(found)


def test_a_class_is_told_only_as_far_as_the_published_book_has_it(furnished: Keeping) -> None:
    """Less the others, a class or the total would tell what the held voucher cost."""
    source, period = source_of(furnished, "asset-register", MAY), Period.parse(MAY)
    whole = cells(asset_register.build_public(source, period))
    open_ = told_register(furnished, OneHeld(""))
    assert open_ == {code: line for code, line in whole.items() if not code.startswith("ledger")}
    name = next(code for code in whole if code != "total" and not code.startswith("ledger"))
    cost = asset_register.backing_whole(source, period, name, "cost")
    assert sum(one.amount.fen for one in cost.postings) == yuan(whole[name]["cost"]).fen
    held = told_register(furnished, OneHeld(cost.postings[0].number))
    assert not {"cost", "net"} & held.get(name, {}).keys()
    assert not {"cost", "net"} & held.get("total", {}).keys()
    assert any("cost" in line for line in held.values())
