"""What the public site says, as plain values: nothing is on a page that does not stand here.

Whoever fills it in draws from the projection, never from a registry: amounts are fen, days are
``date``, texts are one line each. Codes become names of files and are refused where they could be
anything else; texts may be anything at all, and stay text. Names of donors are those that they
consented to. Of a figure, ``ref`` is the reference by which a statement's annex opens it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from ledger.errors import Words
from ledger.money import CNY, Money
from reports.statement import Statement

CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,79}")
MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
PERIOD: Final = re.compile(r"[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?")
#: The name of a page that only who was given its address finds.
TOKEN: Final = re.compile(r"[a-z2-7]{26}")
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_PATH: Final = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")

NO_WORDS: Final = Words("", "")
_HOME: Final = re.compile(r"https?://[^\s/?#@\"'<>]+(?:/[^\s?#\"'<>]*)?")
PUBLIC, MEMBERS = "public", "members"
RESTRICTIONS: Final = ("none", "designated", "purpose", "time", "endowment", "agency")
#: Of what a publication was to be: in time, late, not there though due, or still ahead.
MET, LATE, MISSING, COMING, NO_RULE = "met", "late", "missing", "coming", "no-rule"
#: What the page on completeness looks for, in its order.
NO_PAPERS, UNRECONCILED, CLOSED_LATE = "no-papers", "unreconciled", "closed-late"
UNTRACED, MISSED, OPEN_OBJECTION = "untraced", "missed", "open-objection"
LOOKED_FOR: Final = (NO_PAPERS, UNRECONCILED, CLOSED_LATE, UNTRACED, MISSED, OPEN_OBJECTION)
#: What an auditor may say of a period or a project.
RESULTS: Final = ("unqualified", "remarks", "adverse", "none")
#: What became of a gift.
STATES: Final = ("held", "pending", "used", "returned", "moved", "memo")
WAYS: Final = ("money", "things", "service")


def _demand(pattern: re.Pattern[str], text: str, what: str) -> None:
    if not pattern.fullmatch(text):
        raise ValueError(f"not {what}: {text[:60]!r}")


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount in fen. ``ref`` opens it in a statement's annex; empty where its page does."""

    fen: int
    ref: str = ""

    @property
    def money(self) -> Money:
        return Money(self.fen)


