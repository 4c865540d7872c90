"""Characters that our typeface lacks: where on this machine they are, or how to say so.

Only fonts with TrueType outlines serve, because reportlab embeds no others. The readers here
look at two tables of a font file, ``cmap`` and ``loca``, and trust no offset in it.

Source: OpenType specification 1.9, the tables cmap (formats 4 and 12), head, loca.
"""

from __future__ import annotations

import os
import struct
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from ledger.errors import Finding, Words

#: Folders that hold fonts where there is no fontconfig.
FOLDERS: Final = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
_LARGEST_FILE: Final = 128 * 1024 * 1024
_MOST_FILES: Final = 4_000
_TRUETYPE: Final = (b"\x00\x01\x00\x00", b"true")
#: Controls, private use, surrogates, unassigned: no font can say what they mean.
_NEVER_DRAWN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})


@dataclass(frozen=True, slots=True, order=True)
class SystemFont:
    """A font file of this machine; ``index`` counts the fonts of a ``.ttc`` collection."""

    path: Path
    index: int = 0


def replacement(character: str) -> str:
    """What stands for a character that no font has: its code point, never a box.

    >>> replacement("\\U00030edd")
    '〈U+30EDD〉'
    """
    return f"〈U+{ord(character):04X}〉"


def font_with(character: str, folders: Sequence[Path] | None = None) -> SystemFont | None:
    """A font of this machine that draws ``character``, the same one at every call; or None.

    ``folders`` restricts the search; without it fontconfig is asked, then the usual folders.
    """
    if unicodedata.category(character) in _NEVER_DRAWN:
        return None
    if folders is not None:
        return _first_that_draws(character, _files_under(folders))
    return _system_font(character)


@lru_cache(maxsize=4096)
def _system_font(character: str) -> SystemFont | None:
    told = _told_by_fontconfig(character)
    if told is None:
        folders = [Path(folder).expanduser() for folder in FOLDERS]
        return _first_that_draws(character, _files_under(folders))
    return _first_that_draws(character, told)


