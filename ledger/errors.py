"""Two kinds of trouble: findings about someone's data, and exceptions for our callers.

A finding says where, what, and what to do, in Chinese with English beside it. It never
holds a person's name, a password, or a path outside the federation folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Words(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault in someone's data.

    ``rule`` is a stable ASCII slug such as ``fund-overdrawn``; ``file`` is relative to the
    federation folder (or as the user typed it); ``line`` counts from 1.
    """

    rule: str
    what: Words
    remedy: Words
    file: str | None = None
    line: int | None = None
    severity: str = "error"  # or "warning"

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        head = f"{where}: " if where else ""
        return (
            f"{head}[{self.rule}] {self.what.zh}\n  {self.what.en}\n"
            f"  → {self.remedy.zh}\n    {self.remedy.en}"
        )

    def as_json(self) -> dict[str, object]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "message": self.what.zh,
            "message_en": self.what.en,
            "remedy": self.remedy.zh,
            "remedy_en": self.remedy.en,
        }


class LedgerError(Exception):
    """The base of everything this program raises on purpose; carries findings."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))


class Refused(LedgerError):
    """What was asked is refused, nothing was written; the findings say why. Exit status 1."""


class CannotRun(LedgerError):
    """The program cannot start its work: no such folder, unit, database, key. Exit status 2."""


class NotAllowed(Refused):
    """The acting user has no right to do this."""


class WitnessMismatch(LedgerError):
    """Journal and book differ: the program stops and never guesses. Exit status 1."""


def finding(
    rule: str,
    zh: str,
    en: str,
    todo_zh: str,
    todo_en: str,
    *,
    file: str | None = None,
    line: int | None = None,
    severity: str = "error",
) -> Finding:
    """A :class:`Finding` written in one line at the place that detects it."""
    return Finding(rule, Words(zh, en), Words(todo_zh, todo_en), file, line, severity)


def refuse_if(findings: Iterable[Finding]) -> None:
    """Raise :class:`Refused` with all ``findings`` of severity error, if there are any."""
    errors = [f for f in findings if f.severity == "error"]
    if errors:
        raise Refused(*errors)
