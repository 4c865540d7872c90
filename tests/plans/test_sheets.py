"""A plan in rows says what a plan in TOML says, and every fault of it is told with its row."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.plans import read_plan
from importers.template_sheet import template_xlsx
from importers.templates import PLAN
from ledger.errors import Refused
from ledger.money import Money
from ledger.plans.plan import BASES, Plan
from ledger.tree.words import LEVELS, REGIONS
from tests.cli.command import by_user, mingbai
from tests.consolidation.tree import BANK, DOWN
from tests.plans.scene import TEXT, World

FACTS: dict[str, Any] = {
    "id": "jc-2026", "name": "基层活动补助", "payer": "xian", "pool": "900.00",
    "due": date(2026, 6, 30), "decision": "示工〔2026〕3号", "account": "508", "fund": "F01",
    "money": "10201", "base": "按人数", "on": date(2026, 5, 31), "below": "xian",
}  # fmt: skip
ROWS = [{"what": "地区", "key": "革命老区", "weight": "2"}]


def sheet(facts: dict[str, Any], rows: list[dict[str, Any]]) -> bytes:
    """The empty sheet as a person saves it after typing."""
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(PLAN)))
    page = book.worksheets[0]
    for place, field in enumerate(PLAN.facts, start=2):
        page.cell(place, 2, facts.get(field.key))
    for place, row in enumerate(rows, start=len(PLAN.facts) + 4):
        for column, field in enumerate(PLAN.columns, start=1):
            page.cell(place, column, row.get(field.key))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(facts: dict[str, Any], rows: list[dict[str, Any]]) -> bytes:
    """The same as CSV: facts above, one to a line, and the table below."""
    out = io.StringIO()
    write = csv.writer(out)
    for field in PLAN.facts:
        write.writerow([field.name.zh, facts.get(field.key, "")])
    write.writerow([field.name.zh for field in PLAN.columns])
    for row in rows:
        write.writerow([row.get(field.key, "") for field in PLAN.columns])
    return out.getvalue().encode()


def faults(facts: dict[str, Any], rows: list[dict[str, Any]]) -> list[tuple[str, int | None]]:
    with pytest.raises(Refused) as caught:
        read_plan(text(facts, rows), "plan.csv")
    return [(found.rule, found.line) for found in caught.value.findings]


def test_the_sheet_filled_in_is_the_plan_that_toml_writes() -> None:
    written = read_plan(TEXT.encode(), "plan.toml")
    read = read_plan(sheet(FACTS, ROWS), "plan.xlsx")
    assert said(read) == {**said(written), "account": "508", "money": "10201"}


def said(plan: Plan) -> dict[str, Any]:
    """Everything but the file itself."""
    return {name: value for name, value in vars(plan).items() if name not in ("digest", "file")}


units = st.lists(st.sampled_from(["xue", "yuan", "chang", "cun"]), unique=True, min_size=1)
weights = st.decimals("0", "999", places=2).map(lambda one: format(one, "f"))
fen = st.integers(0, 10**9).map(lambda one: Money(one).text)


@settings(max_examples=60, deadline=None)
@given(
    pool=st.integers(1, 10**11).map(lambda one: Money(one).text),
    listed=units,
    base=st.sampled_from(["heads", "fixed", "past"]),
    terms=st.lists(st.tuples(weights, st.integers(0, 999999), fen), min_size=4, max_size=4),
    regions=st.dictionaries(st.sampled_from(REGIONS), weights),
    levels=st.dictionaries(st.sampled_from(list(LEVELS)), weights),
)
def test_what_is_said_in_rows_is_what_is_said_in_toml(
    pool: str,
    listed: list[str],
    base: str,
    terms: list[tuple[str, int, str]],
    regions: dict[str, str],
    levels: dict[str, str],
) -> None:
    facts: dict[str, Any] = {
        **FACTS,
        "pool": pool,
        "base": BASES[base].zh,
        "below": "",
        "on": "",
        "year": "",
    }
    extra = {"heads": "on = 2026-05-31", "past": "year = 2025", "fixed": ""}[base]
    facts["on"] = "2026-05-31" if base == "heads" else ""
    facts["year"] = 2025 if base == "past" else ""
    rows: list[dict[str, Any]] = []
    lines = [
        "[plan]", 'id = "jc-2026"', 'name = "基层活动补助"', 'payer = "xian"', f'pool = "{pool}"',
        "due = 2026-06-30", 'decision = "示工〔2026〕3号"', 'account = "508"', 'fund = "F01"',
        'money = "10201"', "[base]", f'kind = "{base}"', extra, "[units]",
        f"list = {json.dumps(listed)}", "[weights.region]",
        *(f'"{region}" = "{weight}"' for region, weight in regions.items()),
        "[weights.level]", *(f'{level} = "{weight}"' for level, weight in levels.items()),
    ]  # fmt: skip
    for unit, (weight, share, floor) in zip(listed, terms, strict=False):
        rows.append({"what": "单位", "key": unit, "weight": weight, "floor": floor})
        lines += ["[[unit]]", f'id = "{unit}"', f'weight = "{weight}"', f'floor = "{floor}"']
        if base == "fixed":
            rows[-1]["share"] = share
            lines.append(f"base = {share}")
    rows += [{"what": "地区", "key": key, "weight": one} for key, one in regions.items()]
    rows += [{"what": "层级", "key": LEVELS[key].zh, "weight": one} for key, one in levels.items()]
    read = read_plan(text(facts, rows), "plan.csv")
    assert said(read) == said(read_plan("\n".join(lines).encode(), "plan.toml"))
    assert all(isinstance(one.weight, Fraction) for one in read.terms.values())


HEAD = len(PLAN.facts) + 1  # the row of the header in the CSV; rows follow it
LINE = {field.key: place for place, field in enumerate(PLAN.facts, start=1)}


@pytest.mark.parametrize(
    ("facts", "rows", "expected"),
    [
        ({"pool": "9.001"}, ROWS, ("list-value", LINE["pool"])),
        ({"pool": ""}, ROWS, ("list-missing", LINE["pool"])),
        ({"id": "Plan 1"}, ROWS, ("bad-plan", LINE["id"])),
        ({"payer": "../x"}, ROWS, ("bad-plan", LINE["payer"])),
        ({"fund": "one"}, ROWS, ("bad-plan", LINE["fund"])),
        ({"on": ""}, ROWS, ("bad-plan", LINE["on"])),
        ({"base": "按上年所得"}, ROWS, ("bad-plan", LINE["year"])),
        ({"base": "抓阄"}, ROWS, ("list-value", LINE["base"])),
        ({"level": "村里"}, ROWS, ("list-value", LINE["level"])),
        ({"floor": "9.00", "cap": "8.00"}, ROWS, ("bad-plan", LINE["cap"])),
        ({"cap": "-1.00"}, ROWS, ("bad-plan", LINE["cap"])),
        ({"below": ""}, ROWS, ("bad-plan", None)),
        ({}, [{"what": "地区", "key": "革命老区"}], ("bad-plan", HEAD + 1)),
        ({}, [{"what": "地区", "key": "老区", "weight": "1"}], ("bad-plan", HEAD + 1)),
        ({}, [{"what": "层级", "key": "村里", "weight": "1"}], ("bad-plan", HEAD + 1)),
        ({}, [{"what": "层级", "key": "基层", "weight": "1", "cap": "2.00"}],
         ("bad-plan", HEAD + 1)),
        ({}, [*ROWS, {"what": "单位", "key": "xue", "share": "3"}], ("bad-plan", HEAD + 2)),
        ({}, [*ROWS, {"what": "单位", "key": "xue", "floor": "3.00", "cap": "2.00"}],
         ("bad-plan", HEAD + 2)),
        ({}, [*ROWS, {"what": "单位", "key": "xue", "cap": "-2.00"}], ("bad-plan", HEAD + 2)),
        ({}, [*ROWS, *ROWS], ("list-double", HEAD + 2)),
        ({}, [{"what": "层级", "key": "基层", "weight": "1"},
              {"what": "层级", "key": "grass-roots", "weight": "2"}], ("bad-plan", HEAD + 2)),
        ({}, [{"what": "地区", "key": "革命老区", "weight": "1.23456"}], ("list-value", HEAD + 1)),
        ({}, [{"what": "市场", "key": "革命老区", "weight": "1"}], ("list-value", HEAD + 1)),
    ],
)  # fmt: skip
def test_every_fault_is_told_with_its_row(
    facts: dict[str, Any], rows: list[dict[str, Any]], expected: tuple[str, int | None]
) -> None:
    assert expected in faults({**FACTS, **facts}, rows)


def test_a_plan_needs_no_rows() -> None:
    assert read_plan(text(FACTS, []), "plan.csv").below == "xian"


def test_the_command_reads_the_sheet_that_it_gave(world: World, tmp_path: Path) -> None:
    blank = tmp_path / "blank.xlsx"
    assert mingbai("template", "plan", "-o", blank).status == 0
    file = tmp_path / "plan.xlsx"
    file.write_bytes(sheet(FACTS, ROWS))
    assert mingbai("template", "check", "plan", file).status == 0
    told = by_user(world.registry.folder, "zhou", "plan", file, "--propose", "--json")
    assert told.status == 0
    assert [(row["unit"], row["amount"]) for row in told.json["rows"]] == [
        ("xue", "600.00"), ("yuan", "300.00"),
    ]  # fmt: skip
    file.write_bytes(sheet({**FACTS, "floor": "9", "cap": "8"}, ROWS))
    checked = mingbai("template", "check", "plan", file)
    assert (checked.status, f":{LINE['cap'] + 1}:" in checked.err) == (1, True)
    assert by_user(world.registry.folder, "zhou", "plan", file).status == 1


def test_accounts_may_be_named_by_their_codes(world: World) -> None:
    found = world.preview(TEXT.replace(f'"{DOWN}"', '"508"').replace(f'"{BANK}"', '"10201"'))
    assert (found.plan.account, found.plan.money) == (DOWN, BANK)
