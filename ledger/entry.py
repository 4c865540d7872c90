"""Drafts and vouchers: values that check themselves.

A :class:`Draft` is a proposed entry; a :class:`Voucher` is a draft that was approved, numbered
and chained. Neither holds a person's name: persons appear as random ids (``m-7F3K2``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from ledger.account import account_code, is_budgetary, is_valid_account
from ledger.errors import Finding, Refused, finding
from ledger.money import Money
from ledger.period import Month

# 收 receipts, 付 payments, 转 transfers and everything else: the classes of Chinese vouchers.
CLASSES: Final = ("收", "付", "转")
KEYS_OF_POSTINGS: Final = (
    "fund", "member", "donor", "gift", "asset", "allocation", "counter", "decision", "line", "doc",
    "memo",
)  # fmt: skip
FUND_CODE: Final = re.compile(r"[A-Z][A-Za-z0-9-]{0,38}[A-Za-z0-9]")
KEY: Final = re.compile(r"[a-z][a-z0-9_-]{1,40}")
_LINK = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_/.]{0,79}")
_COMMODITY = re.compile(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]")
_DIGEST = re.compile(r"[0-9a-f]{64}")
MOST_POSTINGS: Final = 5_000
# Ten trillion yuan: far above any unit's year, and low enough that the sums of a book's months
# stay exact in 64-bit columns.
MOST_FEN: Final = 10**15
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2998
LONGEST_TEXT: Final = 300
MOST_MARKS: Final = 500
MOST_KEYS: Final = 50

Meta = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Lot:
    """Units held at cost: ``1 FA-00012 {12000.00 CNY}``. The posting's amount is their weight."""

    units: Decimal
    commodity: str
    cost: Money
    label: str | None = None

    def __post_init__(self) -> None:
        if not _COMMODITY.fullmatch(self.commodity):
            raise ValueError(f"not a commodity: {self.commodity[:24]!r}")
        # Beancount refuses no units and negative costs; few digits keep every product exact.
        if not self.units.is_finite() or not self.units or abs(self.units.adjusted()) > 12:
            raise ValueError("not a number of units")
        if len(self.units.as_tuple().digits) > 20:
            raise ValueError("a number of units has twenty digits at the most")
        if self.cost.fen < 0:
            raise ValueError("a cost is not negative")
        if self.label is not None:
            check_text("label", self.label)

    @property
    def weight(self) -> Money:
        return Money(weight_fen(self.units, self.cost.fen), self.cost.currency)


def weight_fen(units: Decimal, cost_fen: int) -> int:
    """What ``units`` at this cost weigh, in fen; ValueError unless it is a whole number."""
    # Decimals round to 28 digits without a word; fractions do not.
    exact = Fraction(units) * cost_fen
    if exact.denominator != 1:
        raise ValueError("units at cost come to a whole number of fen")
    return exact.numerator


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry: debit positive, credit negative, always with its fund.

    ``meta`` holds pairs of ASCII key and text value, sorted by key, without ``fund``.
    """

    account: str
    amount: Money
    fund: str
    meta: Meta = ()
    lot: Lot | None = None

    def __post_init__(self) -> None:
        if not is_valid_account(self.account):
            raise ValueError(f"not an account: {self.account[:60]!r}")
        if not FUND_CODE.fullmatch(self.fund):
            raise ValueError(f"not a fund code: {self.fund[:40]!r}")
        if self.lot is not None and self.lot.weight != self.amount:
            raise ValueError("a lot weighs what its posting says")
        _check_meta(self.meta, reserved=("fund",))


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed entry of one unit.

    ``kind`` is its voucher class (收, 付, 转). ``payee`` and ``narration`` are one line of text
    without persons' names. ``papers`` are SHA-256 digests of the papers behind it. ``source``
    tells what proposed it (``bank:<import id>``, ``rule:dues``, ``user``); one source gives one
    voucher at the most. ``reverses`` is the number of the voucher that this one reverses.
    """

    unit: str
    day: date
    kind: str
    narration: str
    postings: tuple[Posting, ...]
    payee: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    source: str = "user"
    reverses: str | None = None
    meta: Meta = ()

    def __post_init__(self) -> None:
        if self.kind not in CLASSES:
            raise ValueError(f"a voucher's class is one of {' '.join(CLASSES)}")
        if type(self.day) is not date:
            raise TypeError("a business day is a date")
        if not FIRST_YEAR <= self.day.year <= LAST_YEAR:
            raise ValueError(f"a business day lies between {FIRST_YEAR} and {LAST_YEAR}")
        if not 2 <= len(self.postings) <= MOST_POSTINGS:
            raise ValueError(f"a voucher has 2 to {MOST_POSTINGS} postings")
        if sum([abs(posting.amount.fen) for posting in self.postings]) > 2 * MOST_FEN:
            raise ValueError("a voucher moves at most 10,000,000,000,000.00")
        check_text("payee", self.payee)
        check_text("narration", self.narration)
        check_text("source", self.source)
        _check_marks("tags", self.tags)
        _check_marks("links", self.links)
        _check_marks("papers", self.papers)
        for link in (*self.tags, *self.links):
            if not _LINK.fullmatch(link):
                raise ValueError(f"tags and links are short ASCII words: {link[:40]!r}")
        for digest in self.papers:
            if not _DIGEST.fullmatch(digest):
                raise ValueError("a paper is named by its SHA-256 digest in hexadecimal")
        _check_meta(self.meta, reserved=VOUCHER_KEYS)

    @property
    def month(self) -> Month:
        return Month.of(self.day)

    def imbalances(self) -> dict[tuple[str, str], int]:
        """What each (fund, currency) is out of balance by, in fen; empty when balanced."""
        sums: dict[tuple[str, str], int] = {}
        for posting in self.postings:
            key = (posting.fund, posting.amount.currency)
            sums[key] = sums.get(key, 0) + posting.amount.fen
        return {key: fen for key, fen in sums.items() if fen}


