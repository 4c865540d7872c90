"""The register of aid: whom it went to, for who records or checks it; the log keeps who read it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from ledger.cli import acting

if TYPE_CHECKING:
    from ledger.errors import Finding
    from ledger.period import Period

NAME: Final = "aid"


def is_register(options: argparse.Namespace) -> bool:
    """Whether the report that is asked for names whom aid went to."""
    return bool(options.name == NAME and options.audience == "register")


def draw(options: argparse.Namespace, period: Period, found: list[Finding]) -> bytes:
    """The register's bytes; Refused where the reader may not see it."""
    from ledger import clock
    from ledger.aid.review import demand_names
    from ledger.registry import oplog
    from reports.aid_source import register_source
    from reports.render import render
    from reports.statements.aid import build_register

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        demand_names(user, unit)
        with registry.write() as conn:
            oplog.record(
                conn, at=now, user=user.id, unit=unit, action="aid.names", object=unit,
                detail=f"register {period}",
            )  # fmt: skip
        statement = build_register(register_source(registry, unit, period), period)
    return render(statement, options.format, findings=found)
