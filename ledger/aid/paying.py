"""Paying aid: looked at first, then entered as one draft that names a batch and nobody.

The draft has one posting for each kind and account, and one for the money. Who is paid stands
sealed in the registry. Maker, checkers, limits and restricted funds are those of every voucher.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ledger import bound_funds, usecheck, workflow
from ledger.aid.limits import Planned
from ledger.aid.marks import AID, KIND, sealed_under, source_of
from ledger.aid.recipients import Recipient, Wanted, resolve
from ledger.aid.review import judged
from ledger.aid.terms import Terms, terms
from ledger.choosing import resolve_account
from ledger.entry import Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.money import Money
from ledger.reference import make_codes
from ledger.registry import aid, entries, oplog, persons
from ledger.registry.persons import PersonData
from ledger.registry.vault import seal_with

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User

#: A list has so many rows at the most.
MOST = 2_000


@dataclass(frozen=True, slots=True)
class Order:
    """What the payments of a batch share.

    ``accounts`` are what is charged, by kind; under an empty kind for all others. ``purpose`` is a
    use of a bound fund, where neither the account nor the kind says it. ``origin`` names the list
    or form that it comes from: the same one gives one batch.
    """

    unit: str
    day: date
    fund: str
    money: str
    decision: str
    accounts: Mapping[str, str] = field(default_factory=dict)
    purpose: str = ""
    papers: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One payment, looked at: its occasion sorted under its kind, its recipient found."""

    line: int
    kind: str
    reason: str
    amount: Money
    recipient: Recipient
    account: str

    @property
    def known(self) -> str:
        """``member``, ``recipient`` for one whom the unit aided before, or ``new``."""
        if self.recipient.member is not None:
            return "member"
        return "recipient" if self.recipient.person is not None else "new"


@dataclass(frozen=True)
class Preview:
    """What would be entered. ``findings`` are warnings, and errors where it would be refused."""

    order: Order
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    terms: Terms

    @property
    def total(self) -> Money:
        return Money(sum(row.amount.fen for row in self.rows))

    def as_json(self) -> dict[str, Any]:
        limits = self.terms.limits
        return {
            "rows": [
                {"line": row.line, "kind": row.kind, "reason": row.reason,
                 "amount": row.amount.text, "known": row.known}
                for row in self.rows
            ],
            "total": self.total.text,
            "limits": limits.head.key if limits is not None else "no rule loaded",
            "findings": [found.as_json() for found in self.findings],
        }  # fmt: skip


@dataclass(frozen=True)
class Paid:
    """What was entered: a batch of payments and the draft that waits for a checker."""

    preview: Preview
    batch: str
    codes: tuple[str, ...]
    draft: str

    def as_json(self) -> dict[str, Any]:
        told = self.preview.as_json()
        for row, code in zip(told["rows"], self.codes, strict=True):
            row["code"] = code
        return {"batch": self.batch, "draft": self.draft, **told}


def preview(registry: Registry, order: Order, wanted: Sequence[Wanted], user: User) -> Preview:
    """Look at payments without entering any; every row is judged, nothing is refused but rights."""
    workflow.demand(user, "record", order.unit)
    with registry.read() as conn:
        return _plan(conn, registry, order, wanted, user)


def pay(
    registry: Registry, order: Order, wanted: Sequence[Wanted], user: User, now: datetime
) -> Paid:
    """Enter a batch and propose its draft, all of it or nothing.

    Refused with the findings of every row; for a list or form that was entered already.
    """
    workflow.demand(user, "record", order.unit)
    with registry.write() as conn:
        registry.lock_unit(conn, order.unit)
        found = _plan(conn, registry, order, wanted, user)
        refuse_if(found.findings)
        year = order.day.year
        batch = make_codes(
            aid.BATCH, year, aid.last_number(conn, order.unit, aid.BATCH, year) + 1, 1
        )[0]
        first = aid.last_number(conn, order.unit, aid.PAYMENT, year) + 1
        codes = make_codes(aid.PAYMENT, year, first, len(found.rows))
        _keep(conn, registry, found, batch, codes, user, now)
        lines = _lines(conn, found, batch)
        draft = build_draft(
            unit=order.unit, day=order.day, kind=voucher_class(lines),
            narration=f"发放帮扶资金 {batch}", postings=lines,
            source=source_of(batch), papers=order.papers,
        )  # fmt: skip
        draft_id = workflow.propose_in(conn, registry, draft, user.id, now)
        aid.set_draft(conn, order.unit, batch, draft_id)
        _learn(conn, registry, found, draft_id)
        oplog.record(
            conn, at=now, user=user.id, unit=order.unit, action="aid.pay", object=batch,
            detail=f"{len(codes)} payments {found.total.text}",
        )  # fmt: skip
    return Paid(found, batch, tuple(codes), draft_id)


