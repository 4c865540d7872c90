"""The one door to the templates: what they are given, and how a page is drawn in a language.

Everything that is put into a template is escaped, and a name that nobody gave is an error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ledger.errors import Words
from ledger.money import Money
from reports.site import addresses
from reports.site.addresses import EN, ZH
from reports.site.model import Figure, Site
from reports.site.words import catalogue
from reports.statement import Cell, hours_text

#: Words that are English, and what stands among them in Chinese, with the numbers within it.
_ENGLISH: Final = re.compile(r"[A-Za-z]{2,}")
_CHINESE: Final = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
_CJK: Final = re.compile(_CHINESE)
_CITED: Final = re.compile(rf"({_CHINESE}(?:[0-9〔〕“”·\s]*{_CHINESE})*)")
_NOTHING, _LINK, _LINKED = Markup(""), Markup('<a href="'), Markup('">')
_END_LINK: Final = Markup("</a>")
_TAGS: Final = {ZH: "zh-CN", EN: "en"}
_OTHER: Final = {ZH: EN, EN: ZH}
#: What a browser would act on or a reader not see: controls, and marks that turn a line around.
_UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
    r"\ufffe\uffff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Where:
    """A place on the site: a page's path without its language, and an anchor on it.

    Without a path it is the page on which the link stands, be it the first of a list or not.
    """

    path: str
    anchor: str = ""


class Pen:
    """Draws the pages of one site in one language."""

    def __init__(self, site: Site, language: str) -> None:
        self.site = site
        self.language = language
        #: Pages that are listed: whole path and title.
        self.listed: list[tuple[str, str]] = []
        #: Where figures open, by their references, and vouchers, by unit and number.
        self.figures: dict[str, Where] = {}
        self.vouchers: dict[tuple[str, str], Where] = {}
        #: Sections of a page to which something on it leads, so that they have to be there.
        self.asked: set[Where] = set()
        self._accounts = {one.code: dict(one.accounts) for one in site.units}
        self._funds = {one.code: {fund.code: fund.name for fund in one.funds} for one in site.units}

    def page(
        self,
        path: str,
        template: str,
        title: str,
        *,
        crumbs: Sequence[tuple[str, str]] = (),
        unlisted: bool = False,
        twin: str = "",
        script: bool = False,
        **given: Any,
    ) -> tuple[str, bytes]:
        """One page: its whole path and its bytes. ``crumbs`` are (path, text) from the top.

        ``twin`` is the path of the page in the other language where that differs; ``unlisted``
        pages are in no list, and ask search engines to leave them out.
        """
        here = addresses.whole(self.language, path)
        if not unlisted:
            self.listed.append((here, title))
        other = addresses.whole(_OTHER[self.language], twin or path)
        text = _environment().get_template(template).render(
            title=title, crumbs=crumbs, unlisted=unlisted, path=path, script=script, site=self.site,
            federation=self.plain(self.site.name), a=addresses, tag=_TAGS[self.language],
            other_tag=_TAGS[_OTHER[self.language]], other=addresses.relative(here, other),
            to=partial(self.to, path), file=partial(self.file, path),
            t=self.t, say=self.say, own=self.own, **given,
        )  # fmt: skip
        return here, _tidied(text)

    # ---- links ---------------------------------------------------------------------------------

    def to(self, path: str, there: str, anchor: str = "") -> str:
        """The link from the page ``path`` to another of the same language."""
        here = addresses.whole(self.language, path)
        return addresses.relative(here, addresses.whole(self.language, there), anchor)

    def file(self, path: str, there: str) -> str:
        """The link from the page ``path`` to a file, which has one language or none."""
        return addresses.relative(addresses.whole(self.language, path), there)

    def linked(self, path: str, where: Where | None, text: object) -> Markup:
        """The text as a link to a place, or as it is where there is none."""
        if where is None:
            return escape(text)
        link = self.to(path, where.path, where.anchor) if where.path else f"#{where.anchor}"
        # Half of all that is written are links: joined, they cost a third of being formatted.
        return _NOTHING.join((_LINK, escape(link), _LINKED, escape(text), _END_LINK))

    def opening(self, path: str, figure: Figure) -> Markup:
        """A figure that leads to the lines behind it."""
        return self.linked(path, self.figures.get(figure.ref), money(figure.fen))

    def ask(self, where: Where) -> Where:
        """The same place, which is then known to be led to."""
        self.asked.add(where)
        return where

    def amount(self, path: str, fen: int | None, where: Where | None) -> Markup:
        """An amount that leads to what it adds up; nothing is behind nothing. Blank if not told."""
        if fen is None:
            return _NOTHING
        return self.linked(path, where if fen else None, money(fen))

    def count(self, path: str, number: int, where: Where | None) -> Markup:
        """A count that leads to what it counts; nothing is behind nothing."""
        return self.linked(path, where if number else None, f"{number:,}")

    def voucher(self, path: str, unit: str, number: str) -> Markup:
        """A voucher's number that leads to where the journal has it."""
        return self.linked(path, self.vouchers.get((unit, number)), _seen(number))

    def account(self, unit: str, name: str) -> Markup:
        """What people call an account."""
        words = self._accounts[unit].get(name)
        return self.own(name) if words is None else self.say(words)

    def fund(self, path: str, unit: str, code: str) -> Markup:
        """A fund's name that leads to its page."""
        words = self._funds[unit].get(code)
        if words is None:
            return self.own(code)
        return self.linked(path, Where(addresses.fund(unit, code)), self.say(words))

    def joined(self, parts: Sequence[Markup]) -> Markup:
        """Several things in a row, as this language sets them apart."""
        return escape(self.t("word.comma")).join(parts)

    def code(self, text: str) -> Markup:
        """A digest or the like, which breaks wherever a line ends."""
        return Markup("<code>{}</code>").format(_seen(text))

    # ---- words ---------------------------------------------------------------------------------

    def t(self, key: str, **given: object) -> str:
        """The site's own words, from the one catalogue."""
        words = catalogue()[key]
        text = words.en if self.language == EN else words.zh
        return text.format(**given) if given else text

    def plain(self, words: Words) -> str:
        """Words as text, where no element may stand: in titles and pictures."""
        text = words.en if self.language == EN and words.en else words.zh
        return _seen(text)

    def say(self, words: Words) -> Markup:
        """Words in this language; where there are none, in the other with its mark.

        What English words cite in Chinese, such as a document, is marked by itself.
        """
        if self.language == EN and words.en and _ENGLISH.search(words.en):
            parts = _CITED.split(_seen(words.en))
            return _NOTHING.join(
                Markup('<span lang="zh-CN">{}</span>').format(part) if at % 2 else escape(part)
                for at, part in enumerate(parts)
            )
        return self.own(words.en if self.language == EN and words.en else words.zh)

    def own(self, text: str) -> Markup:
        """A text as somebody wrote it, marked as Chinese on an English page if it is."""
        shown = escape(_seen(text))
        if self.language == EN and _CJK.search(text):
            return Markup('<span lang="zh-CN">{}</span>').format(shown)
        return shown

    def cell(self, value: Cell) -> Markup:
        """A cell of a statement as people read it."""
        match value:
            case None:
                return Markup("")
            case Money():
                return escape(value.grouped)
            case datetime():
                return escape(value.isoformat(" ", "seconds"))
            case date():
                return escape(value.isoformat())
            case timedelta():
                return escape(hours_text(value))
            case int():
                return escape(f"{value:,}")
        return self.own(value)


def money(fen: int) -> str:
    """Fen as people read them: ``-1,234.50``."""
    return Money(fen).grouped


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    made.filters.update(money=money, anchor=addresses.anchor, size=size_text)
    return made


def _seen(text: str) -> str:
    """What can stand in a page of what somebody wrote, on one line."""
    return _UNSEEN.sub("\ufffd", text)


def size_text(count: int) -> str:
    """Bytes as people read them, rounded up.

    >>> size_text(999), size_text(1_001), size_text(2_500_000)
    ('999 B', '2 KB', '3 MB')
    """
    if count < 1000:
        return f"{count} B"
    return f"{-(-count // 1000)} KB" if count < 1_000_000 else f"{-(-count // 1_000_000)} MB"


def _tidied(text: str) -> bytes:
    """Without blank lines and the spaces at lines' ends, which templates leave behind."""
    lines = (line.strip() for line in text.split("\n"))
    return ("\n".join(line for line in lines if line) + "\n").encode()
