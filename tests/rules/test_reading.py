"""Rule files: what is refused in one, which of several is in force, and what all of them say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Finding, Refused
from ledger.rules import rulebook
from ledger.rules.listing import listing
from ledger.rules.rate_tables import RateTable, RemittanceTable
from ledger.rules.reading import read_tables
from ledger.rules.rulebook import Rulebook, load, local, shipped
from ledger.rules.spending_tables import MajorTable, UseTable
from ledger.rules.table import FEDERATION, SHIPPED, UNIT, Place, Scope
from ledger.rules.tables import Table
from ledger.rules.terms import TERMS
from tests.rules.tables import ASSOCIATION, BRACKETS, DAY, NATION, faults, one_rate, read

GOLDEN = Path(__file__).parent / "golden" / "rules.txt"


def test_the_shipped_tables_read_as_in_the_golden_file() -> None:
    """Whoever changes a figure changes this file too, and sees what else it says."""
    assert listing(shipped()) == GOLDEN.read_text(encoding="utf-8")


def test_every_figure_that_is_shipped_has_a_source_and_says_how_well_it_is_known() -> None:
    for table in shipped():
        assert table.head.source
        assert table.head.confidence in ("confirmed", "secondary", "recalled")
        if isinstance(table, RateTable):
            assert all(term.source for term in table.terms)
            assert all(row.rounding.source for row in table.rows)


def test_the_shipped_tables_give_no_warning() -> None:
    folder = Path(__file__).parents[2] / "ledger" / "rules" / "data"
    for path in folder.glob("*.toml"):
        assert read_tables(path.read_bytes(), path.name)[1] == []


# ---- what is refused -----------------------------------------------------------------------------

SPOILT = [
    ('kind = "rates"', "", "kind is missing"),
    ('kind = "rates"', 'kind = "tax"', "kind is one of"),
    ('id = "local-dues"\n', "", "id is missing"),
    ('id = "local-dues"', 'id = "Local Dues"', "id is lower-case"),
    ('version = "1"', "version = 1", "version is missing or no text"),
    ('source = "某省〔2026〕1号"', 'source = ""', "source is empty"),
    ('source = "某省〔2026〕1号"', 'source = "a\\u202eb"', "cannot be printed"),
    ("effective_from = 2026-01-01\n", "", "effective_from is missing"),
    ("effective_from = 2026-01-01", 'effective_from = "2026-01-01"', "no day"),
    (
        "effective_from = 2026-01-01",
        "effective_from = 2026-01-01\neffective_to = 2025-12-31",
        "effective_to lies before",
    ),
    ('confidence = "confirmed"\ndefault', 'confidence = "sure"\ndefault', "confidence is one of"),
    ('confidence = "confirmed"\ndefault', 'colour = "red"\ndefault', "unknown key colour"),
    ('default_status = "staff"', 'default_status = "chief"', "default_status is none"),
    ('mode = "half-up"', 'mode = "bankers"', "mode is one of"),
    ('unit = "0.01"', 'unit = "0.05"', "unit is 0.01"),
    ('rate = "0.01"', "rate = 0.01", "rate is missing or no decimal in quotes"),
    ('rate = "0.01"', 'rate = "1.5"', "rate lies from 0 to 1"),
    ('rate = "0.01"', 'rate = "0.01", fixed = "3.00"', "exactly one of rate"),
    (', rate = "0.01"', "", "exactly one of rate"),
    (', rate = "0.01"', ', least = "2.00", most = "1.00"', "stand together, in order"),
    ('up_to = "1000.00"', "up_to = 1000.00", "up_to is missing or no amount in quotes"),
    ('up_to = "1000.00"', 'up_to = "-5"', "up_to is no amount"),
    ('up_to = "1000.00"', 'up_to = "999.99"', "no row of staff holds bases 1000.00–1000.00"),
    ('up_to = "1000.00"', 'up_to = "1000.01"', "row high of staff overlaps another"),
    ('up_to = "1000.00"', 'from = "1.00", up_to = "1000.00"', "no row of staff holds bases 0.00"),
    ('above = "1000.00"', 'above = "1000.00", up_to = "2000.00"', "holds bases from 2000.01"),
    ('above = "1000.00"', 'above = "1000.00", from = "1000.00"', "lower bound is above or from"),
    ('above = "1000.00"', 'above = "1000.00", below = "900.00"', "upper bound lies below"),
    ('id = "high"', 'id = "low"', "low is there twice"),
    ('statuses = ["staff"], name = "高"', 'statuses = ["chief"], name = "高"', "status chief"),
    (', base = "pay"', "", "needs a base"),
    ('name = "joins"', 'name = "joined"', "there is no such term"),
    ('name = "joins", value = "month-of"', 'name = "joins", value = "soon"', "value is one of"),
    ('source = "第4条", confidence = "confirmed" },\n]', 'confidence = "confirmed" },\n]',
     "source is missing"),
    ('  { name = "base", value = "current", source = "第4条", confidence = "confirmed" },\n', "",
     "term base is missing"),
    ('value = "none"', 'value = "months"', "monthly dues are not prorated"),
    ('period = "month"', 'period = "year"', "yearly dues need due_month"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "said"), SPOILT)
def test_a_faulty_rule_file_is_refused_with_what_is_wrong_and_where(
    good: str, bad: str, said: str
) -> None:
    assert faults(BRACKETS) == ()
    assert good in BRACKETS
    found = faults(BRACKETS.replace(good, bad, 1))
    assert any(said in fault.what.en for fault in found), [fault.what.en for fault in found]
    assert all(fault.file == "rules/local.toml" and fault.what.zh for fault in found)


def test_all_faults_of_a_file_are_told_at_once() -> None:
    text = BRACKETS.replace('version = "1"', "version = 1").replace("half-up", "up")
    assert len(faults(text)) == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"[[table]\n", "not TOML"),
        (b"a = " + b"[" * 100_000, "not a rule file"),
        (b"a = 1" + b"0" * 5000, "not a rule file"),
        (b"#" * 300_000, "256 KB"),
        (b"table = 3\n", "table is missing or no list of tables"),
        (b"table = [3]\n", "table is a list of tables"),
        (b"", "table is missing"),
        (b"[[table]]\n" * 201, "more than 200"),
    ],
)
def test_what_is_no_rule_file_is_refused_without_a_traceback(data: bytes, said: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_tables(data, "x.toml")
    assert said in "\n".join(fault.what.en for fault in refusal.value.findings)


def test_a_syntax_error_names_its_line() -> None:
    with pytest.raises(Refused) as refusal:
        read_tables(b"# a\n# b\nx = \n", "x.toml")
    assert refusal.value.findings[0].line == 3


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_rule_file_is_taken_or_refused_and_nothing_else(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([BRACKETS, ASSOCIATION]))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        until = min(len(text), at + data.draw(st.integers(0, 20)))
        text = (
            text[:at] + data.draw(st.text(alphabet='"=[]{}.,-019a\n会', max_size=4)) + text[until:]
        )
    try:
        tables, _ = read_tables(text.encode(), "x.toml")
    except Refused as refusal:
        assert refusal.findings
    else:
        assert all(table.head.source for table in tables)


def test_an_amount_that_falls_as_the_base_grows_is_a_warning_for_a_rule_may_say_so() -> None:
    text = BRACKETS.replace('rate = "0.02"', 'rate = "0.005"')
    _, said = read_tables(text.encode(), "x.toml")
    assert [(one.severity, "falls at a base of 1000.01" in one.what.en) for one in said] == [
        ("warning", True)
    ]


OTHERS = """
[[table]]
kind = "split"
id = "split"
version = "1"
rule = "union-levy"
name = "分成"
name_en = "Split"
source = "某工会〔2026〕1号"
effective_from = 2026-01-01
confidence = "confirmed"
parts = [
  { to = "own", name = "留成", name_en = "own", share = "0.65" },
  { to = "city", name = "市", name_en = "city", share = "0.35" },
]

