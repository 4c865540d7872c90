"""Text into lines of a given width, as Chinese and English are broken."""

from __future__ import annotations

import re
from typing import Final

from reports.pdf.faces import Faces

#: A Latin word with what clings to it, blanks, or one character of Chinese.
_UNITS: Final = re.compile(r"[\u0021-\u024f\u2010-\u2027]+|[ \u3000]+|.", re.DOTALL)
#: What may not begin a line. Source: GB/T 15834-2011, 5.1.
_NOT_FIRST: Final = frozenset("，。、；：？！）》」』】〕〉”’％…—·,.;:?!)%")


def break_text(
    faces: Faces, text: str, size: float, width: float, *, bold: bool = False, most: int = 3
) -> list[str]:
    """At most ``most`` lines no wider than ``width`` points; what is cut off ends with ``…``.

    A word wider than a line is broken; a closing mark stays with the character before it.
    """
    if faces.width(text, size, bold=bold) <= width:
        return [text] if text else []
    lines: list[str] = []
    line = ""
    for unit in _units(faces, text, size, width, bold=bold):
        if line and faces.width(line + unit.rstrip(), size, bold=bold) > width:
            if unit[0] in _NOT_FIRST and len(line) > 1:
                line, unit = line[:-1], line[-1] + unit
            lines.append(line.rstrip())
            line = unit.lstrip()
            if len(lines) > most:
                break
        else:
            line += unit
    if line.strip():
        lines.append(line.rstrip())
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and faces.width(last + "…", size, bold=bold) > width:
        last = last[:-1]
    return [*lines[: most - 1], last + "…"]


def _units(faces: Faces, text: str, size: float, width: float, *, bold: bool) -> list[str]:
    units: list[str] = []
    for unit in _UNITS.findall(text):
        if faces.width(unit, size, bold=bold) > width:
            units += list(unit)
        else:
            units.append(unit)
    return units
