"""The values of a projection: rows, groups and the book that they make. All amounts are in fen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ledger.money import Money
from ledger.period import Month

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.errors import Finding, Words
    from ledger.period import Period

PUBLIC: Final = "public"
MEMBERS: Final = "members"
AUDIENCES: Final = (PUBLIC, MEMBERS)
#: A published sum tells of this many different persons, or of none.
FEWEST: Final = 5


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Where money stands: the finest place that is published."""

    account: str
    fund: str
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class PublicLine:
    """A posting as it is published: debit positive, credit negative."""

    account: str
    fund: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A voucher without anything personal, with its own number and words made of labels.

    ``seq`` is its place in the unit's journal and is written nowhere. ``reverses`` is the number of
    the row that it takes back. ``opening``: it brings the book's first balances in. ``carried``: it
    carries income and spending over to net assets, and says of them what is published.
    """

    seq: int
    number: str
    day: date
    kind: str
    lines: tuple[PublicLine, ...]
    words: Words
    papers: tuple[str, ...] = ()
    reverses: str = ""
    opening: bool = False
    carried: bool = False


@dataclass(frozen=True, slots=True)
class PublicGroup:
    """Vouchers that tell of persons, as one sum on the last day of their last month.

    ``seqs`` are their places in the unit's journal: the registry keeps them, so that what is
    published later never splits a group; they are written nowhere. ``at_least`` is the number of
    persons rounded down to a multiple of five. A group without lines is money that came back to
    where it was and tells of nobody. ``folded``: an account stands for several.
    """

    number: str
    day: date
    first: Month
    lines: tuple[PublicLine, ...]
    words: Words
    seqs: tuple[int, ...]
    at_least: int
    folded: bool = False

    @property
    def as_published(self) -> Published:
        return Published(self.seqs, self.first, self.day, self.lines, self.at_least, self.folded)


@dataclass(frozen=True, slots=True)
class Published:
    """A group as it was published before: what the registry keeps of it."""

    seqs: tuple[int, ...]
    first: Month
    day: date
    lines: tuple[PublicLine, ...]
    at_least: int
    folded: bool = False

    def as_json(self) -> dict[str, Any]:
        """It as plain values, for the registry."""
        return {
            "seqs": list(self.seqs),
            "first": str(self.first),
            "day": self.day.isoformat(),
            "lines": [[x.account, x.fund, x.amount.fen, x.amount.currency] for x in self.lines],
            "at_least": self.at_least,
            "folded": self.folded,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Published:
        """The group of which :meth:`as_json` made these values."""
        return cls(
            tuple(said["seqs"]),
            Month.parse(said["first"]),
            date.fromisoformat(said["day"]),
            tuple(PublicLine(a, f, Money(fen, unit)) for a, f, fen, unit in said["lines"]),
            said["at_least"],
            said["folded"],
        )


@dataclass(frozen=True, slots=True)
class PublicAccount:
    """An account of the redacted book; ``real`` is False for one that stands for several."""

    name: str
    name_en: str
    capital: bool
    currency: str
    opened: date
    closed: date | None = None
    real: bool = True


@dataclass(frozen=True, slots=True)
class PublicFund:
    """A fund of the redacted book."""

    code: str
    name: str
    name_en: str
    restriction: str
    opened: date
    closed: date | None


@dataclass(frozen=True, slots=True)
class PublicMark:
    """A closing (``close``) or a reopening (``reopen``) of a month."""

    kind: str
    month: Month
    day: date


@dataclass(frozen=True, slots=True)
class PublicBook:
    """What is published of one unit's book up to the end of ``period``.

    ``opening`` are the balances before ``since``, empty where the book begins there. ``held`` are
    the seqs of vouchers that wait for the next publication, because a sum with them would tell of
    fewer than five persons; ``held_sums`` is what they moved. Both stay in the registry. ``quiet``
    are the seqs of transfers between own accounts, which have no line of their own.
    ``texts`` are the files of the redacted book by name.
    """

    unit: str
    name: Words
    chart: str
    period: Period
    audience: str
    since: date
    through: int
    accounts: tuple[PublicAccount, ...]
    funds: tuple[PublicFund, ...]
    opening: tuple[PublicLine, ...]
    rows: tuple[PublicRow, ...]
    groups: tuple[PublicGroup, ...]
    marks: tuple[PublicMark, ...]
    held: tuple[int, ...]
    held_sums: Mapping[Cell, int]
    quiet: tuple[int, ...]
    past_groups: tuple[PublicGroup, ...] = ()
    findings: tuple[Finding, ...] = ()
    upper: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def published(self) -> tuple[Published, ...]:
        """Every group that this book tells of, those in its opening balances too."""
        return tuple(group.as_published for group in (*self.past_groups, *self.groups))
