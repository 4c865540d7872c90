"""What a table of rates must be, beyond its fields: every payer and every base has one row."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from ledger.errors import Finding
from ledger.money import fen_text
from ledger.rules.fields import bad_rule
from ledger.rules.rate_tables import RateRow, RateTable
from ledger.rules.terms import TERMS


def check_rates(table: RateTable) -> list[Finding]:
    """Findings; an amount that falls as the base grows is a warning, for a rule may say so."""
    proof = _Proof(table)
    proof.names()
    proof.terms()
    for status in table.statuses:
        proof.status(status.id)
    return proof.faults


class _Proof:
    def __init__(self, table: RateTable) -> None:
        self.table = table
        self.faults: list[Finding] = []

    def say(self, zh: str, en: str) -> None:
        id = self.table.head.id
        self.faults.append(
            bad_rule(self.table.head.file, f"规则表 {id}：{zh}", f"table {id}: {en}")
        )

    def names(self) -> None:
        table = self.table
        for what, ids in (
            ("statuses", [status.id for status in table.statuses]),
            ("rows", [row.id for row in table.rows]),
            ("terms", [term.name for term in table.terms]),
        ):
            for id in sorted({id for id in ids if ids.count(id) > 1}):
                self.say(f"{what} 中 {id} 重复", f"{id} is there twice in {what}")
        if table.default_status and table.default_status not in table.named:
            self.say("default_status 不在 statuses 中", "default_status is none of the statuses")
        for row in table.rows:
            for status in row.statuses:
                if status not in table.named:
                    self.say(
                        f"行 {row.id} 的身份 {status[:40]} 不在 statuses 中",
                        f"row {row.id} names a status {status[:40]} that there is none of",
                    )

    def terms(self) -> None:
        table = self.table
        if table.payer == "employer":
            return
        for name, kind in TERMS.items():
            if kind.needed and name not in table.values:
                self.say(f"缺条款 {name}", f"term {name} is missing")
        if table.period == "year" and "due_month" not in table.values:
            self.say("按年交纳的要有 due_month", "yearly dues need due_month")
        if table.period == "month" and table.values.get("proration") == "months":
            self.say("按月交纳的不折算", "monthly dues are not prorated by months")

    def status(self, id: str) -> None:
        """The rows of one status cover every base once, or are one row that asks for none."""
        rows = self.table.by_status[id]
        if not rows:
            self.say(f"身份 {id} 没有行", f"status {id} has no row")
            return
        if not any(row.needs_base for row in rows):
            if len(rows) > 1:
                self.say(
                    f"身份 {id} 有几行而无从选择", f"status {id} has several rows to choose from"
                )
            return
        if not self.table.named[id].base:
            self.say(f"身份 {id} 的行按基数计，却没有写 base", f"status {id} needs a base")
        self.covered(id, rows)
        self.steps(id, rows)

    def covered(self, id: str, rows: tuple[RateRow, ...]) -> None:
        expected: int | None = 0
        for row in rows:
            if not row.needs_base or expected is None or row.first < expected:
                self.say(
                    f"身份 {id} 的行 {row.id} 与前一行重叠",
                    f"row {row.id} of {id} overlaps another",
                )
            elif row.first > expected:
                gap = f"{fen_text(expected)}–{fen_text(row.first - 1)}"
                self.say(f"身份 {id} 的基数 {gap} 没有行", f"no row of {id} holds bases {gap}")
            expected = None if row.last is None else row.last + 1
        if expected is not None:
            self.say(
                f"身份 {id} 的基数 {fen_text(expected)} 以上没有行",
                f"no row of {id} holds bases from {fen_text(expected)}",
            )

    def steps(self, id: str, rows: tuple[RateRow, ...]) -> None:
        for below, above in pairwise(rows):
            if below.last is None or below.least is not None or above.least is not None:
                continue
            if above.amount(above.first) < below.amount(below.last):
                self.say(
                    f"身份 {id} 的应缴额在基数 {fen_text(above.first)} 处下降",
                    f"what {id} owe falls at a base of {fen_text(above.first)}",
                )
                self.faults[-1] = replace(self.faults[-1], severity="warning")