@dataclass(frozen=True, slots=True)
class FundMonth:
    """What a fund moved in a month, and what remained at its end."""

    month: str
    came: Figure
    spent: Figure
    transferred: Figure
    remaining: Figure

    def __post_init__(self) -> None:
        _demand(MONTH, self.month, "a month")


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund in the period: opening + came - spent + transferred = remaining.

    A figure without a reference opens in ``months``, if there are any, which it is the sum of.
    """

    code: str
    name: Words
    restriction: str
    source: str
    opening: Figure
    came: Figure
    spent: Figure
    transferred: Figure
    remaining: Figure
    months: tuple[FundMonth, ...] = ()

    def __post_init__(self) -> None:
        _demand(CODE, self.code, "the code of a fund")
        if self.restriction not in RESTRICTIONS:
            raise ValueError(f"no such restriction: {self.restriction[:40]!r}")


@dataclass(frozen=True, slots=True)
class GiftUse:
    """What a voucher took from a gift; below nothing where a reversal gave it back. Fen."""

    voucher: str
    day: date
    fen: int
    purpose: str
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Gift:
    """A line of a campaign. ``donor`` is what they consented to, ``commitment`` 64 hex digits.

    ``quantity`` is text with its measure, of things and services; ``brought`` the public voucher
    that brought the gift, if there is one. Amounts are fen, None what is not told; then ``state``
    may be empty too.
    """

    code: str
    day: date
    way: str
    donor: Words
    commitment: str
    purpose: str
    state: str
    came: int | None
    used: int | None
    held: int | None
    returned: int | None
    moved: int | None = 0
    quantity: str = ""
    uses: tuple[GiftUse, ...] = ()
    brought: str = ""

    def __post_init__(self) -> None:
        _demand(CODE, self.code, "the code of a gift")
        if self.way not in WAYS or self.state not in ("", *STATES):
            raise ValueError(f"no such way or state of a gift: {self.way[:20]!r}")


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What a campaign meant to spend on a purpose, and did. Fen, None what is not told."""

    purpose: str
    planned: int
    spent: int | None


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as of the site's day. ``rule`` says how gifts are followed: fifo, pro-rata, named.

    ``progress`` and ``coverage`` are texts such as ``81.3 %``. ``ending`` says how what was left
    is used, once it is closed. Amounts are fen, None what is not told.
    """

    code: str
    name: Words
    purpose: str
    state: str
    start: date
    end: date | None
    rule: str
    target: int
    raised: int | None
    used: int | None
    held: int | None
    returned: int | None
    moved_in: int | None
    moved_out: int | None
    spent: int | None
    untraced: int | None
    progress: str = ""
    coverage: str = ""
    filing: str = ""
    ending: str = ""
    emergency: bool = False
    budget: tuple[BudgetLine, ...] = ()
    gifts: tuple[Gift, ...] = ()

    def __post_init__(self) -> None:
        _demand(CODE, self.code, "the code of a campaign")
        if self.state not in ("open", "closed") or self.rule not in ("fifo", "pro-rata", "named"):
            raise ValueError(f"no such state or rule of a campaign: {self.state[:20]!r}")


@dataclass(frozen=True, slots=True)
class AssetClass:
    """Things of a kind: how many, and what they cost, wore and are worth; None is not told."""

    code: str
    name: Words
    count: int
    cost: Figure | None
    worn: Figure | None
    net: Figure | None


@dataclass(frozen=True, slots=True)
class PublicPosting:
    """A line of a public voucher; debit positive. ``fund`` is a code."""

    account: str
    fund: str
    fen: int
    currency: str = CNY

    @property
    def money(self) -> Money:
        return Money(self.fen, self.currency)


@dataclass(frozen=True, slots=True)
class PublicVoucher:
    """A voucher as the public reads it, or a group of such as tell of persons.

    ``text`` is made of labels of accounts and funds. ``vouchers`` and ``persons`` are how many a
    group holds: 1 and 0 of a single voucher. ``reverses`` is a voucher's number. ``papers`` are
    SHA-256 digests.
    """

    number: str
    day: date
    text: Words
    postings: tuple[PublicPosting, ...]
    papers: tuple[str, ...] = ()
    reverses: str = ""
    vouchers: int = 1
    persons: int = 0

    def __post_init__(self) -> None:
        for paper in self.papers:
            _demand(DIGEST, paper, "a digest")

    @property
    def month(self) -> str:
        return f"{self.day.year:04d}-{self.day.month:02d}"

    @property
    def is_group(self) -> bool:
        return self.persons > 0 or self.vouchers > 1


@dataclass(frozen=True, slots=True)
class Download:
    """A file beside the pages. ``path`` is relative to the site's root; ``size`` in bytes.

    ``of`` is the statement that it holds, such as ``funds-2026-03``, whose page then leads to it.
    """

    path: str
    what: Words
    size: int
    sha256: str
    of: str = ""

    def __post_init__(self) -> None:
        _demand(_PATH, self.path, "the path of a file")
        _demand(DIGEST, self.sha256, "a digest")

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def form(self) -> str:
        """The kind of file, in a word: PDF."""
        return self.name.rpartition(".")[2].upper()

    @property
    def period(self) -> str:
        """The period of the statement that it holds."""
        found = re.search(r"[0-9]{4}(?:-(?:Q[1-4]|[0-9]{2}))?$", self.of)
        return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Publication:
    """Something that was made public. ``superseded`` is the version that took its place, if any;
    ``explanation`` says why it was needed. ``paper`` is the digest of what was published, ``file``
    the download that holds it."""

    code: str
    what: Words
    about: str
    published: date
    first: date
    last: date
    version: int = 1
    superseded: int | None = None
    explanation: str = ""
    paper: str = ""
    file: str = ""

    def __post_init__(self) -> None:
        _demand(CODE, self.code, "the code of a publication")
        if self.file:
            _demand(_PATH, self.file, "the path of a file")


@dataclass(frozen=True, slots=True)
class Due:
    """A row of the calendar: what is due to whom by which rule, and whether it came.

    ``rule`` cites the document, ``rule_name`` is what the rule is called.
    """

    what: Words
    about: str
    audience: Words
    rule: str
    due: date | None
    state: str
    published: date | None = None
    rule_name: Words = NO_WORDS

    def __post_init__(self) -> None:
        if self.state not in (MET, LATE, MISSING, COMING, NO_RULE):
            raise ValueError(f"no such state of a duty: {self.state[:20]!r}")


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing. ``voucher`` leads to the journal if it is a public one, ``campaign`` is the
    code of one on this site; ``count`` is how many it stands for, such as days."""

    what: Words
    day: date | None = None
    fen: int | None = None
    voucher: str = ""
    campaign: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """How some of what was looked at stands: waived until a day, exempt by a rule, by account.

    ``about`` is what somebody wrote in one language, such as a document.
    """

    what: Words
    count: int
    until: date | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked for among ``of`` things (None where they are not counted), and is missing.

    ``lacking`` counts all of it; ``lacks`` names what may be named. ``parts`` tell how things
    stand, missing or not; they are no sum.
    """

    kind: str
    of: int | None
    lacking: int
    lacks: tuple[Lack, ...] = ()
    parts: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in LOOKED_FOR or self.lacking < self.named:
            raise ValueError(f"not what completeness looks for: {self.kind[:20]!r}")

    @property
    def named(self) -> int:
        """How much of it is named."""
        return sum(one.count for one in self.lacks)


@dataclass(frozen=True, slots=True)
class Objection:
    """A question on something published; ``answer`` is empty while it is open.

    ``due`` is None where no rule says by when it is answered.
    """

    code: str
    about: Words
    text: str
    asked: date
    due: date | None
    answered: date | None = None
    answer: str = ""

    def __post_init__(self) -> None:
        _demand(CODE, self.code, "the code of an objection")


@dataclass(frozen=True, slots=True)
class Found:
    """How many findings of an auditor are so grave and stand so; ``open`` if somebody has to act.

    ``severity`` and ``state`` are keys of the site's words.
    """

    severity: str
    state: str
    count: int
    open: bool = False


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A version of what an auditor says of a period or a project, confirmed by another.

    ``subject`` is the code of the fund or campaign where that has a page here. ``superseded`` is
    the version that took its place, and ``note`` why this one took the place of another.
    """

    code: str
    version: int
    about: Words
    period: str
    result: str
    text: str
    published: date
    superseded: int | None = None
    note: str = ""
    findings: tuple[Found, ...] = ()
    fund: str = ""
    campaign: str = ""

    def __post_init__(self) -> None:
        _demand(CODE, self.code, "the code of an evaluation")
        _demand(PERIOD, self.period, "a period")
        if self.result not in RESULTS:
            raise ValueError(f"no such result: {self.result[:20]!r}")


