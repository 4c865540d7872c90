"""Regimes of assets: read strictly, found by a unit's chart, with every life and its source."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from ledger.chart import charts as all_charts
from ledger.chart import load_chart
from ledger.errors import Refused
from ledger.rules.assets import GROUPS, METHODS, AssetTable
from ledger.rules.reading import read_tables
from ledger.rules.regimes import regime_of
from ledger.rules.rulebook import NoRuleLoaded, Rulebook, load, shipped
from ledger.rules.table import Place
from tests.rules.tables import read

BOOK = load()[0]
DAY = date(2026, 3, 15)
TABLES = [table for table in shipped() if isinstance(table, AssetTable)]
_HEAD = """
[[table]]
kind = "asset-classes"
id = "ours"
version = "2026"
rule = "union-2021"
name = "本会规定"
name_en = "Ours"
source = "示会〔2026〕9号"
effective_from = 2026-01-01
confidence = "confirmed"
scope = { unit = "chunfeng" }
charts = ["union-2021-basic"]
thresholds = { general = "1000.00", special = "1500.00", article = "第一条" }
timing = { starts = "addition", article = "第二条" }
residual = { allowed = "none", article = "第三条" }
methods = { allowed = ["straight-line"], article = "第四条" }
nominal = { amount = "1.00", article = "第五条" }
count = { months = 12, article = "第六条" }
"""
_CLASS = 'id = "computer", name = "计算机", name_en = "computer", group = "general"'
OURS = f"{_HEAD}classes = [{{ {_CLASS}, least = 60, usual = 72, most = 120 }}]\n"


def ours(text: str) -> AssetTable:
    (table,) = read(text)
    assert isinstance(table, AssetTable)
    return table


# ---- what ships ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chart", "day", "regime"),
    [
        ("union-2021-basic", DAY, "union-2021"), ("union-2021-county", DAY, "union-2021"),
        ("government-2019", DAY, "government-2019"), ("npo-2024", DAY, "npo-2024"),
        ("npo-2004", date(2025, 12, 31), "npo-2004"),
    ],
)  # fmt: skip
def test_a_unit_is_under_the_regime_of_its_chart(chart: str, day: date, regime: str) -> None:
    assert regime_of(BOOK, chart, day).head.rule == regime


@pytest.mark.parametrize(
    ("chart", "day", "said"),
    [
        ("npo-2004", date(2026, 1, 1), "npo-assets@2004 2005-01-01–2025-12-31"),
        ("npo-2024", date(2025, 12, 31), "npo-assets@2024 2026-01-01–"),
        ("union-2021-basic", date(2021, 12, 31), "union-assets@2021"),
        ("party-dues", DAY, "in force on 2026-03-15 for chart party-dues"),
    ],
)  # fmt: skip
def test_no_regime_in_force_is_told_with_those_there_are(chart: str, day: date, said: str) -> None:
    with pytest.raises(NoRuleLoaded, match="no-rule-loaded") as refusal:
        regime_of(BOOK, chart, day)
    assert said in str(refusal.value)


def test_the_lives_are_those_of_the_guide() -> None:
    """财会〔2017〕4号 table 1, in years: what is in no other document either."""
    government = regime_of(BOOK, "government-2019", DAY)
    union = regime_of(BOOK, "union-2021-basic", DAY)
    years = {
        "building-steel": (50, None), "building-concrete": (50, None), "building-brick": (30, None),
        "building-wood": (30, None), "building-light": (8, None), "ancillary": (8, None),
        "structure": (8, None), "computer": (6, None), "office": (6, None), "vehicle": (8, None),
        "book-equipment": (5, None), "machinery": (10, None), "electrical": (5, None),
        "radar": (10, None), "communication": (5, None), "broadcast": (5, None),
        "instrument": (5, None), "measuring": (5, None), "metrology": (5, None),
        "mining": (10, 15), "oil-gas": (10, 15), "petrochemical": (10, 15), "smelting": (10, 15),
        "power": (20, 30), "mineral-products": (10, 20), "nuclear": (20, 30),
        "aerospace": (20, 30), "construction": (10, 15), "farming": (10, 15), "logging": (10, 15),
        "food": (10, 15), "beverage": (10, 15), "tobacco": (10, 15), "grain-feed": (10, 15),
        "textile": (10, 15), "garment": (10, 15), "printing": (10, 20), "pharmacy": (5, 10),
        "medical": (5, 10), "electronics-making": (5, 10), "safety": (10, 20), "postal": (10, 15),
        "environmental": (10, 20), "police": (3, 10), "hydraulic": (10, 20), "funeral": (5, 10),
        "railway": (10, 20), "ship": (10, 20), "aircraft": (10, 20), "special-instrument": (5, 10),
        "art": (5, 15), "sports": (5, 15), "entertainment": (5, 15), "furniture": (15, None),
        "fittings": (5, None),
    }  # fmt: skip
    for table in (government, union):
        found = {
            one.id: ((one.least or 0) // 12, one.most and one.most // 12)
            for one in table.classes
            if one.least
        }
        assert found == years


def test_each_regime_begins_ends_and_leaves_as_its_articles_say() -> None:
    said = {
        table.head.key: (table.starts, table.residual, len(table.methods), table.nominal)
        for table in TABLES
    }
    assert said == {
        "union-assets@2021": ("addition", "none", 2, 100),
        "government-assets@2019": ("addition", "none", 2, 100),
        "npo-assets@2004": ("next", "chosen", 4, None),
        "npo-assets@2024": ("next", "chosen", 4, None),
        "tax-minimum@2008": ("next", "chosen", 1, None),
    }
    assert all(table.count_months == 12 for table in TABLES if table.charts)


def test_what_is_bought_for_a_special_purpose_is_an_asset_from_another_value_on() -> None:
    union = regime_of(BOOK, "union-2021-basic", DAY)
    assert union.by_id["computer"].threshold == 100_000
    assert union.by_id["medical"].threshold == 150_000
    assert regime_of(BOOK, "npo-2024", DAY).by_id["medical"].threshold is None


def test_what_does_not_wear_is_not_depreciated() -> None:
    union = regime_of(BOOK, "union-2021-basic", DAY)
    kept = {one.id for one in union.classes if not one.depreciated}
    assert kept == {"relics", "plants-animals", "books-archives", "land"}
    assert union.stays(union.by_id["relics"], 500_000)
    assert union.stays(union.by_id["computer"], 100)
    assert not union.stays(union.by_id["computer"], 101)
    npo = regime_of(BOOK, "npo-2024", DAY)
    assert {one.id for one in npo.classes if not one.depreciated} == {"relics"}
    assert not npo.stays(npo.by_id["computer"], 100)


def test_an_intangible_asset_of_a_non_profit_is_charged_from_its_month_in_equal_parts() -> None:
    """财会〔2004〕7号 art. 46, unlike its fixed assets, art. 38."""
    npo = regime_of(BOOK, "npo-2004", date(2025, 1, 1))
    assert (npo.by_id["software"].starts, npo.by_id["computer"].starts) == ("addition", "next")
    assert npo.by_id["software"].methods == ("straight-line",)
    assert not npo.by_id["software"].charged_on_removal
    assert npo.by_id["computer"].charged_on_removal


def test_every_class_is_cited_named_once_and_entered_on_an_account_of_its_charts() -> None:
    for table in TABLES:
        assert set(table.charts) <= set(all_charts())
        for one in table.classes:
            assert one.article, (table.head.key, one.id)
            assert table.class_called(one.id) is one is table.class_called(one.name.zh)
            for chart in table.charts:
                codes = {account.code for account in load_chart(chart).accounts}
                assert not one.capital or one.capital in codes
        union = "union-2021-basic" in table.charts
        assert all(bool(one.capital) == union for one in table.classes)
    assert TABLES[0].class_called("飞毯") is None


def test_the_least_lives_of_the_tax_law_stand_beside_and_are_nobody_s_regime() -> None:
    tax = BOOK.in_force(AssetTable, "tax-minimum", DAY, Place())
    assert tax.charts == ()
    years = {id: (tax.by_id[id].least or 0) // 12 for id in (
        "building-concrete", "machinery", "furniture", "vehicle", "computer",
    )}  # fmt: skip
    assert list(years.values()) == [20, 10, 5, 4, 3]
    regimes = [table for table in TABLES if table.charts]
    worn = {one.id for table in regimes for one in table.classes if one.least}
    assert worn <= set(tax.by_id)


# ---- a file of one's own -------------------------------------------------------------------------


def test_a_unit_s_own_table_goes_before_what_ships() -> None:
    book = Rulebook([*shipped(), *read(OURS)])
    unit = regime_of(book, "union-2021-basic", DAY, Place(unit="chunfeng"))
    assert (unit.head.id, unit.by_id["computer"].usual) == ("ours", 72)
    assert regime_of(book, "union-2021-basic", DAY).head.id == "union-assets"


def test_two_regimes_for_one_chart_are_a_finding_unless_one_is_narrower() -> None:
    wide = OURS.replace('scope = { unit = "chunfeng" }\n', "").replace('union-2021"', 'own"', 1)
    assert 'rule = "own"' in wide
    twin = wide.replace('rule = "own"', 'rule = "other"').replace('id = "ours"', 'id = "theirs"')
    unit = Place(unit="chunfeng")
    both = Rulebook([*shipped(), *read(wide), *read(twin)])
    with pytest.raises(Refused, match="rules-contradict"):
        regime_of(both, "union-2021-basic", DAY, unit)
    narrow = Rulebook([*shipped(), *read(OURS), *read(twin)])
    assert regime_of(narrow, "union-2021-basic", DAY, unit).head.id == "ours"
    assert regime_of(narrow, "union-2021-basic", DAY).head.id == "theirs"
    assert regime_of(narrow, "union-2021-county", DAY, unit).head.id == "union-assets"


def test_a_life_is_allowed_within_its_bounds() -> None:
    computer = ours(OURS).by_id["computer"]
    assert [life for life in (59, 60, 120, 121) if computer.allows(life)] == [60, 120]
    assert computer.lives.en == "from 60 to 120 months"
    free = ours(OURS.replace("least = 60, usual = 72, most = 120", "usual = 72")).by_id["computer"]
    assert free.allows(1)
    assert free.lives.en == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('charts = ["union-2021-basic"]\n', "", "charts is missing"),
        ('charts = ["union-2021-basic"]', 'charts = "union-2021-basic"', "no list of texts"),
        ('charts = ["union-2021-basic"]', 'charts = ["../x"]', "charts are ids of charts"),
        ('charts = ["union-2021-basic"]', 'charts = ["a1", "a1"]', "a1 is there twice"),
        ('general = "1000.00", ', "", "general is missing"),
        ('special = "1500.00"', "special = 1500.0", "special is missing or no amount in quotes"),
        ('special = "1500.00"', 'special = "-1"', "special is no amount"),
        ('timing = { starts = "addition", article = "第二条" }\n', "", "timing is missing"),
        ('timing = { starts = "addition", article = "第二条" }', "timing = 3", "timing is a table"),
        ('starts = "addition"', 'starts = "later"', "starts is one of addition next"),
        ('starts = "addition", article = "第二条"', 'starts = "addition"', "article is missing"),
        ('article = "第二条"', 'article = ""', "article is empty"),
        ('article = "第二条"', 'article = "第二条", day = 1', "unknown key day"),
        ('article = "第二条"', 'article = "第二条", confidence = "sure"', "confidence is one of"),
        ('residual = { allowed = "none", article = "第三条" }\n', "", "residual is missing"),
        ('allowed = "none"', 'allowed = "some"', "allowed is one of none chosen"),
        ('allowed = ["straight-line"]', "allowed = []", "allowed are some of straight-line"),
        ('allowed = ["straight-line"]', 'allowed = ["fast"]', "allowed are some of"),
        (
            'allowed = ["straight-line"]',
            'allowed = ["units", "units"]',
            "allowed units is there twice",
        ),
        ('amount = "1.00"', 'amount = "0.00"', "amount is missing or zero"),
        ('amount = "1.00", ', "", "amount is missing or zero"),
        ("months = 12", "months = 0", "months lies from 1 to 120"),
        ("least = 60", "least = 0", "least lies from 1 to 1200"),
        ("least = 60", 'least = "60"', "least is missing or no whole number"),
        ("most = 120", "most = 1201", "most lies from 1 to 1200"),
        ("most = 120", "most = 59", "least is above most"),
        ("usual = 72", "usual = 59", "usual does not lie from least to most"),
        ("usual = 72", "usual = 121", "usual does not lie from least to most"),
        ("most = 120", 'most = 120, depreciated = "no"', "has no life"),
        ("most = 120", "most = 120, depreciated = false", "depreciated is missing or no text"),
        ('group = "general"', 'group = "toys"', "group is one of"),
        ("most = 120", 'most = 120, threshold = "high"', "threshold is one of"),
        ("most = 120", 'most = 120, starts = "soon"', "starts is one of"),
        ("most = 120", "most = 120, methods = []", "methods are some of"),
        ("most = 120", 'most = 120, capital = "五"', "capital is the code of an account"),
        ("most = 120", "most = 120, colour = 1", "unknown key colour"),
        ("most = 120 }", f"most = 120 }}, {{ {_CLASS} }}", "id computer is there twice"),
        (f"{{ {_CLASS}, least = 60, usual = 72, most = 120 }}", "", "there is no class"),
        (_HEAD.splitlines()[-1], f"{_HEAD.splitlines()[-1]}\nshade = 1", "unknown key shade"),
    ],
)  # fmt: skip
def test_an_odd_table_is_refused_with_what_is_odd(old: str, new: str, said: str) -> None:
    assert old in OURS
    with pytest.raises(Refused, match="bad-rule") as refusal:
        read(OURS.replace(old, new, 1))
    assert said in str(refusal.value)


def test_what_is_left_out_where_the_rule_is_silent_is_no_fault() -> None:
    lines = [line for line in OURS.splitlines() if not line.startswith(("nominal", "count", "thr"))]
    table = ours("\n".join(lines))
    assert (table.nominal, table.count_months, table.general) == (None, None, None)
    assert table.by_id["computer"].threshold is None
    assert table.term("timing") is not None
    assert table.term("count") is None


def test_every_word_of_such_a_file_is_explained_in_the_readme() -> None:
    text = (Path(__file__).parents[2] / "ledger/rules/data/README.md").read_text(encoding="utf-8")
    keys = set(re.findall(r"(?:^|[{ ])([a-z_]+) = ", OURS, re.MULTILINE))
    for word in keys | {"capital", "depreciated"} | set(GROUPS) | set(METHODS):
        assert f"`{word}`" in text, word


def test_every_kind_of_thing_and_every_method_has_both_names() -> None:
    for words in (*GROUPS.values(), *METHODS.values()):
        assert words.zh
        assert words.en
    data = Path(__file__).parents[2] / "ledger/rules/data/assets.toml"
    assert read_tables(data.read_bytes(), "assets.toml")[1] == []