# Cash and bank accounts in the unions' charts and in the non-profit ones.
_CASH_AND_BANK: Final = ("101", "102", "1001", "1002")

#: The metadata that the posting path writes, in the order it stands in the text.
VOUCHER_KEYS: Final = (
    "voucher", "id", "unit", "seq", "maker", "checker", "posted",
    "papers", "source", "reverses", "chain",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Voucher:
    """A posted entry: the draft, and what posting added to it.

    ``number`` is ``<class>-<yyyymm>-<nnnn>``, gapless per unit, class and month; ``seq`` counts the
    unit's vouchers in the order of posting from 1; ``chain`` is the hash over the chain so far and
    this voucher's text.
    """

    draft: Draft
    number: str
    id: str
    seq: int
    maker: str
    checkers: tuple[str, ...]
    posted: datetime
    chain: str = field(default="")

    @property
    def ref(self) -> str:
        """What ``mingbai show`` takes: ``<unit>/<number>``."""
        return f"{self.draft.unit}/{self.number}"


def voucher_number(kind: str, month: Month, ordinal: int) -> str:
    """``收-202603-0001``."""
    return f"{kind}-{month.year:04d}{month.month:02d}-{ordinal:04d}"


def voucher_class(postings: Iterable[Posting]) -> str:
    """The class of a voucher: 收 where cash and bank accounts gain, 付 where they lose, else 转."""
    moved = sum([posting.amount.fen for posting in postings if _is_cash_or_bank(posting.account)])
    return "收" if moved > 0 else "付" if moved < 0 else "转"


@lru_cache(maxsize=4096)
def _is_cash_or_bank(account: str) -> bool:
    return account.startswith("Assets:") and account_code(account).startswith(_CASH_AND_BANK)


def size_fen(postings: Iterable[Posting]) -> int:
    """The size of a voucher: the sum of its debits, in fen.

    A budgetary half says the same money once more; the larger half is the voucher's size.
    """
    debits = [0, 0]
    for posting in postings:
        if posting.amount.fen > 0:
            debits[is_budgetary(posting.account)] += posting.amount.fen
    return max(debits)


def meta_of(values: Mapping[str, str | None]) -> Meta:
    """Sorted metadata from a mapping, leaving out what is None or empty."""
    return tuple(sorted((key, text) for key, text in values.items() if text))


def balanced(draft: Draft) -> list[Finding]:
    """Findings for every fund and currency in which the draft does not sum to zero."""
    return unbalanced(draft.imbalances())


def unbalanced(sums: Mapping[tuple[str, str], int]) -> list[Finding]:
    """A finding for every (fund, currency) whose sum in fen is not zero."""
    return [
        finding(
            "unbalanced",
            f"资金 {fund} 借贷不平，差额 {Money(fen, currency)}",
            f"fund {fund} is out of balance by {Money(fen, currency)}",
            "使每一资金的借方合计等于贷方合计",
            "make debits equal credits within every fund",
        )
        for (fund, currency), fen in sorted(sums.items())
        if fen
    ]


def check_text(what: str, text: str) -> None:
    """Raise ValueError unless ``text`` is one line that is safe in a book, a page and a PDF.

    Refused: control characters, bidirectional overrides and other invisible formatting, unpaired
    surrogates, leading or trailing blanks, and more than 300 characters.
    """
    if not text:
        return
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"{what} is longer than {LONGEST_TEXT} characters")
    if text != text.strip():
        raise ValueError(f"{what} begins or ends with a blank")
    if text.isprintable():
        return
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            raise ValueError(f"{what} holds a character that cannot be printed: U+{ord(char):04X}")


def safe_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """``text`` made fit for :func:`check_text`: unprintable characters out, blanks folded, cut."""
    if text.isprintable() and "  " not in text:
        return text.strip()[:longest].strip()
    kept = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace()
        or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    return " ".join(kept.split())[:longest].strip()


def _check_marks(what: str, marks: tuple[str, ...]) -> None:
    if len(marks) > 1 and (len(marks) > MOST_MARKS or len(set(marks)) != len(marks)):
        raise ValueError(f"{what} are at most {MOST_MARKS}, each once")


def _check_meta(meta: Meta, reserved: tuple[str, ...]) -> None:
    if not meta:
        return
    keys = [key for key, _ in meta]
    if len(keys) > MOST_KEYS:
        raise ValueError(f"metadata holds at most {MOST_KEYS} keys")
    if keys != sorted(set(keys)):
        raise ValueError("metadata is sorted by key and holds each key once")
    for key, text in meta:
        if not KEY.fullmatch(key) or key in reserved or key in ("filename", "lineno"):
            raise ValueError(f"not a metadata key: {key[:40]!r}")
        check_text(key, text)


def build_draft(**fields: object) -> Draft:
    """A draft from checked fields; a fault in them is a :class:`Refused`, not a ValueError.

    For the edges (forms, files, the command line), where the values are somebody's data.
    """
    try:
        return Draft(**fields)  # type: ignore[arg-type]
    except (ValueError, TypeError) as fault:
        raise Refused(
            finding(
                "bad-draft",
                f"凭证内容不合规：{fault}",
                f"this entry cannot be a voucher: {fault}",
                "改正所指的内容后再提交",
                "correct what is named and submit again",
            )
        ) from fault
