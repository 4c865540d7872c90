"""The text behind an asset's label, and what a person types or scans in its place.

A label's square code holds ``mingbai:asset:UNIT:CODE``: no name, no place, no value. Whoever finds
a lost thing learns from it only which unit to ask.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from ledger.layout import UNIT_NAME
from ledger.registry.assets import PREFIX

_BEGINS: Final = "mingbai:asset:"
#: A commodity of the book; gifts' things carry codes of their own.
_CODE: Final = re.compile(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]")
_DIGITS: Final = 5
#: Nothing that is scanned or typed for one asset is longer.
LONGEST: Final = 120


class Label(NamedTuple):
    """One unit's asset."""

    unit: str
    code: str


def label_text(unit: str, code: str) -> str:
    """What the square code of an asset's label holds.

    >>> label_text("gonghui", "FA-00012")
    'mingbai:asset:gonghui:FA-00012'

    Raises: ValueError for what names no unit or no asset.
    """
    if not UNIT_NAME.fullmatch(unit) or not _CODE.fullmatch(code):
        raise ValueError(f"no label: {unit[:40]!r} {code[:24]!r}")
    return f"{_BEGINS}{unit}:{code}"


def parse_label(text: str) -> Label | None:
    """The asset that a label's text names; None if it is no label of ours.

    >>> parse_label("mingbai:asset:gonghui:FA-00012")
    Label(unit='gonghui', code='FA-00012')
    >>> parse_label("https://example.org/FA-00012")
    """
    word = text.strip()
    if len(word) > LONGEST or not word.startswith(_BEGINS):
        return None
    unit, _, code = word.removeprefix(_BEGINS).partition(":")
    if not UNIT_NAME.fullmatch(unit) or not _CODE.fullmatch(code):
        return None
    return Label(unit, code)


def typed_code(text: str) -> str:
    """An asset's code as somebody types it; empty if it can be none.

    The number alone will do, and so will the small letters and wide digits of a phone's keyboard.

    >>> typed_code(" fa-00012 "), typed_code("12"), typed_code("ＦＡ－00012"), typed_code("?")
    ('FA-00012', 'FA-00012', 'FA-00012', '')
    """
    if len(text) > LONGEST:
        return ""
    word = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    digits = word.removeprefix(PREFIX)
    if digits.isascii() and digits.isdigit() and len(digits) <= 9:
        return f"{PREFIX}{int(digits):0{_DIGITS}d}"
    return word if _CODE.fullmatch(word) else ""
