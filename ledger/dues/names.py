"""What dues, claims and credits are called on paper: receipts, letters, statements."""

from __future__ import annotations

from typing import Final

from ledger.errors import Words

RULES: Final = {
    "party": Words("党费", "party dues"),
    "league": Words("团费", "league dues"),
    "union-member": Words("工会会费", "union dues"),
    "association": Words("会费", "dues"),
}
_PREPAID: Final = Words("预缴款（抵以后月份）", "paid ahead, for later months")
_GIVEN: Final = Words("自愿多交", "given voluntarily")


def of_rule(rule: str) -> Words:
    return RULES.get(rule, RULES["association"])


def of_part(rule: str, month: str, kind: str) -> Words:
    """What part of a payment was for."""
    if kind == "prepaid":
        return _PREPAID
    if kind == "voluntary":
        return Words(f"{of_rule(rule).zh} {_GIVEN.zh}", f"{of_rule(rule).en} {_GIVEN.en}")
    return Words(f"{month} {of_rule(rule).zh}", f"{of_rule(rule).en} of {month}")