[[table]]
kind = "remittance"
id = "up"
version = "1"
rule = "party"
name = "上缴"
name_en = "Up"
source = "某省委组织部〔2026〕1号"
effective_from = 2026-01-01
confidence = "confirmed"
rounding = { mode = "half-up", unit = "0.01", source = "第2条", confidence = "confirmed" }
rows = [
  { id = "b", payer = "branch", to = "county", name = "支部", name_en = "branch", share = "0.3", of = "实交", of_en = "paid", due = "02-29" },
]

[[table]]
kind = "floor"
id = "floor"
version = "1"
rule = "party-floor"
name = "保底"
name_en = "Floor"
source = "某市〔2026〕1号"
effective_from = 2026-01-01
confidence = "confirmed"
per_head = "150.00"

[[table]]
kind = "uses"
id = "uses"
version = "1"
rule = "party"
name = "用途"
name_en = "Uses"
source = "某省〔2026〕1号"
effective_from = 2026-01-01
confidence = "confirmed"
uses = [{ id = "training", name = "培训", name_en = "training", article = "第3条" }]
"""  # noqa: E501


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('share = "0.65"', 'share = "0.60"', "do not add up to 1"),
        (', share = "0.65"', "", "share is missing"),
        ('to = "city", name = "市"', 'to = "own", name = "市"', "own is there twice"),
        ('due = "02-29"', 'due = "02-30"', "due is written 04-30"),
        (', share = "0.3"', "", "share is missing"),
        ('per_head = "150.00"', 'per_head = "0"', "per_head is missing or zero"),
        ("uses = [{", "uses = []\nspare = [{", "there is no use"),
    ],
)
def test_the_other_kinds_of_tables_are_read_as_strictly(good: str, bad: str, said: str) -> None:
    assert faults(OTHERS) == ()
    assert good in OTHERS
    found = faults(OTHERS.replace(good, bad, 1))
    assert any(said in fault.what.en for fault in found), [fault.what.en for fault in found]


# ---- which one is in force -----------------------------------------------------------------------


def test_a_local_file_overrides_a_shipped_one_and_the_unit_s_goes_before_the_federation_s() -> None:
    federation = read(BRACKETS, FEDERATION)
    unit = read(BRACKETS.replace('"0.02"', '"0.03"'), UNIT)
    for tables, origin in (
        (shipped(), SHIPPED),
        ([*shipped(), *federation], FEDERATION),
        ([*unit, *shipped(), *federation], UNIT),
    ):
        found = Rulebook(tables).in_force(RateTable, "party", DAY, NATION)
        assert found.head.origin == origin
    before = Rulebook([*shipped(), *unit]).in_force(RateTable, "party", date(2025, 12, 31), NATION)
    assert before.head.key == "party-dues@2008"


def test_the_narrowest_scope_in_force_wins() -> None:
    province = '\nscope = { province = "甲省" }'
    both = '\nscope = { province = "甲省", kind = "university" }'
    texts = [
        BRACKETS.replace('id = "local-dues"', f'id = "{id}"').replace(
            'confidence = "confirmed"\ndefault', f'confidence = "confirmed"{scope}\ndefault'
        )
        for id, scope in (("nation", ""), ("province", province), ("both", both))
    ]
    book = Rulebook([table for text in texts for table in read(text, FEDERATION)])

    def found(place: Place) -> str:
        return book.in_force(RateTable, "party", DAY, place).head.id

    assert found(Place()) == "nation"
    assert found(Place("乙省", frozenset({"university"}))) == "nation"
    assert found(Place("甲省")) == "province"
    assert found(Place("甲省", frozenset({"university", "public"}))) == "both"


def test_two_tables_for_the_same_units_and_days_are_a_finding() -> None:
    other = BRACKETS.replace('version = "1"', 'version = "2"')
    with pytest.raises(Refused, match="rules-contradict"):
        Rulebook([*read(BRACKETS), *read(other)])
    later = other.replace("2026-01-01", "2027-01-01")
    with pytest.raises(Refused, match="rules-contradict"):
        Rulebook([*read(BRACKETS), *read(later)])
    ended = BRACKETS.replace(
        "effective_from = 2026-01-01", "effective_from = 2026-01-01\neffective_to = 2026-12-31"
    )
    same_day = later.replace("2027-01-01", "2026-12-31")
    with pytest.raises(Refused, match="rules-contradict"):
        Rulebook([*read(ended), *read(same_day)])
    book = Rulebook([*read(ended), *read(later)])
    assert book.in_force(RateTable, "party", date(2026, 12, 31), NATION).head.version == "1"
    assert book.in_force(RateTable, "party", date(2027, 1, 1), NATION).head.version == "2"


def test_the_same_table_twice_is_a_finding() -> None:
    with pytest.raises(Refused, match="there twice"):
        Rulebook([*read(BRACKETS), *read(BRACKETS.replace('"0.02"', '"0.03"'))])


def test_a_stored_figure_finds_the_unit_s_own_table_before_an_equal_one() -> None:
    federation, unit = read(BRACKETS, FEDERATION), one_rate(BRACKETS)
    book = Rulebook([*federation, unit])
    found = book.table(RateTable, unit.head.key, unit.head.digest)
    assert found.head.origin == UNIT


def test_scopes_of_which_neither_is_narrower_are_a_finding_where_they_meet() -> None:
    (table,) = read(BRACKETS)
    assert isinstance(table, RateTable)
    by_province = replace(table, head=replace(table.head, scope=Scope(province="甲省")))
    by_kind = replace(table, head=replace(table.head, id="kind", scope=Scope(kind="university")))
    book = Rulebook([by_province, by_kind])
    assert book.in_force(RateTable, "party", DAY, Place("甲省")) == by_province
    with pytest.raises(Refused, match="rules-contradict"):
        book.in_force(RateTable, "party", DAY, Place("甲省", frozenset({"university"})))


def test_a_table_that_changed_under_the_same_version_is_not_the_one_that_was_used() -> None:
    used = one_rate(BRACKETS)
    same = Rulebook(read(BRACKETS + "\n# a remark\n"))
    assert same.table(RateTable, used.head.key, used.head.digest) == used
    with pytest.raises(Refused, match="rule-changed"):
        Rulebook(read(BRACKETS.replace('"0.02"', '"0.03"'))).table(
            RateTable, used.head.key, used.head.digest
        )
    with pytest.raises(Refused, match="no rule loaded"):
        Rulebook([]).table(RateTable, used.head.key, used.head.digest)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("effective_from = 2026-01-01", "effective_from = 2026-01-01\neffective_to = 2026-12-31"),
        ("某省〔2026〕1号", "某省〔2026〕2号"),
        ('name_en = "high"', 'name_en = "upper"'),
        ('name = "高"', 'name = "高档"'),
        ('source = "第3条", confidence = "confirmed"', 'source = "三", confidence = "recalled"'),
        ('base_name = "工资"', 'base_name = "月工资"'),
    ],
)
def test_words_that_are_corrected_and_a_table_that_ends_leave_stored_figures_explained(
    before: str, after: str
) -> None:
    used = one_rate(BRACKETS)
    assert before in BRACKETS
    now = one_rate(BRACKETS.replace(before, after))
    assert Rulebook([now]).table(RateTable, used.head.key, used.head.digest) == now


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('up_to = "1000.00", rate = "0.01"', 'up_to = "1000.00", rate = "0.011"'),
        ('mode = "half-up"', 'mode = "down"'),
        ('unit = "0.01"', 'unit = "0.10"'),
        ('value = "old-unit"', 'value = "new-unit"'),
        ('name = "base", value = "current"', 'name = "base", value = "year-start"'),
        ('base = "pay"', 'base = "pension"'),
        ('rate = "0.02"', 'rate = "0.02", cap = "20.00"'),
        ('rate = "0.02"', 'rate = "0.02", base_unit = "10.00"'),
    ],
)
def test_a_figure_that_changes_under_the_same_version_is_noticed(before: str, after: str) -> None:
    used = one_rate(BRACKETS)
    assert before in BRACKETS
    now = one_rate(BRACKETS.replace(before, after))
    with pytest.raises(Refused, match="rule-changed"):
        Rulebook([now]).table(RateTable, used.head.key, used.head.digest)


def test_another_term_of_the_same_value_is_another_figure() -> None:
    term = '  {{ name = "{}", value = 6, source = "第5条", confidence = "confirmed" }},\n'
    one, other = (
        one_rate(BRACKETS.replace("terms = [\n", "terms = [\n" + term.format(name)))
        for name in ("back_payment_months", "unpaid_months")
    )
    assert one.head.digest != other.head.digest


def test_local_files_are_found_in_the_federation_s_folder_and_in_the_unit_s(tmp_path: Path) -> None:
    for folder, name in ((tmp_path, "nation"), (tmp_path / "units" / "heping", "unit")):
        (folder / "rules").mkdir(parents=True)
        text = ASSOCIATION.replace('id = "charter-dues"', f'id = "{name}"')
        (folder / "rules" / "dues.toml").write_text(text, encoding="utf-8")
    for unit, expected, file in (
        (None, "nation", "rules/dues.toml"),
        ("other", "nation", "rules/dues.toml"),
        ("heping", "unit", "units/heping/rules/dues.toml"),
    ):
        head = load(tmp_path, unit)[0].in_force(RateTable, "association", DAY, NATION).head
        assert (head.id, head.file) == (expected, file)


def test_faults_of_all_local_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.toml").write_text("x = \n", encoding="utf-8")
    (tmp_path / "rules" / "b.toml").write_bytes(b"\xff")
    (tmp_path / "rules" / "c.toml").mkdir()
    with pytest.raises(Refused) as refusal:
        load(tmp_path)
    names = [fault.file for fault in refusal.value.findings]
    assert names == ["rules/a.toml", "rules/b.toml", "rules/c.toml"]


def test_local_files_are_read_again_only_when_one_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counted(data: bytes, name: str, origin: int = SHIPPED) -> tuple[list[Table], list[Finding]]:
        read.append(name)
        return read_tables(data, name, origin)

    load()  # what is shipped is read once for all
    monkeypatch.setattr(rulebook, "read_tables", counted)
    (tmp_path / "rules").mkdir()
    path = tmp_path / "rules" / "dues.toml"
    path.write_text(ASSOCIATION, encoding="utf-8")
    first = load(tmp_path)[0]
    for unit in ("heping", "other"):
        assert load(tmp_path, unit)[0] is first
        assert [table.head.id for table in local(tmp_path, unit)] == ["charter-dues"]
    assert read == ["rules/dues.toml"]
    path.write_text(ASSOCIATION.replace('id = "charter-dues"', 'id = "later"'), encoding="utf-8")
    assert [table.head.id for table in local(tmp_path, "heping")] == ["later"]
    assert any(table.head.id == "later" for table in load(tmp_path)[0].tables)
    assert read == ["rules/dues.toml"] * 2


def test_whoever_adds_to_the_warnings_of_a_load_changes_no_other_load(tmp_path: Path) -> None:
    load(tmp_path)[1].append(faults("x = 1\n")[0])
    assert load(tmp_path)[1] == []


def test_a_file_that_moves_from_the_federation_to_a_unit_is_the_unit_s(tmp_path: Path) -> None:
    upper, own = tmp_path / "rules", tmp_path / "units" / "heping" / "rules"
    upper.mkdir()
    own.mkdir(parents=True)
    (upper / "dues.toml").write_text(ASSOCIATION, encoding="utf-8")
    for origin, file in ((FEDERATION, "rules/dues.toml"), (UNIT, "units/heping/rules/dues.toml")):
        (head,) = (table.head for table in local(tmp_path, "heping"))
        assert (head.origin, head.file) == (origin, file)
        if origin == FEDERATION:
            (upper / "dues.toml").rename(own / "dues.toml")


def test_a_link_to_nothing_is_a_finding_wherever_rules_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "gone.toml").symlink_to(tmp_path / "nothing.toml")
    with pytest.raises(Refused, match="no regular file") as refusal:
        local(tmp_path, "heping")
    assert [fault.file for fault in refusal.value.findings] == ["rules/gone.toml"]
    with pytest.raises(Refused, match="no regular file"):
        load(tmp_path, "heping")


def test_every_table_that_ships_is_named_in_its_folder_s_readme() -> None:
    text = (Path(__file__).parents[2] / "ledger/rules/data/README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z0-9-]+@[0-9][0-9a-z]*)`", text))
    assert named == {table.head.key for table in shipped()}


def blocks(name: str, language: str) -> list[str]:
    text = (Path(__file__).parents[2] / "ledger" / "rules" / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_rule_files_in_the_readme_are_such() -> None:
    dues, major, calendar = blocks("data/README.md", "toml")
    assert [table.head.rule for table in read_tables(calendar.encode(), "a")[0]] == [
        "disclosure-decision", "disclosure-objection",
    ]  # fmt: skip
    assert one_rate(dues).head.key == "charter-dues@2026"
    ((table,), warnings) = read_tables(major.encode(), "rules/major.toml")
    assert isinstance(table, MajorTable)
    assert (table.threshold, table.days, table.report_days, warnings) == (5_000_000, 30, 10, [])


@pytest.mark.parametrize(
    ("was", "spoilt", "told"),
    [
        ('threshold = "50000.00"', 'threshold = "0.00"', "threshold is missing or zero"),
        ('threshold = "50000.00"', "threshold = 50000.0", "no amount in quotes"),
        ("days = 30", "days = 0", "days lies from"),
        ("report_days = 10", "report_days = -1", "report_days lies from"),
        ('article = "第三条"', "articel = 3", "unknown key articel"),
    ],
)
def test_a_threshold_that_makes_no_sense_is_a_finding(was: str, spoilt: str, told: str) -> None:
    _, major, _ = blocks("data/README.md", "toml")
    assert was in major
    with pytest.raises(Refused, match=told):
        read_tables(major.replace(f"\n{was}\n", f"\n{spoilt}\n").encode(), "rules/major.toml")


def test_the_examples_in_the_readme_run(capsys: pytest.CaptureFixture[str]) -> None:
    dues, assets = blocks("README.md", "python")
    names: dict[str, object] = {}
    exec(dues, names)  # noqa: S102
    assert capsys.readouterr().out.startswith("30.01 中组发〔2008〕3号")
    exec(assets, names)  # noqa: S102
    assert capsys.readouterr().out == (
        "[(Month(year=2026, month=3), 16667), (Month(year=2026, month=4), 16666)]\n"
    )


def test_every_key_and_term_of_a_rule_file_is_explained() -> None:
    text = (Path(__file__).parents[2] / "ledger/rules/data/README.md").read_text(encoding="utf-8")
    for name, term in TERMS.items():
        assert f"`{name}`" in text
        assert all(f"`{choice}`" in text for choice in term.choices)


def test_a_place_that_is_no_central_organ_is_not_asked_for_its_share() -> None:
    book = Rulebook(shipped())
    plain = book.in_force(RemittanceTable, "party", DAY, NATION)
    central = book.in_force(
        RemittanceTable, "party", DAY, Place(kinds=frozenset({"central-organ"}))
    )
    assert (plain.head.id, central.head.id) == ("party-remittance", "party-remittance-central")
    assert book.in_force(UseTable, "party", DAY, Place(kinds=frozenset({"central-organ"})))
