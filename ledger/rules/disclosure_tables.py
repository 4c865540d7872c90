"""Tables of what is made known: from which share on, by when and to whom; ratios of charities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from ledger.errors import Words
from ledger.period import Month, months_after
from ledger.rules.table import Head


@dataclass(frozen=True, slots=True)
class ShareTable:
    """From which part of a year's sum on something is named by itself in a report.

    ``share`` has to be exceeded where ``above``, else reached. ``years``: or from so many years of
    duration on; None where duration counts for nothing.
    """

    head: Head
    share: Fraction
    above: bool
    years: int | None
    article: str

    def reached_by(self, part: int, whole: int) -> bool:
        """Whether ``part`` fen are that much of ``whole``; nothing is that much of nothing."""
        if whole <= 0:
            return False
        return part > self.share * whole if self.above else part >= self.share * whole


#: Which campaigns a deadline is for: those that raise from the public, or all of a unit.
PUBLIC_ONLY: Final = "public"
ALL_CAMPAIGNS: Final = "all"
#: To whom something is made known: the unit's members, everybody, or whoever is above it.
MEMBERS, PUBLIC, SUPERIOR = "members", "public", "superior"
AUDIENCES: Final = (MEMBERS, PUBLIC, SUPERIOR)
AUDIENCE_WORDS: Final = {
    MEMBERS: Words("会员", "members"),
    PUBLIC: Words("社会公众", "the public"),
    SUPERIOR: Words("上级", "above"),
}
#: The last day of a time that no rule names.
NO_DAY: Final = date.max


@dataclass(frozen=True, slots=True)
class DeadlineTable:
    """By when something has to be made public, or told to members or to above.

    Exactly one of ``days``, ``months`` (after what happened, or after the publication before, where
    it is ``repeated``) and ``by`` (the next such month and day); none of them where the rule names
    no day. ``over_months``: only for campaigns that run longer. ``campaigns`` is
    :data:`PUBLIC_ONLY` or :data:`ALL_CAMPAIGNS`. ``reports`` are the statements that it takes;
    ``packs`` says whether a pack of the same days for the same ``audience`` is enough.
    """

    head: Head
    days: int | None
    months: int | None
    by: tuple[int, int] | None
    repeated: bool
    over_months: int
    campaigns: str
    article: str
    audience: str = PUBLIC
    reports: tuple[str, ...] = ()
    packs: bool = False

    @property
    def undated(self) -> bool:
        """Whether the rule demands it and names no day."""
        return self.days is None and self.months is None and self.by is None

    def after(self, day: date) -> date:
        """The last day of the time that begins with ``day``, which itself does not count.

        :data:`NO_DAY` where the rule names none.
        """
        if self.undated:
            return NO_DAY
        if self.days is not None:
            return day + timedelta(days=self.days)
        if self.months is not None:
            return months_after(day, self.months)
        month, number = self.by or (12, 31)
        return next(
            found
            for year in (day.year, day.year + 1)
            if (found := _in_year(year, month, number)) >= day
        )

    @property
    def words(self) -> Words:
        if self.undated:
            return Words("规则没有写日期", "the rule names no day")
        if self.by is not None:
            return Words(
                f"每年 {self.by[0]} 月 {self.by[1]} 日前", "by {:02d}-{:02d}".format(*self.by)
            )
        zh, en = (f"{self.days} 日", f"{self.days} days")
        if self.months is not None:
            zh, en = (f"{self.months} 个月", f"{self.months} months")
        if self.repeated:
            return Words(f"至少每 {zh}一次", f"at least every {en}")
        return Words(f"{zh}内", f"within {en}")


def _in_year(year: int, month: int, number: int) -> date:
    return date(year, month, min(number, Month(year, month).period.last.day))


#: What a share is of: the income of the year before, its net assets, the year's own spending.
OF_INCOME: Final = "income"
OF_NET_ASSETS: Final = "net-assets"


@dataclass(frozen=True, slots=True)
class RatioTier:
    """What units of a form with net assets from ``first`` fen to below ``below`` spend.

    ``forms`` are kinds of unit; ``public`` says whether they may raise from the public. ``spend``
    is the least share of the year before, each with what it is of; ``management`` the largest share
    of the year's own spending.
    """

    id: str
    forms: tuple[str, ...]
    public: bool
    first: int
    below: int | None
    spend: tuple[tuple[str, Fraction], ...]
    management: Fraction
    name: Words
    article: str
    confidence: str


@dataclass(frozen=True, slots=True)
class RatioTable:
    """Least public-benefit spending and most management in a year.

    Management below ``exempt`` fen a year has no limit; ``averages``: whether the mean of the three
    years before may stand for the year before.
    """

    head: Head
    tiers: tuple[RatioTier, ...]
    exempt: int
    averages: bool