# ---- looking -----------------------------------------------------------------------------------


def _plan(
    conn: Connection, registry: Registry, order: Order, wanted: Sequence[Wanted], user: User
) -> Preview:
    if not wanted or len(wanted) > MOST:
        raise Refused(_bad(f"一批 1 至 {MOST} 笔", f"a batch has 1 to {MOST} payments"))
    known = terms(registry, conn, order.unit, order.day)
    faults = _entered(conn, registry, order)
    if not safe_text(order.decision):
        faults.append(_bad("须写明决定或审批文号", "it names the decision that it rests on"))
    kinds = [_kind(known, one, faults) for one in wanted]
    chosen = _accounts(conn, order, known, {kind for kind, _ in kinds if kind}, faults)
    who, unclear = resolve(conn, registry.vault, order.unit, wanted)
    faults += unclear
    rows = tuple(
        Row(one.line, kind, reason, one.amount, person, chosen.get(kind, ""))
        for one, (kind, reason), person in zip(wanted, kinds, who, strict=True)
    )
    wrong = {fault.line for fault in faults}
    planned = [
        (Planned(row.line, row.recipient.key, row.kind, row.reason, row.amount.fen, order.day),
         row.recipient.alike)
        for row in rows
        if row.kind and row.line not in wrong
    ]  # fmt: skip
    faults += judged(conn, registry.vault, order.unit, known, planned, user)
    if known.missing_told is not None:
        faults.append(known.missing_told)
    return Preview(order, rows, tuple(faults), known)


def _kind(known: Terms, one: Wanted, faults: list[Finding]) -> tuple[str, str]:
    """The kind and the occasion of a payment; an occasion alone says its kind."""
    kind = known.kind_called(one.kind)
    reason = known.kind_called(one.reason) if one.reason else None
    if one.amount.fen <= 0:
        faults.append(_bad("金额须大于零", "an amount is above nothing", one.line))
    if kind is not None and kind.of and reason in (None, kind):
        return kind.of, kind.id
    if kind is None or kind.of or (one.reason and (reason is None or reason.of != kind.id)):
        listed = [
            f"{other.id} {other.name.zh}"
            for other in known.kinds.values()
            if kind is None or other.of == kind.id
        ]  # fmt: skip
        faults.append(
            finding(
                "aid-kind", "没有这一类别或事由", "there is no such kind or occasion",
                f"可用的：{'；'.join(listed) or '不写事由'}",
                f"there are: {', '.join(part.split()[0] for part in listed) or 'no occasions'}",
                line=one.line,
            )
        )  # fmt: skip
        return "", ""
    return kind.id, reason.id if reason is not None else ""


def _accounts(
    conn: Connection, order: Order, known: Terms, kinds: set[str], faults: list[Finding]
) -> dict[str, str]:
    """The account that each kind is charged to: as the maker says, else as the chart does."""
    opened = entries.accounts(conn, order.unit)
    found: dict[str, str] = {}
    for kind in sorted(kinds):
        word = order.accounts.get(kind) or order.accounts.get("") or known.accounts.get(kind, "")
        try:
            found[kind] = resolve_account(word, opened)
        except ValueError:
            name = known.name(kind)
            faults.append(
                finding(
                    "aid-account",
                    f"{name.zh}记入何科目：{f'没有科目 {word[:40]}' if word else '没有指明'}",
                    f"{name.en}: {f'no account {word[:40]}' if word else 'no account is named'}",
                    f"指明科目：--account {kind}=科目", f"name it: --account {kind}=ACCOUNT",
                )
            )  # fmt: skip
            continue
        if not found[kind].startswith(("Expenses:", "Liabilities:")):
            faults.append(
                _bad("帮扶记入支出或代管款项", "aid is charged to expenses or money held")
            )
    try:
        found[""] = resolve_account(order.money, opened)
        if not found[""].startswith("Assets:"):
            raise ValueError(order.money)
    except ValueError:
        faults.append(_bad("付款科目须为现金或银行存款", "it is paid from cash or a bank account"))
    return found


