"""Published data against its schema: ours passes, and each alteration is found with its place."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ledger.errors import CannotRun
from ledger.period import Period
from reports import schemas
from reports.opendata import render_json
from reports.sources import book_source
from reports.statements import catalogue
from reports.validating import MOST, place_text, validate
from tests.cli.command import mingbai
from tests.reports.house import ROOT, annual, journal

HEX = "ab" * 32
PACK: dict[str, Any] = {
    "format": "mingbai-pack-1",
    "unit": "chunfeng",
    "names": {"unit": "春风小学工会（示例）"},
    "period": "2026-Q1",
    "audience": "public",
    "version": 1,
    "supersedes": None,
    "explanation": "",
    "reopened": [{"month": "2026-02", "day": "2026-03-20"}],
    "seals": ["mingbai-seal-1\nunit: chunfeng\n"],
    "tree": {
        "first": 3,
        "size": 5,
        "root": HEX,
        "frontier": [HEX, HEX],
        "heads": [{"size": 3, "root": HEX, "consistency": [HEX]}],
    },
    "totals": {"Assets:102-银行存款": {"debit": "1.00", "credit": "0.00"}},
}
SHUT = {"seq": 4, "kind": "voucher", "number": "付-202603-0004", "month": "2026-03", "full": HEX}
LEAVES = [
    {**SHUT, "open": HEX},
    {
        "seq": 5,
        "kind": "close",
        "number": "-",
        "month": "2026-03",
        "full": HEX,
        "salt": HEX,
        "text": "mingbai-open-1\nclose 2026-03\n",
    },
]


def written(folder: Path, *, pack: Any = PACK, leaves: Any = LEAVES) -> Path:
    """A publication of one pack."""
    home = folder / "packs" / "chunfeng" / "2026-Q1" / "public" / "v1"
    home.mkdir(parents=True)
    (folder / "publication.json").write_text('{"format": "mingbai-publication-1"}\n')
    (home / "pack.json").write_text(json.dumps(pack, ensure_ascii=False), encoding="utf-8")
    lines = "".join(json.dumps(leaf, ensure_ascii=False) + "\n" for leaf in leaves)
    (home / "leaves.jsonl").write_text(lines, encoding="utf-8")
    (home / "income-expenditure.json").write_text(render_json(annual()), encoding="utf-8")
    (home / "other.json").write_text('{"mine": 1}')
    return folder


def statement_with(change: Callable[[Any], None], path: Path) -> list[str]:
    """What is found in our annual statement once it was altered: places and English words."""
    data = json.loads(render_json(annual()))
    change(data)
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return [fault.what.en for fault in validate(path)]


EVALUATIONS: dict[str, Any] = {
    "format": "mingbai-evaluations-1", "federation": "qinghe", "on": "2026-04-09", "title": "评价",
    "evaluations": [
        {"unit": "chunfeng", "code": "PJ2026-0001-1", "version": version, "scope": "period",
         "subject": None, "period": "2026-Q1", "result": result, "words": "账目可信。",
         "note": note, "published": "2026-04-09", "superseded": superseded,
         "findings": [{"severity": "high", "state": "open", "count": 2}]}
        for version, result, note, superseded in (
            (1, "unqualified", None, 2), (2, "remarks", "复核后更正", None),
        )
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: None, ""),
        (lambda rows: rows[0].update(by="u-1"), "does not belong here"),
        (lambda rows: rows[0].update(result="fine"), "evaluations[0].result: this is none of"),
        (lambda rows: rows[0].update(period="soon"), "evaluations[0].period: this is not written"),
        (lambda rows: rows[0].update(words=""), "evaluations[0].words: this may not be empty"),
        (lambda rows: rows[0]["findings"][0].update(count=0), "this number is too small"),
        (lambda rows: rows[0]["findings"][0].update(voucher="x"), "does not belong here"),
        (lambda rows: rows[1].update(version=1), "evaluations[1].version: this version stands"),
        (lambda rows: rows[1].update(note=None), "evaluations[1].note: a correction says why"),
        (lambda rows: rows[1].update(superseded=2), "what took its place is a later version"),
    ],
)
def test_evaluations_are_as_their_schema_says(
    tmp_path: Path, change: Callable[[Any], None], said: str
) -> None:
    data = copy.deepcopy(EVALUATIONS)
    change(data["evaluations"])
    path = tmp_path / "evaluations.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    told = [fault.what.en for fault in validate(path)]
    assert (told == []) == (said == "")
    assert not said or any(said in one for one in told)


@pytest.mark.parametrize("kind", schemas.KINDS)
def test_a_schema_is_one_itself_and_is_described(kind: str) -> None:
    Draft202012Validator.check_schema(schemas.schema(kind))
    assert json.loads(schemas.text_of(kind)) == schemas.schema(kind)
    readme = (ROOT / "reports" / "schemas" / "README.md").read_text(encoding="utf-8")
    assert f"| `{kind}.schema.json` |" in readme


def test_every_schema_that_lies_there_is_known() -> None:
    lying = {path.name for path in (ROOT / "reports" / "schemas").glob("*.json")}
    assert lying == {f"{kind}.schema.json" for kind in schemas.KINDS}


def test_what_we_write_is_as_the_schema_says(tmp_path: Path) -> None:
    for number, found in enumerate((annual(), journal(30), replace(annual(), lines=(), annex=()))):
        path = tmp_path / f"{number}.json"
        path.write_text(render_json(found), encoding="utf-8")
        assert validate(path) == []


def test_every_statement_of_the_small_book_is_as_the_schema_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "books" / "tiny", tmp_path / "units" / "chunfeng")
    source = book_source(tmp_path, "chunfeng")
    for name in ("balance-sheet", "income-statement", "funds", "sofa", "trial-balance", "journal"):
        found = catalogue.build(name, source, Period.parse("2026-03"))
        path = tmp_path / f"{name}.json"
        path.write_text(render_json(catalogue.with_annex(source, found)), encoding="utf-8")
        assert validate(path) == []


def _cell(value: object) -> Callable[[Any], None]:
    return lambda data: data["lines"][0]["cells"].update(amount=value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.pop("unit"), "something that is required is missing: unit"),
        (lambda data: data.update(more=1), "there is something that does not belong here"),
        (lambda data: data.update(period=2026), "period: this is of the wrong type"),
        (lambda data: data["lines"][2].update(amount="12,0"), "lines[2].amount: this is not"),
        (lambda data: data["lines"][2].update(amount="1.00\n"), "lines[2].amount: this is not"),
        (lambda data: data["lines"][2].update(level=1.0), "lines[2].level: this is of the wrong"),
        (lambda data: data["lines"][1].update(style="bold"), "lines[1].style: this is none of"),
        (_cell(1.5), "lines[0].cells.amount: this is of the wrong type"),
        (_cell("12.5"), "lines[0].cells.amount: money is text of two decimals"),
        (_cell(7), "lines[0].cells.amount: money is text of two decimals"),
        (lambda data: data["lines"][0]["cells"].pop("amount"), "lines[0].cells: the cells are not"),
        (lambda data: data["columns"][0].update(key="previous"), "columns: two columns have one"),
        (lambda data: data["annex"][0]["postings"][0].update(day="2026-13-01"), "annex[0].post"),
    ],
)
def test_what_was_altered_in_a_statement_is_found_with_its_place(
    change: Callable[[Any], None], said: str, tmp_path: Path
) -> None:
    found = statement_with(change, tmp_path / "a.json")
    assert any(one.startswith(said) for one in found), found


def test_what_stands_in_the_data_is_not_repeated(tmp_path: Path) -> None:
    """A wrong value, or a wrong name of a field, may be somebody's."""

    def change(data: Any) -> None:
        data["unit"] = "张三丰 13800138000"
        data["lines"][0]["cells"]["李四光"] = 1.5

    found = statement_with(change, tmp_path / "a.json")
    assert any(one.startswith("lines[0].cells.?") for one in found)
    assert not any("张三丰" in one or "138" in one or "李四光" in one for one in found)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no JSON in UTF-8"),
        (b"\xff\xfe{}", "no JSON in UTF-8"),
        (b'{"statement": 1', "no JSON in UTF-8"),
        (b"[" * 100_000, "no JSON in UTF-8"),
        (b'{"statement": "a", "statement": "b", "lines": []}', "a name stands twice"),
        (b'{"statement": NaN, "lines": []}', "NaN and infinity"),
        (b'{"a": 1}', "no kind of published data"),
        (b"[]", "no kind of published data"),
    ],
)
def test_what_is_no_data_is_a_finding(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    (fault,) = validate(path)
    assert said in fault.what.en
    assert fault.file == "a.json"


def test_a_publication_and_its_packs_are_looked_at_as_a_whole(tmp_path: Path) -> None:
    assert validate(written(tmp_path)) == []
    assert validate(tmp_path / "packs" / "chunfeng") == []


def _altered(*path: str | int, value: Any) -> dict[str, Any]:
    pack = copy.deepcopy(PACK)
    *way, last = path
    place: Any = pack
    for step in way:
        place = place[step]
    place[last] = value
    return pack


@pytest.mark.parametrize(
    ("pack", "said"),
    [
        (_altered("format", value="mingbai-pack-9"), "format: "),
        (_altered("period", value="2026-Q5"), "period: "),
        (_altered("version", value=0), "version: "),
        (_altered("version", value=2), "explanation: a correction says"),
        (_altered("tree", "root", value=HEX[:-1]), "tree.root: "),
        (_altered("tree", "frontier", value=[HEX]), "tree.frontier: these are not as many"),
        (_altered("tree", "size", value=2), "tree.first: this is beyond"),
        (_altered("tree", "heads", 0, "consistency", value=["x"]), "tree.heads[0].consistency[0]"),
        (_altered("seals", value=["hello"]), "seals[0]: "),
    ],
)
def test_what_was_altered_in_a_pack_is_found(pack: Any, said: str, tmp_path: Path) -> None:
    (fault, *_) = validate(written(tmp_path, pack=pack))
    assert fault.file == "packs/chunfeng/2026-Q1/public/v1/pack.json"
    assert fault.what.en.startswith(said)


@pytest.mark.parametrize(
    ("leaves", "line", "said"),
    [
        ([LEAVES[0], {**LEAVES[1], "seq": 6}], 2, "seq: the numbers have a gap"),
        ([{**LEAVES[0], "salt": HEX, "text": "mingbai-open-1\n"}], 1, "does not go together"),
        ([SHUT], 1, "does not go together"),
        ([{**LEAVES[0], "payee": "x"}], 1, "does not belong here"),
        ([{**LEAVES[0], "month": "2026-3"}], 1, "month: this is none of the forms"),
    ],
)
def test_what_was_altered_in_a_leaf_is_found_with_its_line(
    leaves: Any, line: int, said: str, tmp_path: Path
) -> None:
    (fault,) = validate(written(tmp_path, leaves=leaves))
    assert (fault.line, said in fault.what.en) == (line, True), fault


def test_a_cut_list_of_leaves_is_found(tmp_path: Path) -> None:
    written(tmp_path)
    (path,) = tmp_path.rglob("leaves.jsonl")
    path.write_bytes(path.read_bytes()[:-1])
    assert ["the last line does not end" in one.what.en for one in validate(tmp_path)] == [True]


def test_a_file_of_faults_is_told_in_part(tmp_path: Path) -> None:
    written(tmp_path, leaves=[{"seq": "x"}] * 5_000)
    found = validate(tmp_path)
    assert len(found) == MOST + 1
    assert found[-1].rule == "more-findings"


def test_where_there_is_no_data_the_command_cannot_run(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone"):
        with pytest.raises(CannotRun, match="no published data"):
            validate(path)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_value_anywhere_in_a_pack_ends_in_a_traceback(data: st.DataObject) -> None:
    """Whatever stands in place of a part, there are findings or none, and never an exception."""
    from reports.validating import _checked

    pack = copy.deepcopy(PACK)
    place: Any = pack
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(_ANY)
        break
    for fault in _checked("pack", pack, "pack.json"):
        assert fault.what.zh and fault.what.en


def test_the_command_says_what_it_found_and_its_status(tmp_path: Path) -> None:
    written(tmp_path)
    told = mingbai("validate", str(tmp_path))
    assert (told.status, "all is as the schema says" in told.out) == (0, True)
    path = next(tmp_path.rglob("income-expenditure.json"))
    path.write_text(path.read_text(encoding="utf-8").replace('"12345.67"', "12345.67"))
    told = mingbai("validate", str(path), "--json")
    assert told.status == 1
    places = [one["message_en"].split(":")[0] for one in json.loads(told.out)["findings"]]
    assert "lines[0].amount" in places
    assert mingbai("validate", str(tmp_path / "gone")).status == 2


def test_places_are_written_as_people_write_them() -> None:
    assert place_text(("a", 0, "b", 1)) == "a[0].b[1]"
    assert place_text(("a b",)) == "?"
