"""The tree with people who record and approve, and heads of both schools."""

from __future__ import annotations

from datetime import datetime

from ledger.clock import CHINA
from ledger.money import Money
from ledger.plans.plan import Plan
from ledger.plans.plan_file import read_plan
from ledger.plans.planning import preview
from ledger.plans.reckoning import Preview
from ledger.registry import Registry, User, users
from tests.consolidation.tree import BANK, DOWN

NOW = datetime(2026, 6, 1, 9, tzinfo=CHINA)
TEXT = f"""\
[plan]
id = "jc-2026"
name = "基层活动补助"
payer = "xian"
pool = "900.00"
due = 2026-06-30
decision = "示工〔2026〕3号"
account = "{DOWN}"
fund = "F01"
money = "{BANK}"

[base]
kind = "heads"
on = 2026-05-31

[units]
below = "xian"

[weights.region]
"革命老区" = "2"
"""


class World:
    """The tree with people who record and approve, and heads of both schools."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        with registry.read() as conn:
            self.maker, self.checker, self.xue = (
                users.of_login(conn, login) for login in ("zhou", "lin", "xueren")
            )

    def preview(self, text: str = TEXT, user: User | None = None) -> Preview:
        return preview(self.registry, plan(text), user or self.maker)

    def amounts(self, text: str = TEXT) -> dict[str, str]:
        return {row.unit: Money(row.fen).text for row in self.preview(text).rows}


def plan(text: str = TEXT) -> Plan:
    return read_plan(text.encode(), "plan.toml")
