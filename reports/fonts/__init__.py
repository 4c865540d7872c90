"""The typefaces that documents carry in themselves, and where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
REGULAR: Final = FOLDER / "NotoSansSC-Regular.subset.ttf"
BOLD: Final = FOLDER / "NotoSansSC-Bold.subset.ttf"
CHARACTERS: Final = FOLDER / "characters.txt"


def general_standard_characters() -> str:
    """The 8,105 characters of 通用规范汉字表 (2013) in the table's own order.

    Its first 3,500 are the level of common use, the next 3,000 that of general publishing,
    the last 1,605 those of names, places and sciences.
    """
    lines = CHARACTERS.read_text(encoding="utf-8").splitlines()
    return "".join(line for line in lines if not line.startswith("#"))
