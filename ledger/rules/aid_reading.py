"""Kinds of aid and their limits, out of a rule file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.errors import Words
from ledger.rules.spending_tables import AidKind, AidKindTable, AidLimit, AidLimitTable
from ledger.rules.table import CONFIDENCES

if TYPE_CHECKING:
    from ledger.rules.fields import Fields
    from ledger.rules.table import Head

PAYMENT: Final = "payment"
YEAR: Final = "year"
REFUSE: Final = "refuse"
WARN: Final = "warn"
_LONGEST: Final = 120


def aid_kinds(fields: Fields, head: Head) -> AidKindTable:
    kinds = []
    for one in fields.tables("kinds", Words("类别", "kind")):
        kinds.append(
            AidKind(
                id=one.slug("id"),
                of=one.slug("of", ""),
                name=one.words("name"),
                uses=one.texts("uses") if one.has("uses") else (),
                article=one.text("article", ""),
                confidence=one.one_of("confidence", CONFIDENCES, head.confidence),
            )
        )
        one.done()
    fields.once([kind.id for kind in kinds], "id")
    if not kinds:
        fields.say("没有类别", "there is no kind")
    whole = {kind.id for kind in kinds if not kind.of}
    for kind in kinds:
        if kind.of and kind.of not in whole:
            fields.say(f"{kind.id} 所属的 {kind.of} 不在表中", f"{kind.of} of {kind.id} is no kind")
    return AidKindTable(head, tuple(kinds))


def aid_limits(fields: Fields, head: Head) -> AidLimitTable:
    limits = [_limit(one, head) for one in fields.tables("limits", Words("限额", "limit"))]
    fields.once([limit.id for limit in limits], "id")
    if not limits:
        fields.say("没有限额", "there is no limit")
    return AidLimitTable(head, tuple(limits))


def _limit(one: Fields, head: Head) -> AidLimit:
    most = one.amount("most")
    per = one.one_of("per", (PAYMENT, YEAR), PAYMENT)
    within = one.number("within_months", 1, _LONGEST) if one.has("within_months") else None
    again = one.one_of("again", (REFUSE, WARN), WARN)
    if most is None and within is None:
        one.say("缺 most 或 within_months", "it says neither most nor within_months")
    if most == 0:
        one.say("most 须大于零", "most is above nothing")
    if within is None and one.had("again"):
        one.say("again 须与 within_months 同写", "again stands beside within_months")
    found = AidLimit(
        one.slug("id"), one.words("name"), most, per, within, again, one.text("article", ""),
        one.one_of("confidence", CONFIDENCES, head.confidence),
    )  # fmt: skip
    one.done()
    return found