@dataclass(frozen=True, slots=True)
class Seal:
    """A signed tree head of a month. ``text`` is the seal whole, ``key`` 64 hex digits or empty."""

    month: str
    version: int
    size: int
    root: str
    key: str
    text: str

    def __post_init__(self) -> None:
        _demand(MONTH, self.month, "a month")


@dataclass(frozen=True, slots=True)
class ReceiptRoot:
    """The root over the gift receipts of a month, to which the proof on a receipt leads."""

    month: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. ``upper`` is the code of the unit above it, if it has one on this site.

    ``looked`` holds the kinds that were looked for; one that is not there was not, and the page
    says so. ``reopened`` counts how often a month was opened again after its closing, ever;
    ``opened_again`` are those of the period, each with the day. ``waits`` says that money of too
    few persons is in no figure yet.
    """

    code: str
    name: Words
    level: Words
    upper: str | None
    chart: Words
    funds: tuple[Fund, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    classes: tuple[AssetClass, ...] = ()
    statements: tuple[Statement, ...] = ()
    vouchers: tuple[PublicVoucher, ...] = ()
    accounts: tuple[tuple[str, Words], ...] = ()
    publications: tuple[Publication, ...] = ()
    calendar: tuple[Due, ...] = ()
    looked: tuple[Looked, ...] = ()
    objections: tuple[Objection, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    downloads: tuple[Download, ...] = ()
    seals: tuple[Seal, ...] = ()
    receipt_roots: tuple[ReceiptRoot, ...] = ()
    reopened: int = 0
    opened_again: tuple[tuple[str, date], ...] = ()
    waits: bool = False

    def __post_init__(self) -> None:
        _demand(CODE, self.code, "the code of a unit")
        for statement in self.statements:
            _demand(CODE, statement.name, "the name of a statement")
            _demand(PERIOD, statement.period, "a period")
        _once(self.code, "fund", [one.code for one in self.funds])
        _once(self.code, "campaign", [one.code for one in self.campaigns])
        _once(self.code, "evaluation", [f"{e.code} {e.version}" for e in self.evaluations])
        _once(self.code, "voucher", [one.number for one in self.vouchers])
        _once(self.code, "statement", [f"{one.name} {one.period}" for one in self.statements])

    def looked_for(self, kind: str) -> Looked | None:
        return next((one for one in self.looked if one.kind == kind), None)


@dataclass(frozen=True, slots=True)
class MyGift:
    """The page of one gift for who holds its receipt. ``text`` is what the square code holds.

    ``index``, ``size``, ``path`` and ``root`` (hex) are its proof, nothing of which is there before
    the month of the receipt is sealed; ``month`` is that month.
    """

    token: str
    unit: str
    campaign: Words
    gift: Gift
    receipt: str
    text: str = ""
    month: str = ""
    index: int = 0
    size: int = 0
    path: tuple[str, ...] = ()
    root: str = ""

    def __post_init__(self) -> None:
        _demand(TOKEN, self.token, "the name of a page of one's own")


@dataclass(frozen=True, slots=True)
class DuesMonth:
    """What one owed for a month, paid of it, and what is open; ``why`` says by which rule. Fen."""

    month: str
    what: Words
    owed: int
    paid: int
    open: int
    why: Words


@dataclass(frozen=True, slots=True)
class MyDues:
    """The page of one member's dues, in a site for members. ``went`` is where all dues went."""

    token: str
    unit: str
    months: tuple[DuesMonth, ...]
    went: tuple[tuple[Words, Figure], ...] = ()

    def __post_init__(self) -> None:
        _demand(TOKEN, self.token, "the name of a page of one's own")


