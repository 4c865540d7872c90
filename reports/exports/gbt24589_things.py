"""GB/T 24589.1-2010: tables of fixed assets, as far as the register and the book know them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.assets.called import KINDS, SOURCES
from ledger.assets.standing import STATES
from ledger.money import CNY
from reports.exports.csvs import amount
from reports.exports.iso21378_ppe import called

if TYPE_CHECKING:
    from reports.exports.source import ExportSource
    from reports.exports.things import Thing

_Rows = Iterator[Sequence[str]]


def write_things(source: ExportSource, things: Sequence[Thing]) -> Iterator[tuple[str, _Rows]]:
    """The numbers of tables with their rows; a table without rows has no file."""
    if not things:
        return
    period = str(source.months[-1].month)
    ways = {one.why_came: SOURCES[one.why_came].zh for one in things if one.why_came in SOURCES}
    ways |= {one.why_gone: KINDS[one.why_gone].zh for one in things if one.why_gone in KINDS}
    yield "4-01", iter(sorted({_accounts(source, one) for one in things}))
    classes = sorted({(one.class_id, one.class_name or one.class_id) for one in things})
    yield "4-02", (("", id, name) for id, name in classes)
    yield "4-03", iter([(code, name) for code, name in sorted(ways.items())])
    yield (
        "4-04",
        ((method, called(method).zh, "") for method in sorted({one.method for one in things})),
    )
    states = sorted({one.state for one in things if one.state in STATES})
    yield "4-05", ((state, STATES[state].zh) for state in states)
    yield "4-06", (_card(source, one, period) for one in things)
    yield "4-07", ((one.code, period, one.code, one.place, one.spec) for one in things)
    yield "4-09", (
        (f"{one.code}-R", f"{one.gone_on:%Y%m%d}", str(one.gone_on.month), one.why_gone, one.code,
         one.name, one.code, "", amount(one.gone), amount(one.worn_gone), amount(0),
         amount(one.residual), "", "", one.gone_voucher)
        for one in things if one.gone_on is not None
    )  # fmt: skip


def _accounts(source: ExportSource, one: Thing) -> tuple[str, str, str]:
    return source.ids[one.account], "", source.ids.get(one.worn_account, "")


def _card(source: ExportSource, one: Thing, period: str) -> Sequence[str]:
    whole = one.cost_end - one.residual
    monthly = whole // one.life_months if one.life_months and whole > 0 else 0
    return (
        one.code, one.class_id, one.code, one.name, f"{one.acquired:%Y%m%d}", period, "件",
        str(one.pieces), one.why_came, one.method, one.state, str(one.life_months),
        str(one.months_charged), CNY, amount(one.cost_end), amount(one.worn_end),
        amount(one.cost_end - one.worn_end), amount(0), "", amount(one.residual), "",
        amount(monthly), "", "", "", *_accounts(source, one),
    )  # fmt: skip
