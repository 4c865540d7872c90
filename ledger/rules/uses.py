"""Whether money of a rule may be spent on a purpose, and by which article."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.errors import Finding, finding
from ledger.rules.spending_tables import Use, UseTable


@dataclass(frozen=True, slots=True)
class Permitted:
    """A purpose that the rule permits."""

    table: UseTable
    use: Use

    @property
    def source(self) -> str:
        """Document and article, for the voucher's narration and the report."""
        return self.table.head.cite(self.use.article)


def check_use(table: UseTable, purpose: str) -> Permitted | Finding:
    """The permitted use with its article, by id or Chinese name; else a finding with all of them.

    Whoever spends says the purpose; nothing is inferred from an account or a narration.
    """
    for use in table.uses:
        if purpose in (use.id, use.name.zh):
            return Permitted(table, use)
    shown = purpose[:40] if purpose.isprintable() else "?"
    zh = "；".join(f"{use.id} {use.name.zh}{_at(use)}" for use in table.uses)
    en = "; ".join(f"{use.id}: {use.name.en}" for use in table.uses)
    return finding(
        "use-not-permitted",
        f"「{shown}」不在 {table.head.source} 准许的用途之内",
        f"“{shown}” is no purpose that {table.head.source} permits",
        f"准许的用途：{zh}",
        f"permitted: {en}",
        file=table.head.file,
    )


def _at(use: Use) -> str:
    return f"（{use.article}）" if use.article else ""