@dataclass(frozen=True)
class Site:
    """The whole publication of a federation for a period, as of ``on``.

    ``home`` is the address at which the site is to be found, if that is known: only the page for
    addresses that are not there needs it. ``objecting`` says to whom a question goes. ``sums``,
    ``schema`` and ``script`` are paths of the list of digests, the JSON Schema and the script that
    verifies: the list holds the digest of each page, so that no page can hold that of the list.
    """

    code: str
    name: Words
    period: str
    first: date
    last: date
    on: date
    audience: str
    units: tuple[Unit, ...]
    downloads: tuple[Download, ...] = ()
    objecting: Words | None = None
    gifts: tuple[MyGift, ...] = field(default=(), repr=False)
    dues: tuple[MyDues, ...] = field(default=(), repr=False)
    home: str = ""
    sums: str = ""
    schema: str = ""
    script: str = ""

    def __post_init__(self) -> None:
        if self.audience not in (PUBLIC, MEMBERS):
            raise ValueError(f"no such audience: {self.audience[:20]!r}")
        if self.dues and self.audience != MEMBERS:
            raise ValueError("what a member owes is in no site for the public")
        _demand(PERIOD, self.period, "a period")
        _once(self.code, "unit", [one.code for one in self.units])
        tokens = [*(gift.token for gift in self.gifts), *(dues.token for dues in self.dues)]
        _once(self.code, "page", tokens)
        if self.home and not _HOME.fullmatch(self.home):
            raise ValueError(f"not the address of a site: {self.home[:60]!r}")
        for path in (self.sums, self.schema, self.script):
            if path:
                _demand(_PATH, path, "the path of a file")

    def unit(self, code: str) -> Unit:
        return next(one for one in self.units if one.code == code)

    def tree(self) -> Iterator[tuple[int, Unit]]:
        """Every unit below its upper one, with its depth; those above whom nobody is first."""
        known = {one.code for one in self.units}
        below: dict[str | None, list[Unit]] = {}
        for one in self.units:
            below.setdefault(one.upper if one.upper in known else None, []).append(one)
        seen: set[str] = set()
        waiting = [(0, one) for one in reversed(below.get(None, []))]
        while waiting:
            depth, one = waiting.pop()
            seen.add(one.code)
            yield depth, one
            waiting += [(depth + 1, other) for other in reversed(below.get(one.code, []))]
        if len(seen) < len(self.units):
            raise ValueError("units that stand above each other")


def _once(where: str, what: str, codes: Sequence[str]) -> None:
    if len(set(codes)) < len(codes):
        twice = sorted({one for one in codes if codes.count(one) > 1})
        raise ValueError(f"{where}: a {what} is there twice: {twice[0][:60]!r}")
