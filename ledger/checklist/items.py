"""One item of the checklist: what was asked, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ledger.errors import Finding, Words

DONE, WARNS, OPEN, NOT_ASKED = "done", "warns", "open", "not-asked"
#: How an item is ticked off in a text.
TICKS: Final = {DONE: "✓", WARNS: "!", OPEN: "✗", NOT_ASKED: "–"}
STATE_WORDS: Final = {
    DONE: Words("通过", "passed"),
    WARNS: Words("提示", "warning"),
    OPEN: Words("未通过", "open"),
    NOT_ASKED: Words("未检查", "not asked"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """``findings`` is None where an earlier item has to be settled before it can be asked."""

    key: str
    words: Words
    findings: tuple[Finding, ...] | None

    @property
    def state(self) -> str:
        if self.findings is None:
            return NOT_ASKED
        if any(found.severity == "error" for found in self.findings):
            return OPEN
        return WARNS if self.findings else DONE

    @property
    def tick(self) -> str:
        return TICKS[self.state]

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key, "title": self.words.zh, "title_en": self.words.en,
            "state": self.state, "findings": [found.as_json() for found in self.findings or ()],
        }  # fmt: skip
