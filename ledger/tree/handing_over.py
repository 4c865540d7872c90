"""A unit that is merged into another hands its book over: one draft in each, by one reference.

The closing draft empties every account of the unit, fund by fund; the opening draft enters the same
in the book that takes it over. Both go the way of all drafts. When both are posted the unit is
closed, and its book stays as it was, to be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.entry import Draft, Posting, build_draft, meta_of, safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.founding import open_accounts
from ledger.journal import open_pen
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import CNY, Money
from ledger.registry import drafts, entries, oplog, units
from ledger.transfers.marks import MERGER
from ledger.tree.moving_members import ask_all

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User


@dataclass(frozen=True, slots=True)
class Merging:
    """``unit`` goes into ``into`` on ``day``; ``funds`` says which fund becomes which.

    ``members``: its members are asked for as well, and go along when it is closed.
    """

    unit: str
    into: str
    day: date
    decision: str
    funds: Mapping[str, str]
    members: bool = False


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The drafts in both books, how many balances they hand over, and how many members go along."""

    closing: str
    opening: str
    balances: int
    members: int = 0


def merge(registry: Registry, one: Merging, user: User, now: datetime) -> HandedOver:
    """Propose both drafts. Who records in both books may.

    Accounts that the other book lacks are opened there. Refused without a decision, while drafts
    wait in the unit, for funds that are not there, for things and foreign money, whose lots go one
    by one, and where the book holds nothing.
    """
    workflow.demand(user, "record", one.unit)
    workflow.demand(user, "record", one.into)
    held = _held(registry, one.unit)
    with registry.read() as conn:
        refuse_if(_faults(conn, one, held))
    _open_there(registry, one, held, now)
    decision = safe_text(one.decision)
    with registry.write() as conn:
        for unit in sorted((one.unit, one.into)):
            registry.lock_unit(conn, unit)
        source = f"merge:{one.unit}:{one.day}"
        closing = _draft(one.unit, one.into, one, _turned(held), source, decision)
        opening = _draft(one.into, one.unit, one, _renamed(held, one.funds), source, decision)
        ids = [
            workflow.propose_in(conn, registry, draft, user.id, now) for draft in (closing, opening)
        ]
        asked = 0
        if one.members:
            asked = ask_all(conn, registry, one.unit, one.into, one.day, decision, user, now)
        units.add_event(
            conn, one.unit, units.MERGING, one.day, user.id, now, other=one.into,
            decision=decision,
        )  # fmt: skip
        oplog.record(
            conn, at=now, user=user.id, unit=one.unit, action="unit.merge", object=one.into,
            detail=" ".join(ids),
        )  # fmt: skip
    return HandedOver(ids[0], ids[1], len(held), asked)


_Held = dict[tuple[str, str], int]


def _held(registry: Registry, unit: str) -> _Held:
    """What the book holds by account and fund, in fen."""
    model = Model.open(unit_folder(registry.folder, unit))
    capital = {name for name, facts in model.accounts().items() if facts.capital}
    held: _Held = {}
    strange = False
    for cell in model.cells():
        strange = strange or (cell.currency != CNY and cell.net != 0)
        key = (cell.account, cell.fund)
        held[key] = held.get(key, 0) + cell.net
    model.close()
    held = {key: fen for key, fen in sorted(held.items()) if fen}
    things = sorted(account for account, _ in held if account in capital and account[0] == "A")
    if strange or things:
        raise Refused(
            finding(
                "things-held", "账上还有实物或外币，须逐项移交",
                "the book holds things or foreign money, which are handed over one by one",
                "先移交资产与外币，再合并", "hand assets and foreign money over first",
            )
        )  # fmt: skip
    return held


def _turned(held: _Held) -> _Held:
    return {key: -fen for key, fen in held.items()}


def _renamed(held: _Held, funds: Mapping[str, str]) -> _Held:
    found: _Held = {}
    for (account, fund), fen in held.items():
        key = (account, funds.get(fund, fund))
        found[key] = found.get(key, 0) + fen
    return {key: fen for key, fen in found.items() if fen}


def _draft(unit: str, other: str, one: Merging, held: _Held, source: str, decision: str) -> Draft:
    said = meta_of({MERGER: other, "decision": decision})
    lines = tuple(Posting(account, Money(fen), fund, said) for (account, fund), fen in held.items())
    words = f"并入 {other}，移交全部余额" if unit == one.unit else f"接收并入单位 {other} 的余额"
    return build_draft(
        unit=unit, day=one.day, kind="转", postings=lines, narration=words, source=source,
        meta=meta_of({"decision": decision}),
    )  # fmt: skip


def _open_there(registry: Registry, one: Merging, held: _Held, now: datetime) -> None:
    """Open the accounts that the other book lacks."""
    with registry.read() as conn:
        mine = entries.accounts(conn, one.unit, [account for account, _ in held])
        there = entries.accounts(conn, one.into, list(mine))
    lacking = [
        entries.AccountRow(row.name, row.name_en, row.currency, row.capital, one.day, None)
        for name, row in mine.items()
        if name not in there
    ]
    if lacking:
        with open_pen(registry, one.into, now) as pen:
            open_accounts(pen, lacking)


def _faults(conn: Connection, one: Merging, held: _Held) -> Iterator[Finding]:
    mine, into = units.find(conn, one.unit), units.find(conn, one.into)
    if one.unit == one.into or mine.closed is not None or into.closed is not None:
        yield finding(
            "bad-merger", "合并须有两个仍在的单位", "two units that are open are merged",
            "核对单位", "check the units",
        )  # fmt: skip
    if not safe_text(one.decision):
        yield finding(
            "no-decision", "合并须写明决议文号", "a merger names its decision",
            "用 --decision 写明", "give --decision",
        )  # fmt: skip
    if not held:
        yield finding(
            "nothing-held", f"{one.unit} 的账上没有余额，无须移交",
            f"the book of {one.unit} holds nothing to hand over",
            "直接用 mingbai unit close", "close it with mingbai unit close",
        )  # fmt: skip
    waiting = drafts.in_states(conn, one.unit, drafts.UNDECIDED)
    if waiting:
        yield finding(
            "drafts-wait", f"{one.unit} 有 {len(waiting)} 张草稿未了",
            f"{len(waiting)} drafts of {one.unit} are not done",
            "审核或撤回后再合并", "approve or withdraw them first",
        )  # fmt: skip
    wanted = {one.funds.get(fund, fund) for _, fund in held}
    there = entries.funds(conn, one.into)
    for fund in sorted(wanted - set(there)):
        yield finding(
            "no-fund", f"{one.into} 没有资金 {fund[:40]}", f"{one.into} has no fund {fund[:40]}",
            "用 --fund 旧=新 写明接收的资金，或先设立",
            "say which takes it with --fund OLD=NEW, or declare it first",
        )  # fmt: skip
    own = entries.funds(conn, one.unit)
    for _, fund in held:
        target = there.get(one.funds.get(fund, fund))
        source = own.get(fund)
        if target and source and target.restriction != source.restriction:
            yield finding(
                "other-restriction",
                f"资金 {fund} 的限定是 {source.restriction}，{target.code} 是 {target.restriction}",
                f"fund {fund} is {source.restriction}, {target.code} is {target.restriction}",
                "移交不得改变限定：选同类限定的资金",
                "handing over changes no restriction: choose a fund of the same kind",
            )
            return
