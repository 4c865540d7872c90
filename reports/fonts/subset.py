"""Makes the two subset fonts of this folder from the full Noto Sans SC files.

    python -m reports.fonts.subset NotoSansSC_400Regular.ttf NotoSansSC_700Bold.ttf

The regular weight carries 通用规范汉字表, GB2312, Latin and symbols; the bold weight, which sets
titles and totals only, carries the table's first two levels. Hinting, layout tables and glyph
names are dropped. The outcome does not depend on the clock, so that anyone can repeat it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from reports.fonts import BOLD, REGULAR, general_standard_characters

#: Levels one and two of the table: what titles and totals are set in.
GENERAL_USE: Final = 6_500

#: Beyond Chinese: Latin with its accents, punctuation, currency, arrows, circled numbers, rules
#: and boxes to tick, CJK and full-width punctuation, units. Ends are inclusive.
RANGES: Final = (
    (0x0020, 0x007E),
    (0x00A0, 0x024F),
    (0x02C6, 0x02DD),
    (0x0391, 0x03C9),
    (0x0401, 0x0451),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2027),
    (0x2030, 0x205E),
    (0x2070, 0x209C),
    (0x20A0, 0x20BF),
    (0x2100, 0x214F),
    (0x2150, 0x218B),
    (0x2190, 0x21FF),
    (0x2200, 0x22FF),
    (0x2460, 0x24FF),
    (0x2500, 0x257F),
    (0x25A0, 0x25FF),
    (0x2600, 0x2642),
    (0x2713, 0x2718),
    (0x2776, 0x2793),
    (0x3000, 0x303F),
    (0x3105, 0x312F),
    (0x3200, 0x32FF),
    (0x3300, 0x33FF),
    (0xFE30, 0xFE6B),
    (0xFF01, 0xFF5E),
    (0xFFE0, 0xFFE6),
)


def gb2312() -> Iterator[str]:
    """Every character of GB2312-80, from its own 94 by 94 table."""
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                yield bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue  # an empty place of the table


def symbols() -> Iterator[str]:
    for first, last in RANGES:
        yield from map(chr, range(first, last + 1))


def make(source: Path, target: Path, characters: Iterable[str]) -> None:
    """Writes ``target`` with those of ``characters`` that ``source`` holds.

    Raises: ValueError if the source has no TrueType outlines or lacks a Chinese character.
    """
    font = TTFont(source, recalcTimestamp=False)
    if "glyf" not in font:
        raise ValueError(f"{source.name} has no TrueType outlines")
    wanted = {ord(character) for character in characters}
    missing = sorted(wanted - set(font.getBestCmap()))
    if any(0x4E00 <= point <= 0x9FFF or point >= 0x20000 for point in missing):
        raise ValueError(f"{source.name} lacks {len(missing)} of the characters")
    options = Options()
    options.hinting = False
    options.layout_features = []
    options.glyph_names = False
    options.legacy_cmap = False
    options.symbol_cmap = False
    options.notdef_outline = True
    options.recommended_glyphs = False
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.drop_tables += [
        *("BASE", "GDEF", "GPOS", "GSUB", "STAT", "gasp", "vhea", "vmtx", "prep", "cvt ", "fpgm"),
    ]
    subsetter = Subsetter(options=options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    font.save(target)


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print("python -m reports.fonts.subset REGULAR.ttf BOLD.ttf", file=sys.stderr)
        return 2
    regular, bold = map(Path, arguments)
    table = general_standard_characters()
    make(regular, REGULAR, [*table, *gb2312(), *symbols()])
    make(bold, BOLD, [*table[:GENERAL_USE], *symbols()])
    for made in (REGULAR, BOLD):
        print(f"{made.name}: {made.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