def _told_by_fontconfig(character: str) -> list[SystemFont] | None:
    """The fonts that fontconfig names; None where it is not installed or does not answer."""
    command = ["fc-list", "--format", "%{index}\t%{file}\n", f":charset={ord(character):x}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    fonts = []
    for line in os.fsdecode(done.stdout).splitlines():
        index, _, path = line.partition("\t")
        # The upper half of fontconfig's index numbers the instances of a variable font.
        if index.isdigit() and int(index) >> 16 == 0:
            fonts.append(SystemFont(Path(path), int(index)))
    return fonts


def _files_under(folders: Sequence[Path]) -> list[SystemFont]:
    found: list[SystemFont] = []
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if path.suffix.lower() in {".ttf", ".ttc"} and len(found) < _MOST_FILES:
                found.append(SystemFont(path))
    return found


def _first_that_draws(character: str, fonts: Iterable[SystemFont]) -> SystemFont | None:
    """Sans faces first, regular before bold, then by name."""

    def likeness(font: SystemFont) -> tuple[bool, bool, bool, str, int]:
        name = font.path.name.lower()
        bold = any(word in name for word in ("bold", "black", "italic", "oblique", "light"))
        return (bold, "sans" not in name, "mono" in name, str(font.path), font.index)

    for font in sorted(set(fonts), key=likeness):
        if draws(font, character):
            return font
    return None


def draws(font: SystemFont, character: str) -> bool:
    """Whether the file is a readable TrueType font with an outline for ``character``."""
    try:
        if font.path.stat().st_size > _LARGEST_FILE:
            return False
        data = font.path.read_bytes()
        tables = dict(_tables(data, font.index))
        glyph = _glyph(data, tables[b"cmap"][0], ord(character))
        return glyph != 0 and b"glyf" in tables and _has_outline(data, tables, glyph)
    except (OSError, struct.error, LookupError):
        return False  # not a font that can be embedded


def _tables(data: bytes, index: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    start = 0
    if data[:4] == b"ttcf":
        (count,) = struct.unpack_from(">L", data, 8)
        if index >= count:
            raise LookupError("no such font in the collection")
        (start,) = struct.unpack_from(">L", data, 12 + 4 * index)
    if data[start : start + 4] not in _TRUETYPE:
        raise LookupError("no TrueType outlines")
    (count,) = struct.unpack_from(">H", data, start + 4)
    for place in range(start + 12, start + 12 + 16 * count, 16):
        tag, _, offset, length = struct.unpack_from(">4sLLL", data, place)
        yield tag, (offset, length)


def _glyph(data: bytes, cmap: int, point: int) -> int:
    """The glyph of a code point, 0 for none."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    for place in range(cmap + 4, cmap + 4 + 8 * count, 8):
        platform, encoding, offset = struct.unpack_from(">HHL", data, place)
        if platform not in (0, 3) or (platform == 3 and encoding not in (1, 10)):
            continue
        (form,) = struct.unpack_from(">H", data, cmap + offset)
        reader = {4: _glyph_in_format_4, 12: _glyph_in_format_12}.get(form)
        glyph = reader(data, cmap + offset, point) if reader else 0
        if glyph:
            return glyph
    return 0


def _glyph_in_format_4(data: bytes, at: int, point: int) -> int:
    if point > 0xFFFF:
        return 0
    (doubled,) = struct.unpack_from(">H", data, at + 6)
    segments = doubled // 2
    ends = struct.unpack_from(f">{segments}H", data, at + 14)
    starts_at = at + 16 + doubled
    for segment, end in enumerate(ends):
        if point > end:
            continue
        (start,) = struct.unpack_from(">H", data, starts_at + 2 * segment)
        if point < start:
            return 0
        (delta,) = struct.unpack_from(">H", data, starts_at + doubled + 2 * segment)
        range_at = starts_at + 2 * doubled + 2 * segment
        (range_offset,) = struct.unpack_from(">H", data, range_at)
        if not range_offset:
            return int(point + delta) & 0xFFFF
        (glyph,) = struct.unpack_from(">H", data, range_at + range_offset + 2 * (point - start))
        return int(glyph + delta) & 0xFFFF if glyph else 0
    return 0


def _glyph_in_format_12(data: bytes, at: int, point: int) -> int:
    (groups,) = struct.unpack_from(">L", data, at + 12)
    low, high = 0, groups
    while low < high:
        middle = (low + high) // 2
        start, end, first = struct.unpack_from(">LLL", data, at + 16 + 12 * middle)
        if point < start:
            high = middle
        elif point > end:
            low = middle + 1
        else:
            return int(first + point - start)
    return 0


def _has_outline(data: bytes, tables: dict[bytes, tuple[int, int]], glyph: int) -> bool:
    """Fonts of coloured pictures have glyphs without outlines, which would print as nothing."""
    (long_offsets,) = struct.unpack_from(">h", data, tables[b"head"][0] + 50)
    width, form = (4, ">LL") if long_offsets else (2, ">HH")
    offset, length = tables[b"loca"]
    if (glyph + 2) * width > length:
        return False
    here, following = struct.unpack_from(form, data, offset + glyph * width)
    return bool(following > here)


def lacking(characters: Iterable[str]) -> Finding:
    """The finding for characters printed as code points. It names no one, only code points."""
    points = ", ".join(f"U+{ord(character):04X}" for character in sorted(set(characters)))
    return Finding(
        rule="glyph-missing",
        severity="warning",
        what=Words(
            f"没有字体含有 {points}，PDF 中印作码位",
            f"no font holds {points}; the PDF prints the code point",
        ),
        remedy=Words(
            "在本机安装含有该字的 TrueType 字体（例如 BabelStone Han），再生成一次",
            "install a TrueType font with the character (such as BabelStone Han) and render again",
        ),
    )


def borrowed(characters: Iterable[str]) -> Finding:
    """The finding for characters taken from a font of this machine."""
    points = ", ".join(f"U+{ord(character):04X}" for character in sorted(set(characters)))
    return Finding(
        rule="glyph-from-system-font",
        severity="warning",
        what=Words(
            f"{points} 取自本机字体，这份 PDF 的字节因此与机器有关",
            f"{points} came from a font of this machine, on which the PDF's bytes now depend",
        ),
        remedy=Words(
            "核对摘要时请用同一台机器，或不用系统字体生成",
            "compare digests on one machine, or render without system fonts",
        ),
    )
