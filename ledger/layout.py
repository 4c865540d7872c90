"""Where things lie in a federation folder, and the text of ``book.bean``.

``book.bean`` holds all policy, because Beancount ignores options and plugins of included files.
It is a pure function of the unit's facts, so that it can be compared byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ledger.canonical import quoted
from ledger.period import Month

UNIT_NAME = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")

_HEAD = """\
; 明白账 Mingbai. Only the program writes here: `mingbai check` finds every other change.
option "title" {title}
option "operating_currency" "CNY"
option "tolerance_multiplier" "0"
option "booking_method" "STRICT"
plugin "ledger.plugins.house"
plugin "ledger.plugins.funds"
1970-01-01 custom "fava-extension" "reports.web.extension"
1970-01-01 custom "fava-option" "language" "zh_CN"
1970-01-01 custom "fava-option" "auto-reload" "true"
include "chart.bean"
include "funds.bean"
"""


def unit_folder(federation: Path, unit: str) -> Path:
    return federation / "units" / unit


def month_file(month: Month) -> str:
    """``2026/03.bean``, relative to the unit's folder."""
    return f"{month.year:04d}/{month.month:02d}.bean"


def paper_path(digest: str, suffix: str = "") -> str:
    """``documents/5a/5a0e….pdf.sealed``, relative to the unit's folder."""
    return f"documents/{digest[:2]}/{digest}{suffix}.sealed"


_OF_A_BOOK = re.compile(r"chart\.bean|funds\.bean|[0-9]{4}/(?:0[1-9]|1[0-2])\.bean")


def is_book_file(name: str) -> bool:
    """True for the files that entries stand in: the chart, the funds and the months."""
    return _OF_A_BOOK.fullmatch(name) is not None


def bean_files(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The files of a book by name, and the names of those that are none of the program's.

    ``book.bean`` is neither. Papers may be Beancount files; they belong to ``documents``. What is
    no regular file of its own (a pipe, a link to a device) would be read without end.
    """
    known: dict[str, Path] = {}
    strange: list[str] = []
    for path in sorted(folder.rglob("*.bean")):
        name = path.relative_to(folder).as_posix()
        if name.startswith("documents/"):
            continue
        if path.is_symlink() or not path.is_file():
            strange.append(name)
        elif is_book_file(name):
            known[name] = path
        elif name != "book.bean":
            strange.append(name)
    return known, strange


def included_files(book: str) -> list[str]:
    """The files that the text of a ``book.bean`` includes, as :func:`book_text` writes them."""
    return re.findall(r'^include "([0-9a-z/]+\.bean)"$', book, re.MULTILINE)


def book_text(title: str, years: Iterable[int]) -> str:
    """``book.bean`` of a unit with this title, with the month files of these years."""
    months = "".join(
        f'include "{year:04d}/{month:02d}.bean"\n'
        for year in sorted(set(years))
        for month in range(1, 13)
    )
    return _HEAD.format(title=quoted(title)) + months
