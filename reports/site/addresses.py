"""Where each page lies, and what its anchors are called.

Names of files are made of our own codes alone, which the model has checked. Pages in English lie
below ``en/`` under the same names; links are relative, so that the site may be moved or opened
from a disk. Page 1 of a list has the list's name, page 2 of ``journal/2026-03.html`` is
``journal/2026-03-p2.html``.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote

ZH, EN = "zh", "en"
LANGUAGES: Final = (ZH, EN)
_PREFIX: Final = {ZH: "", EN: "en/"}
_PLAIN: Final = re.compile(r"[\w.-]+")

INDEX, DISCLOSURES, COMPLETENESS = "index.html", "disclosures.html", "completeness.html"
OBJECTIONS, FOLLOW, DUES = "objections.html", "follow.html", "my-dues.html"
EVALUATIONS = "evaluations.html"
DATA, MISSING, NOBODY = "data.html", "404.html", "my/index.html"
STYLE, SCRIPT, ICON, LIST = "site.css", "lookup.js", "icon.svg", "index.json"


def unit(code: str) -> str:
    return f"u/{code}/index.html"


def of_unit(code: str, page: str) -> str:
    """``assets.html`` and the like in a unit's folder."""
    return f"u/{code}/{page}"


def fund(code: str, fund: str) -> str:
    return f"u/{code}/funds/{fund}.html"


def campaign(code: str, campaign: str) -> str:
    return f"u/{code}/campaigns/{campaign}.html"


def statement(code: str, name: str, period: str) -> str:
    return f"u/{code}/statements/{name}-{period}.html"


def behind(code: str, name: str, period: str) -> str:
    """What stands behind the figures of a statement."""
    return f"u/{code}/statements/{name}-{period}-behind.html"


def journal(code: str, month: str) -> str:
    return f"u/{code}/journal/{month}.html"


def mine(token: str) -> str:
    """A page that only who was given its address finds."""
    return f"my/{token}.html"


def paged(path: str, page: int) -> str:
    """The path of one page of a list; pages count from 1."""
    return path if page == 1 else f"{path.removesuffix('.html')}-p{page}.html"


def whole(language: str, path: str) -> str:
    """A page's path from the site's root, in a language."""
    return _PREFIX[language] + path


def relative(here: str, there: str, anchor: str = "") -> str:
    """The link from one whole path to another.

    >>> relative("en/u/a/index.html", "en/u/a/journal/2026-03.html", "付-202603-0001")
    'journal/2026-03.html#%E4%BB%98-202603-0001'
    """
    link = posixpath.basename(there) if here == there else _way(posixpath.dirname(here), there)
    return f"{link}#{quote(anchor)}" if anchor else link


@lru_cache(maxsize=4096)
def _way(folder: str, there: str) -> str:
    return quote(posixpath.relpath(there, folder or "."))


def anchor(text: str) -> str:
    """What a voucher or figure is called on its page: its own code wherever that is plain.

    >>> anchor("chunfeng/balance-sheet/2026-03/assets"), anchor("<b>")[:3]
    ('chunfeng.balance-sheet.2026-03.assets', 'x-5')
    """
    plain = text.replace("/", ".")
    if _PLAIN.fullmatch(plain) and "." not in text:
        return plain
    return f"x-{hashlib.sha256(text.encode()).hexdigest()[:20]}"
