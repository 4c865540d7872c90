"""Published PDFs: read aloud in order, nothing untagged, and their data inside."""

from __future__ import annotations

import getpass
import hashlib
import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest

from ledger.errors import Words
from ledger.period import Period
from reports.opendata import render_json
from reports.pdf import render_pdf, render_tagged_pdf
from reports.pdf.faces import Faces
from reports.pdf.sheet import Sheet
from reports.pdf.squares import draw_square
from reports.pdf.structure import Structure
from reports.pdf.tagging import Described, finish
from reports.render import render
from reports.sources import book_source
from reports.statement import Bar, Statement
from reports.statements import catalogue
from tests.reports.house import ROOT, annual, digest_in_a_fresh_process, journal, long
from tests.reports.tagged import Read, TaggedFile, rows

BAR = Bar(
    Words("义卖募捐", "Charity sale"),
    10_000,
    ((Words("已用", "used"), 2_500), (Words("结存", "held"), 3_000)),
    "25 %",
)
EXAMPLES = {
    "annual": annual(),
    "long": long(120),
    "journal": journal(60),
    "bars": replace(annual(), bars=(BAR, BAR), alarms=(Words("不符", "does not agree"),)),
    "empty": replace(annual(), lines=(), annex=(), notes=()),
}


@cache
def drawn(name: str) -> bytes:
    return render_tagged_pdf(EXAMPLES[name])


def read(name: str) -> TaggedFile:
    return TaggedFile(drawn(name))


@pytest.mark.parametrize("name", EXAMPLES)
def test_all_that_is_drawn_stands_in_an_element_or_is_an_artifact(name: str) -> None:
    found = read(name)
    assert found.untagged == []
    assert found.faults == []


def test_what_is_untagged_is_found() -> None:
    """A plain file has nothing but; and one pair of marks that is taken away shows."""
    plain = TaggedFile(render_pdf(annual()))
    assert plain.document is None
    assert len(plain.untagged) > 500
    with pikepdf.open(BytesIO(drawn("annual"))) as pdf:
        content: Any = pdf.pages[0].Contents
        altered = re.sub(rb"/H1 <</MCID \d+>> BDC", b"/Span <<>> BDC", content.read_bytes())
        content.write(altered)
        out = BytesIO()
        pdf.save(out)
    with pytest.raises(KeyError):
        TaggedFile(out.getvalue())


def test_a_text_outside_of_every_element_is_not_drawn_in_silence() -> None:
    day = date(2026, 3, 31)
    sheet = Sheet(Faces(), title="t", subject="s", author="a", day=day, structure=Structure())
    sheet.start_page(100, 100)
    sheet.text(1, 1, "漏", 9)
    with pytest.raises(ValueError, match="outside of every element"):
        sheet.end_page()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_tagged_page_looks_as_an_untagged_one(name: str) -> None:
    """Without its marks it is drawn by the same operators in the same order."""
    plain = pypdf.PdfReader(BytesIO(render_pdf(EXAMPLES[name], system_fonts=False)))
    tagged = pypdf.PdfReader(BytesIO(drawn(name)))
    assert len(plain.pages) == len(tagged.pages)
    for before, after in zip(plain.pages, tagged.pages, strict=True):
        (was, now) = (page.get_contents() for page in (before, after))
        assert was is not None and now is not None
        lines = now.get_data().decode("latin-1").splitlines()
        kept = [line for line in lines if not line.endswith("BDC") and line != "EMC"]
        assert kept == was.get_data().decode("latin-1").splitlines()
        assert before.mediabox == after.mediabox
        assert len(before.get("/Annots", [])) == len(after.get("/Annots", []))


def test_the_tree_begins_with_the_head_and_goes_on_with_the_table_and_the_signatures() -> None:
    document = read("annual").document
    assert document is not None
    assert [kid.tag for kid in document.kids[:6]] == ["P", "P", "H1", "P", "L", "Table"]
    assert document.kids[2].said == "收入支出表Statement of income and expenditure"
    labels = [(item.kids[0].said, item.kids[-1].said) for item in document.kids[4].kids]
    assert ("编制基础Basis", "收付实现制 cash basis") in labels
    headings = [kid.said for kid in document.all("H2", "H3")]
    assert headings[0].startswith("附页：数字背后的凭证")
    assert headings[1] == "1会费收入Membership dues"
    assert len(headings) == 1 + len(annual().annex)
    signed = list(document.all("L"))[1]
    assert [item.said for item in signed.kids][:2] == [
        "制表Makertreasurer-01", "复核Checkerchecker-02",
    ]  # fmt: skip


def test_a_note_that_breaks_over_lines_is_one_paragraph() -> None:
    long_note = "本表不含代管的上级经费，" * 20
    found = TaggedFile(render_tagged_pdf(replace(annual(), notes=(Words(long_note, "Note"),))))
    assert found.document is not None
    assert f"注 {long_note}" in [kid.said for kid in found.document.all("P")]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_row_of_a_table_is_as_wide_as_its_head(name: str) -> None:
    for table in read(name).tables():
        widths = {sum(one.span for one in cells) for cells in rows(table)}
        assert len(widths) == 1
        head = table.kids[0]
        assert head.tag == "THead"
        assert {one.scope for one in head.all("TH")} == {"Column"}


