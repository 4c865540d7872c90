"""The fonts we carry: every character of the standard, nothing that a PDF does not need."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from reports.fonts import BOLD, CHARACTERS, FOLDER, REGULAR, general_standard_characters
from reports.pdf.glyphs import SystemFont, draws
from tests.reports.house import ROOT

KEPT = {b"OS/2", b"cmap", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"name", b"post"}


def tables(path: Path) -> set[bytes]:
    data = path.read_bytes()
    (count,) = struct.unpack_from(">H", data, 4)
    return {data[12 + 16 * place : 16 + 16 * place] for place in range(count)}


def outlines(path: Path) -> set[int]:
    """The code points with an outline, or an advance for blanks, as reportlab will see them."""
    from reportlab.pdfbase.ttfonts import TTFontFile

    return set(TTFontFile(str(path)).charToGlyph)


def test_the_table_of_general_standard_characters_is_whole() -> None:
    table = general_standard_characters()
    assert len(table) == len(set(table)) == 8_105
    assert table[0] == "一"
    assert sum(ord(character) > 0xFFFF for character in table) == 196
    assert CHARACTERS.read_text(encoding="utf-8").count("\n# ") == 4


def test_the_regular_weight_draws_the_table_and_all_of_gb2312() -> None:
    held = outlines(REGULAR)
    assert {ord(character) for character in general_standard_characters()} <= held
    gb2312: set[str] = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            gb2312.update(bytes((high, low)).decode("gb2312", errors="ignore"))
    assert len(gb2312) == 7_445
    assert {ord(character) for character in gb2312} <= held


def test_the_bold_weight_draws_the_levels_of_general_use() -> None:
    assert {ord(character) for character in general_standard_characters()[:6_500]} <= outlines(BOLD)


@pytest.mark.parametrize("path", [REGULAR, BOLD])
def test_both_weights_draw_latin_punctuation_and_signs(path: Path) -> None:
    signs = "AZaz09éüñ，。、；：？！（）《》〈〉“”‘’—…·￥¥€£%‰①⑳×÷±≤≥→↑□■☆√％"
    held = outlines(path)
    assert [sign for sign in signs if ord(sign) not in held] == []


@pytest.mark.parametrize("path", [REGULAR, BOLD])
def test_a_font_holds_truetype_outlines_and_only_needed_tables(path: Path) -> None:
    assert path.read_bytes()[:4] == b"\x00\x01\x00\x00"
    assert tables(path) == KEPT
    assert path.stat().st_size < 3_100_000


def test_a_standard_character_has_strokes_and_not_an_empty_glyph() -> None:
    assert all(draws(SystemFont(REGULAR), c) for c in general_standard_characters()[::37])
    assert not draws(SystemFont(REGULAR), "\U000f1234")


def test_the_licence_and_the_command_stand_beside_the_fonts() -> None:
    licence = (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Reserved Font Name 'Source'" in licence
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "python -m reports.fonts.subset" in readme


def test_the_command_repeats_byte_for_byte_on_a_font_of_its_own(tmp_path: Path) -> None:
    """The full fonts are not kept here; the subset itself serves as the source."""
    pytest.importorskip("fontTools")
    script = (
        "import sys; from pathlib import Path; from reports.fonts.subset import make; "
        f"make(Path({str(REGULAR)!r}), Path(sys.argv[1]), '一二三abc①')"
    )
    made = [tmp_path / "a.ttf", tmp_path / "b.ttf"]
    for target in made:
        subprocess.run([sys.executable, "-c", script, str(target)], cwd=ROOT, check=True)
    assert made[0].read_bytes() == made[1].read_bytes()
    assert {ord(character) for character in "一二三abc①"} <= outlines(made[0])


def test_a_source_that_lacks_a_chinese_character_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("fontTools")
    from reports.fonts.subset import make

    absent = min({chr(point) for point in range(0x4E00, 0x9FFF)} - set(map(chr, outlines(REGULAR))))
    with pytest.raises(ValueError, match="lacks 1 of the characters"):
        make(REGULAR, tmp_path / "a.ttf", f"一{absent}")
    assert not (tmp_path / "a.ttf").exists()