def _lines(conn: Connection, found: Preview, batch: str) -> tuple[Posting, ...]:
    """A posting for each kind and account, and the money against them."""
    order = found.order
    sums: dict[tuple[str, str], int] = {}
    for row in found.rows:
        sums[row.kind, row.account] = sums.get((row.kind, row.account), 0) + row.amount.fen
    decision = safe_text(order.decision)
    lines = [
        Posting(
            account, Money(fen), order.fund,
            meta_of({AID: batch, KIND: kind, "decision": decision,
                     usecheck.PURPOSE: _purpose(conn, found, kind, account)}),
        )
        for (kind, account), fen in sorted(sums.items())
    ]  # fmt: skip
    money = resolve_account(order.money, entries.accounts(conn, order.unit))
    return (*lines, Posting(money, -found.total, order.fund))


def _purpose(conn: Connection, found: Preview, kind: str, account: str) -> str:
    """The use of a bound fund that the payment is, where its account does not say it."""
    order = found.order
    bound = usecheck.in_force(bound_funds.bindings(conn, order.unit), order.day).get(order.fund)
    if order.purpose or bound is None or bound.by_account(account):
        return order.purpose
    return next((use for use in found.terms.kinds[kind].uses if use in bound.uses), "")


# ---- keeping -----------------------------------------------------------------------------------


def _entered(conn: Connection, registry: Registry, order: Order) -> list[Finding]:
    if not order.origin:
        return []
    before = aid.from_origin(conn, order.unit, _origin(registry, order))
    return [
        finding(
            "aid-entered", f"这份清单或表单已登记为 {batch}",
            f"this list or form was entered already, as {batch}",
            "不要重复登记；要重做，先撤回或冲销", "to do it anew, withdraw or reverse it first",
        )
        for batch in sorted({one.row.batch for one in before})
    ]  # fmt: skip


def _origin(registry: Registry, order: Order) -> str:
    # Keyed: a digest of a short list could be guessed from the names on it.
    return registry.vault.digest("aid-origin", order.origin) if order.origin else ""


def _keep(
    conn: Connection, registry: Registry, found: Preview, batch: str, codes: Sequence[str],
    user: User, now: datetime,
) -> None:  # fmt: skip
    order, vault = found.order, registry.vault
    ids = _registered(conn, registry, found, now)
    keys = persons.keys_of(conn, vault, set(ids))
    at, origin = now.isoformat(timespec="seconds"), _origin(registry, order)
    rows = []
    for row, code, person in zip(found.rows, codes, ids, strict=True):
        who = json.dumps([person, row.recipient.member or ""]).encode()
        said = json.dumps(row.recipient.account, ensure_ascii=False).encode()
        context = sealed_under(order.unit, code)
        rows.append(
            aid.AidRow(
                order.unit, code, batch, None, row.kind, row.reason,
                aid.recipient_digest(vault, person), vault.seal(who, context=context),
                seal_with(keys[person], said, context=context), row.amount.fen,
                order.day, row.account, order.fund, safe_text(order.decision), origin, user.id, at,
            )
        )  # fmt: skip
    aid.add_many(conn, rows)


def _registered(conn: Connection, registry: Registry, found: Preview, now: datetime) -> list[str]:
    """The person of each row; who is new is registered once, with all that the rows say."""
    fresh: dict[str, PersonData] = {}
    for row in found.rows:
        one = row.recipient
        if one.person is None:
            before = fresh.get(one.key)
            fresh[one.key] = one.data if before is None else replace(
                before, identity=before.identity or one.data.identity,
                phone=before.phone or one.data.phone,
                accounts=tuple(dict.fromkeys((*before.accounts, *one.data.accounts))),
            )  # fmt: skip
    new = persons.add_many(conn, registry.vault, list(fresh.values()), now)
    ids = dict(zip(fresh, new, strict=True))
    return [row.recipient.person or ids[row.recipient.key] for row in found.rows]


def _learn(conn: Connection, registry: Registry, found: Preview, draft_id: str) -> None:
    """Whom the unit knew is found by what was typed of them too, while the draft stands."""
    told = {
        (row.recipient.person, kind, text)
        for row in found.rows
        if row.recipient.person is not None
        for kind, text in row.recipient.fresh
    }
    for person, kind, text in sorted(told):
        persons.learn(conn, registry.vault, person, kind, text, draft_id)


def _bad(zh: str, en: str, line: int | None = None) -> Finding:
    return finding("bad-aid", zh, en, "改正后重试", "correct it and try again", line=line)
