"""What rules of charity ask of a unit: facts among its kinds, each of which may be unknown.

A unit is told to be a charity by ``charity``, or not to be one by ``not-charity``; its form by
``foundation``, ``association`` or ``social-service``; that it may raise from the public by
``public-fundraising``, or may not by ``no-public-fundraising``. What nobody said is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.errors import Finding, finding

if TYPE_CHECKING:
    from ledger.rules.table import Located

CHARITY, NOT_CHARITY = "charity", "not-charity"
PUBLIC, NOT_PUBLIC = "public-fundraising", "no-public-fundraising"
FORMS: Final = ("foundation", "association", "social-service")


@dataclass(frozen=True, slots=True)
class Facts:
    """None, or an empty ``form``, is what nobody said."""

    charity: bool | None
    public: bool | None
    form: str

    def missing(self, unit: str) -> Iterator[Finding]:
        """What has to be known of a charity, and is not; nothing of who is none."""
        if self.charity is None:
            yield _unknown(unit, "是否慈善组织", "whether it is a charity", CHARITY, NOT_CHARITY)
        if not self.charity:
            return
        if self.public is None:
            yield _unknown(unit, "有无公开募捐资格", "whether it may raise from the public",
                           PUBLIC, NOT_PUBLIC)  # fmt: skip
        if not self.form:
            yield _unknown(unit, "组织形式", "which form it has", *FORMS)


def facts_of(unit: Located) -> Facts:
    """What a unit's kinds say; a union or federation is no charity unless it says so."""
    kinds = set(unit.kinds.split())
    return Facts(
        _told(kinds, CHARITY, NOT_CHARITY), _told(kinds, PUBLIC, NOT_PUBLIC),
        next((form for form in FORMS if form in kinds), ""),
    )  # fmt: skip


def _told(kinds: set[str], yes: str, no: str) -> bool | None:
    """None where it says neither, or both."""
    if (yes in kinds) == (no in kinds):
        return None
    return yes in kinds


def _unknown(unit: str, zh: str, en: str, *words: str) -> Finding:
    said = " / ".join(words)
    return finding(
        "unknown-fact", f"{unit} 没有登记{zh}", f"of {unit} nobody said {en}",
        f"管理员用 mingbai dues place --kinds 写明：{said}",
        f"an administrator says so with mingbai dues place --kinds: {said}",
        severity="warning",
    )  # fmt: skip
