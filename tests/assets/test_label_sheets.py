"""Labels for things: what stands on them, what their codes say, and for what there is none."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from ledger.assets.labels import label_text, parse_label
from reports.pdf.asset_labels import PER_SHEET, AssetLabel, draw_labels
from tests.assets.furnished import furnish
from tests.assets.keeping import SISTER, UNIT, Keeping
from tests.assets.square_reader import read, squares
from tests.cli.command import Told

DAY = date(2026, 5, 2)


def drawn(count: int, *, skip: int = 0, unit: str = UNIT) -> bytes:
    labels = [AssetLabel(f"FA-{n:05d}", "台式计算机", "办公室 301") for n in range(1, count + 1)]
    return draw_labels(unit, "某工会（示例）", labels, DAY, skip=skip)


def codes_of(data: bytes) -> list[str]:
    """What the codes of a file say, in the order in which they were drawn."""
    return [read(found) for found in squares(data)]


def labels(keeping: Keeping, path: Path, *words: str, user: str = "zhou", unit: str = UNIT) -> Told:
    return keeping.run("asset", "labels", *words, "-o", path, user=user, unit=unit)


def test_every_code_reads_as_the_thing_s_label() -> None:
    found = codes_of(drawn(5))
    assert found == [label_text(UNIT, f"FA-{n:05d}") for n in range(1, 6)]
    assert [parse_label(text) for text in found] == [
        (UNIT, f"FA-{n:05d}") for n in range(1, 6)
    ]  # fmt: skip


def test_a_sheet_holds_three_times_eight() -> None:
    for count, skip, sheets in ((1, 0, 1), (PER_SHEET, 0, 1), (PER_SHEET, 1, 2), (50, 23, 4)):
        reader = PdfReader(io.BytesIO(drawn(count, skip=skip)))
        assert len(reader.pages) == sheets
        assert sum("FA-" in word for page in reader.pages
                   for word in page.extract_text().split()) == count  # fmt: skip
        box = reader.pages[0].mediabox
        assert (round(box.width), round(box.height)) == (595, 842)


def test_equal_labels_are_equal_bytes() -> None:
    assert drawn(30) == drawn(30)
    assert drawn(30) != drawn(30, skip=1)


def test_a_label_names_unit_number_name_and_place_and_nobody(
    keeping: Keeping, tmp_path: Path
) -> None:
    furnish(keeping)
    path = tmp_path / "labels.pdf"
    told = labels(keeping, path, "--json")
    assert told.status == 0, told.err
    # In the order of places, what is gone (FA-00004) left out, what the employer lends among them.
    assert told.json["sheets"] == 1
    assert sorted(told.json["labels"]) == [
        "FA-00001", "FA-00002", "FA-00003", "FA-00005", "FA-00006", "FA-00007", "FA-00008",
    ]  # fmt: skip
    assert codes_of(path.read_bytes()) == [label_text(UNIT, one) for one in told.json["labels"]]
    text = PdfReader(path).pages[0].extract_text()
    for word in ("某工会（示例）", "笔记本电脑", "办公室 301", "权属：国有", "权属：所在单位"):
        assert word in text
    assert "u-" not in text
    assert "12,000" not in text


def test_class_place_and_numbers_choose(keeping: Keeping, tmp_path: Path) -> None:
    furnish(keeping)
    for words, wanted in (
        (("--class", "office"), ["FA-00006"]),
        (("--class", "家具", "--place", "会议室"), ["FA-00007"]),
        (("--place", "档案室"), ["FA-00005"]),
        (("8", "fa-00003", "FA-00008"), ["FA-00008", "FA-00003"]),
    ):
        told = labels(keeping, tmp_path / "one.pdf", *words, "--json")
        assert told.status == 0, told.err
        assert told.json["labels"] == wanted


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("FA-00099",), "no-asset"), (("?",), "no-asset"), (("FA-00004",), "asset-gone"),
        (("--class", "aircraft"), "nothing-to-label"), (("--place", "火星"), "nothing-to-label"),
        (("--skip", "24"), "usage"),
    ],
)  # fmt: skip
def test_what_cannot_be_labelled_is_refused_and_nothing_is_written(
    keeping: Keeping, tmp_path: Path, words: tuple[str, ...], rule: str
) -> None:
    furnish(keeping)
    path = tmp_path / "labels.pdf"
    told = labels(keeping, path, *words)
    assert told.status != 0
    assert f"[{rule}]" in told.err
    assert not path.exists()


def test_labels_are_for_who_may_browse_the_unit(keeping: Keeping, tmp_path: Path) -> None:
    furnish(keeping)
    path = tmp_path / "labels.pdf"
    assert labels(keeping, path, user="shen").status == 0
    path.unlink()
    for user, unit in (("qian", UNIT), ("zhou", SISTER)):
        told = labels(keeping, path, user=user, unit=unit)
        assert told.status != 0
        assert "FA-" not in told.out + told.err
        assert not path.exists()


def test_labels_are_not_written_into_the_federation(keeping: Keeping) -> None:
    keeping.own()
    told = labels(keeping, keeping.registry.folder / "registry.db")
    assert "[output-in-federation]" in told.err


def test_a_name_and_a_place_that_are_long_are_cut_within_their_label() -> None:
    name = "多功能一体化彩色激光打印复印扫描传真机" * 5
    label = AssetLabel("FA-12345678", name, "大楼" * 50, "权属：" * 30)
    data = draw_labels("u" * 40, "某某市某某区某某街道总工会（示例）" * 3, [label], DAY)
    assert data.startswith(b"%PDF")
    assert "…" in PdfReader(io.BytesIO(data)).pages[0].extract_text()
