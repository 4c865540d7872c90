"""Characters that our typeface lacks: borrowed from the machine, or told as code points."""

from __future__ import annotations

import struct
import sys
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from ledger.errors import Finding, Words
from reports.fonts import BOLD, REGULAR
from reports.pdf import glyphs, render_pdf
from reports.pdf.faces import Faces, to_unicode
from reports.pdf.glyphs import SystemFont, borrowed, draws, font_with, lacking, replacement
from tests.reports.house import annual

RARE = "𰻝"  # of the third plane's extension G, in no font of ours


def sfnt(tables: dict[bytes, bytes], version: bytes = b"\x00\x01\x00\x00") -> bytes:
    body = b""
    head = version + struct.pack(">HHHH", len(tables), 0, 0, 0)
    start = 12 + 16 * len(tables)
    for tag, data in sorted(tables.items()):
        head += struct.pack(">4sLLL", tag, 0, start + len(body), len(data))
        body += data
    return head + body


def tiny_font(character: str, *, outline: bool = True) -> bytes:
    """The least that counts as a font with one character: enough for our own reader."""
    group = struct.pack(">LLL", ord(character), ord(character), 1)
    cmap = struct.pack(">HHHHL", 0, 1, 3, 10, 12) + struct.pack(">HHLLL", 12, 0, 28, 0, 1) + group
    loca = struct.pack(">HHH", 0, 0, 5 if outline else 0)
    return sfnt({b"cmap": cmap, b"glyf": b"\0" * 10, b"head": b"\0" * 54, b"loca": loca})


@pytest.fixture
def lone_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without fontconfig and without fonts."""
    monkeypatch.setattr(glyphs, "_system_font", lambda character: None)


def test_a_font_that_draws_the_character_is_found(tmp_path: Path) -> None:
    (tmp_path / "rare.ttf").write_bytes(tiny_font(RARE))
    (tmp_path / "other.ttf").write_bytes(tiny_font("x"))
    assert font_with(RARE, [tmp_path]) == SystemFont(tmp_path / "rare.ttf")


def test_a_sans_face_is_preferred_and_the_choice_is_always_the_same(tmp_path: Path) -> None:
    for name in ("z-serif.ttf", "b-sans-bold.ttf", "c-sans.ttf", "d-sans.ttf"):
        (tmp_path / name).write_bytes(tiny_font(RARE))
    assert {font_with(RARE, [tmp_path]) for _ in range(3)} == {SystemFont(tmp_path / "c-sans.ttf")}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x00\x00",
        b"not a font at all, but long enough to be read as one",
        sfnt({b"cmap": b"\0" * 4}, version=b"OTTO"),
        sfnt({b"glyf": b""}),
        tiny_font(RARE)[:-30],
        tiny_font(RARE, outline=False),
        b"ttcf" + b"\xff" * 40,
    ],
)
def test_a_broken_or_unfit_font_is_passed_over(tmp_path: Path, content: bytes) -> None:
    """OpenType outlines, pictures without outlines, cut or foreign files."""
    (tmp_path / "bad.ttf").write_bytes(content)
    assert font_with(RARE, [tmp_path]) is None


def test_both_forms_of_character_maps_are_read() -> None:
    assert draws(SystemFont(REGULAR), "会")
    assert draws(SystemFont(REGULAR), "𬺓")
    assert not draws(SystemFont(REGULAR), RARE)
    assert not draws(SystemFont(BOLD, index=0), "\uffff")


@pytest.mark.parametrize("character", ["\u200b", "\ue000", "\ud800", "\x07", "\U000e0fff"])
def test_controls_and_private_characters_are_never_looked_up(character: str) -> None:
    assert font_with(character) is None


def test_what_no_font_holds_is_shown_as_its_code_point(lone_machine: None) -> None:
    faces = Faces()
    assert faces.clean(f"李{RARE}\u200b会") == "李〈U+30EDD〉〈U+200B〉会"
    (finding,) = faces.findings
    assert finding.rule == "glyph-missing"
    assert finding.severity == "warning"


def test_the_finding_names_code_points_and_no_one() -> None:
    told = str(lacking(f"{RARE}\u200b{RARE}")) + str(borrowed(RARE))
    assert "U+200B, U+30EDD" in told
    assert RARE not in told


def test_without_system_fonts_none_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(character: str) -> None:
        raise AssertionError("the machine was asked")

    monkeypatch.setattr(glyphs, "_system_font", refuse)
    assert RARE.encode() not in render_pdf(annual(note=RARE), system_fonts=False)


def test_a_borrowed_font_is_embedded_and_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A font of the machine, made here: our own with one glyph under a rare character."""
    tools = pytest.importorskip("fontTools.ttLib")
    font = tools.TTFont(REGULAR)
    for table in font["cmap"].tables:
        if table.format == 12:
            table.cmap = {ord(RARE): table.cmap[ord("会")], **table.cmap}
    for record in font["name"].names:
        if record.nameID == 6:
            record.string = "RareSans"
    font.save(tmp_path / "rare-sans.ttf")
    found = SystemFont(tmp_path / "rare-sans.ttf")
    monkeypatch.setattr(glyphs, "_system_font", lambda c: found if c == RARE else None)

    told: list[Finding] = []
    statement = annual(unit_name=Words(f"{RARE}镇工会", "A union"))
    reader = pypdf.PdfReader(BytesIO(render_pdf(statement, findings=told)))
    assert f"{RARE}镇工会" in reader.pages[0].extract_text()
    assert [finding.rule for finding in told] == ["glyph-from-system-font"]
    assert "取自本机字体" in reader.pages[0].extract_text()


def test_no_page_ever_shows_the_box_of_a_missing_glyph(lone_machine: None) -> None:
    """Glyph 0 is the box: every character that is set must have another one."""
    faces = Faces()
    texts = [faces.clean(chr(point)) for point in range(0x20, 0x3_2000, 61)]
    for bold in (False, True):
        for text in texts:
            for character in text:
                face = faces.font_of(character, bold=bold).face
                assert face.charToGlyph.get(ord(character), 0) != 0


def test_a_replacement_can_itself_be_drawn() -> None:
    faces = Faces()
    shown = replacement(chr(sys.maxunicode))
    assert faces.clean(shown) == shown
    assert faces.findings == []


def test_the_map_back_to_unicode_is_utf16_in_blocks_of_a_hundred() -> None:
    text = to_unicode("AAAAAA+X", [0, 0x41, 0x2CE93, *range(0x4E00, 0x4E00 + 150)])
    assert "<01> <0041>" in text
    assert "<02> <D873DE93>" in text
    assert "<00> <00" not in text.partition("endcodespacerange")[2]
    assert [line for line in text.splitlines() if line.endswith("beginbfchar")] == [
        "100 beginbfchar",
        "52 beginbfchar",
    ]