def test_the_head_of_a_table_is_read_once_and_repeated_as_an_artifact() -> None:
    found = read("long")
    table = found.tables()[0]
    assert [kid.tag for kid in table.kids] == ["THead", "TBody"]
    assert table.said.count("期初余额") == 1
    pages = [page for page in found.artifacts if "期初余额" in page]
    assert len(pages) >= 3
    assert all(any(text.startswith("第 ") for text in page) for page in found.artifacts)


def test_a_line_is_headed_by_its_label_and_a_heading_is_as_wide_as_the_table() -> None:
    heading, first, *_ = rows(read("annual").tables()[0])[1:]
    assert [(one.tag, one.scope, one.span) for one in heading] == [("TD", "", 1), ("TH", "Row", 4)]
    assert [one.tag for one in first] == ["TD", "TH", "TD", "TD", "TD"]
    assert first[1].said == "会费收入Membership dues"


def test_bars_are_said_in_words() -> None:
    found = read("bars")
    assert found.document is not None
    figures = list(found.document.all("Figure"))
    assert len(figures) == 2
    assert figures[0].alt == "义卖募捐 Charity sale；已用 used 25.00；结存 held 30.00；25 %"
    assert len(figures[0].thing.A.BBox) == 4
    assert "25.00" in figures[0].said


def test_a_square_code_is_a_picture_that_says_what_it_holds() -> None:
    day = date(2026, 3, 31)
    structure = Structure()
    sheet = Sheet(Faces(), title="t", subject="s", author="a", day=day, structure=structure)
    sheet.start_page(200, 200)
    with sheet.element("P"):
        sheet.text(10, 10, "收据", 9)
    draw_square(sheet, 50, 50, 100, "mingbai:1")
    sheet.end_page()
    drawn = finish(sheet.finish(), structure, Described("t", "a", "s", day), [])
    found = TaggedFile(drawn)
    assert (found.untagged, found.faults) == ([], [])
    assert found.document is not None
    said = [(one.tag, one.alt, one.said) for one in found.document.kids]
    assert said == [("P", "", "收据"), ("Figure", "二维码 square code: mingbai:1", "")]
    assert pypdf.PdfReader(BytesIO(drawn)).attachments == {}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_file_is_sound_pdf(name: str) -> None:
    with pikepdf.open(BytesIO(drawn(name))) as pdf:
        assert pdf.check_pdf_syntax() == []


def test_english_beside_the_chinese_is_named_as_english() -> None:
    found = read("annual")
    english = {
        found.marks[page][mark][1]
        for (page, mark), languages in found.languages.items()
        if languages == {"en"}
    }
    assert "会费收入Membership dues" in english
    assert found.pdf.Root.Lang == "zh-CN"


@pytest.mark.parametrize("name", ["annual", "long"])
def test_every_link_belongs_to_its_element_and_says_where_it_leads(name: str) -> None:
    found = read(name)
    tree: Any = found.pdf.Root.StructTreeRoot
    numbers = list(tree.ParentTree.Nums)
    parents = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
    count = 0
    for page in found.pdf.pages:
        assert page.Tabs == "/S"
        for mark, element in enumerate(parents[int(page.StructParents)]):
            kids: Any = element.K
            held = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
            assert mark in [kid for kid in held if isinstance(kid, int)]
            assert element.Pg.objgen == page.obj.objgen
        for annotation in page.get("/Annots", []):
            element = parents[int(annotation.StructParent)]
            assert element.S == "/Link"
            assert element.K[-1].Obj.objgen == annotation.objgen
            assert re.search("annex, page|Back to page", str(annotation.Contents))
            count += 1
    assert count > 20
    assert int(tree.ParentTreeNextKey) == len(found.pdf.pages) + count


def test_title_and_language_are_said_and_no_conformance_is_claimed() -> None:
    found = read("annual")
    root: Any = found.pdf.Root
    assert bool(root.MarkInfo.Marked)
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    metadata = bytes(root.Metadata.read_bytes()).decode()
    assert "清河县青石镇中心小学工会委员会 收入支出表 2026</rdf:li>" in metadata
    assert "2026-12-31T00:00:00+08:00" in metadata
    assert b"pdfuaid" not in drawn("annual")
    assert b"pdfaid" not in drawn("annual")


def test_hostile_names_leave_the_metadata_well_formed() -> None:
    from xml.etree import ElementTree

    statement = replace(annual(unit_name=Words("<甲>&乙 (\\)", "")), name="a")
    with pikepdf.open(BytesIO(render_tagged_pdf(statement))) as pdf:
        stream: Any = pdf.Root.Metadata
        tree = ElementTree.fromstring(stream.read_bytes().decode())  # noqa: S314
    assert "<甲>&乙 (\\)" in [one.text for one in tree.iter() if one.tag.endswith("creator")] + [
        one.text for one in tree.iter() if one.tag.endswith("li")
    ]


