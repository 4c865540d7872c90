"""The findings that all acts on venues share."""

from __future__ import annotations

from ledger.errors import Finding, finding


def bad(zh: str, en: str) -> Finding:
    return finding("bad-venue", zh, en, "改正后重试", "correct it and try again")


def no_venue(code: str) -> Finding:
    return finding(
        "no-venue", f"没有阵地 {code[:24]}", f"there is no venue {code[:24]}",
        "用 mingbai venue list 查看", "see mingbai venue list",
    )  # fmt: skip
