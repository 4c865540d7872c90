"""Deadlines of disclosure, and shares of spending and management, out of a rule file."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.rules.disclosure_tables import (
    ALL_CAMPAIGNS,
    AUDIENCES,
    OF_INCOME,
    OF_NET_ASSETS,
    PUBLIC,
    PUBLIC_ONLY,
    DeadlineTable,
    RatioTable,
    RatioTier,
)
from ledger.rules.table import CONFIDENCES

if TYPE_CHECKING:
    from ledger.rules.fields import Fields
    from ledger.rules.table import Head

_TIMES: Final = ("every_days", "every_months", "within_days", "within_months", "by", "undated")
_MOST_DAYS: Final = 366
_MOST_MONTHS: Final = 60


def deadline(fields: Fields, head: Head) -> DeadlineTable:
    said = [key for key in _TIMES if fields.has(key)]
    if len(said) != 1:
        fields.say(
            f"{'、'.join(_TIMES)} 要有且只有一项", f"there is exactly one of {', '.join(_TIMES)}"
        )
    numbers = {
        key: fields.number(key, 1, _MOST_DAYS if key.endswith("days") else _MOST_MONTHS)
        for key in said
        if key not in ("by", "undated")
    }
    if "undated" in said:
        fields.one_of("undated", ("yes",))
    return DeadlineTable(
        head=head,
        days=numbers.get("every_days", numbers.get("within_days")),
        months=numbers.get("every_months", numbers.get("within_months")),
        by=fields.yearly_day("by"),
        repeated=any(key.startswith("every") for key in said),
        over_months=fields.number("over_months", 1, _MOST_MONTHS)
        if fields.has("over_months")
        else 0,
        campaigns=fields.one_of("campaigns", (PUBLIC_ONLY, ALL_CAMPAIGNS), ALL_CAMPAIGNS),
        article=fields.text("article", ""),
        audience=fields.one_of("audience", AUDIENCES, PUBLIC),
        reports=fields.texts("reports") if fields.has("reports") else (),
        packs=fields.one_of("packs", ("yes", "no"), "no") == "yes",
    )


def ratios(fields: Fields, head: Head) -> RatioTable:
    tiers = [_tier(one, head) for one in fields.tables("tiers", Words("档", "tier"))]
    fields.once([tier.id for tier in tiers], "id")
    if not tiers:
        fields.say("没有档", "there is no tier")
    for tier in tiers:
        if any(_meet(tier, other) for other in tiers if other is not tier):
            fields.say(f"{tier.id} 与另一档重叠", f"{tier.id} overlaps another tier")
    return RatioTable(
        head, tuple(tiers), fields.amount("exempt_below", 0) or 0,
        fields.one_of("averages", ("yes", "no"), "no") == "yes",
    )  # fmt: skip


def _tier(one: Fields, head: Head) -> RatioTier:
    first, below = one.amount("from", 0) or 0, one.amount("below")
    if below is not None and below <= first:
        one.say("below 不大于 from", "below is not above from")
    spend = tuple(
        (of, share)
        for of, key in ((OF_INCOME, "spend_of_income"), (OF_NET_ASSETS, "spend_of_net_assets"))
        if (share := one.share(key)) is not None
    )
    management = one.share("management")
    if management is None and not one.had("management"):
        one.say("缺 management", "management is missing")
    if not spend:
        one.say("缺 spend_of_income 或 spend_of_net_assets", "it says no least spending")
    found = RatioTier(
        one.slug("id"), one.texts("forms"), one.one_of("public", ("yes", "no")) == "yes", first,
        below, spend, management or Fraction(0), one.words("name"), one.text("article", ""),
        one.one_of("confidence", CONFIDENCES, head.confidence),
    )  # fmt: skip
    one.done()
    return found


def _meet(one: RatioTier, other: RatioTier) -> bool:
    """Whether a unit could stand in both."""
    return (
        one.public == other.public
        and not set(one.forms).isdisjoint(other.forms)
        and (one.below is None or other.first < one.below)
        and (other.below is None or one.first < other.below)
    )