@pytest.mark.parametrize("expression", ["annual()", "long(40)"])
def test_two_processes_in_other_places_make_the_same_bytes(expression: str, tmp_path: Path) -> None:
    call = f"__import__('reports.pdf').pdf.render_tagged_pdf({expression})"
    here = digest_in_a_fresh_process(call, cwd=Path("/"), seed=0, zone="UTC")
    there = digest_in_a_fresh_process(call, cwd=tmp_path, seed=77, zone="Asia/Shanghai")
    assert here == there
    if expression == "annual()":
        assert here == hashlib.sha256(drawn("annual")).hexdigest()


def test_nothing_is_compressed_and_nothing_names_the_machine_or_its_user() -> None:
    data = drawn("annual")
    assert b"/FlateDecode" not in data
    assert b"/ObjStm" not in data
    for name in {getpass.getuser(), socket.gethostname(), str(ROOT), sys.prefix}:
        assert name.encode() not in data or len(name) < 5


def test_one_fen_more_changes_file_and_data() -> None:
    statement = annual()
    first = statement.lines[1]
    cells = (replace(first.cells[0], fen=1), first.cells[1])  # type: ignore[type-var]
    lines = (statement.lines[0], replace(first, cells=cells), *statement.lines[2:])
    assert render_tagged_pdf(replace(statement, lines=lines)) != drawn("annual")


@pytest.mark.parametrize("name", ["annual", "journal"])
def test_readers_find_the_statements_data_in_the_file(name: str, tmp_path: Path) -> None:
    expected = render_json(EXAMPLES[name]).encode()
    reader = pypdf.PdfReader(BytesIO(drawn(name)))
    ((title, contents),) = reader.attachments.items()
    assert title == f"{EXAMPLES[name].name}.json"
    assert contents == [expected]
    with pikepdf.open(BytesIO(drawn(name))) as pdf:
        files: Any = pdf.Root.AF
        (held,) = files
        assert held.AFRelationship == "/Data"
        assert held.EF.F.Subtype == "/application/json"
        params = held.EF.F.Params
        assert int(params.Size) == len(expected)
        assert bytes(params.CheckSum) == hashlib.md5(expected, usedforsecurity=False).digest()
        assert hashlib.sha256(expected).hexdigest() in str(held.Desc)
    if shutil.which("pdfdetach"):
        path = tmp_path / "a.pdf"
        path.write_bytes(drawn(name))
        subprocess.run(
            ["pdfdetach", "-save", "1", "-o", tmp_path / "out", path], check=True, timeout=60
        )
        assert (tmp_path / "out").read_bytes() == expected


def _tiny(folder: Path) -> Iterator[Statement]:
    """Every statement that the book alone tells, of a month or of the year, with its annex."""
    shutil.copytree(ROOT / "books" / "tiny", folder / "units" / "chunfeng")
    source = book_source(folder, "chunfeng")
    names = ("balance-sheet", "income-statement", "funds", "sofa", "trial-balance", "levy")
    for name, period in (*((name, "2026-02") for name in (*names, "journal")), ("sofa", "2026")):
        found = catalogue.build(name, source, Period.parse(period))
        yield catalogue.with_annex(source, found, most=2)


def test_every_figure_that_a_page_says_is_the_figure_of_the_data_inside(tmp_path: Path) -> None:
    """Cell by cell, through the tree; and each figure stands in the text that readers extract."""
    compared = 0
    for statement in _tiny(tmp_path):
        data = render(statement, "pdf", tagged=True)
        found = TaggedFile(data)
        assert (found.untagged, found.faults) == ([], [])
        reader = pypdf.PdfReader(BytesIO(data))
        inside = json.loads(reader.attachments[f"{statement.name}.json"][0])
        texts = "\n".join(page.extract_text() for page in reader.pages[:5])  # the table
        table, *annex = found.tables()
        body = [cells for cells in rows(table)[1:] if not _is_heading(cells)]
        assert len(body) == len(inside["lines"])
        keys = [column["key"] for column in inside["columns"]]
        for cells, line in zip(body, inside["lines"], strict=True):
            own = cells[: len(cells) - bool(inside["annex"])][-len(keys) :]
            for key, kind, one in zip(keys, inside["columns"], own, strict=True):
                if kind["kind"] == "money":
                    assert one.said.replace(",", "") == (line["cells"][key] or "")
                    assert one.said in texts
                    compared += 1
        assert len(annex) == len(inside["annex"])
        for table, backing in zip(annex, inside["annex"], strict=True):
            said = [cells[-2].said.replace(",", "") for cells in rows(table)[1:] if len(cells) > 1]
            expected = [posting["amount"] for posting in backing["postings"]]
            opening, closing = (
                [backing[key]] if backing[key] else [] for key in ("opening", "closing")
            )
            assert said == [*opening, *expected, *closing]
            compared += len(said)
    assert compared > 500


def _is_heading(cells: list[Read]) -> bool:
    return any(one.tag == "TH" and one.span > 1 for one in cells)
