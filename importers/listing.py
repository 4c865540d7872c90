"""What all lists share that one deposit pays: their codes, their papers, their corrections.

A list may be entered again under its code until its payment comes: the new one takes its place.
The same bytes twice change nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ledger.entry import safe_text
from ledger.errors import Finding, finding
from ledger.money import Money, total
from ledger.reference import make_code
from ledger.registry import claim_lists, claims, entries, papers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Connection

    from ledger.registry import Registry, User

#: A voucher holds 5,000 entries at the most, and a list is paid by one voucher.
MOST: Final = 4_900


@dataclass(frozen=True)
class ListEntered:
    """An entered list: its code, month, how many it is of, and what its payment has to be."""

    code: str
    month: str
    members: int
    amount: Money
    template: str = "dues-list"

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "list": self.template,
            "month": self.month,
            "members" if self.template == "dues-list" else "claims": self.members,
            "total": self.amount.text,
        }


@dataclass(frozen=True)
class Target:
    """Where the money of a list goes when it comes."""

    account: str
    fund: str


def entered_before(
    conn: Connection, registry: Registry, unit: str, data: bytes, template: str
) -> ListEntered | None:
    """What these bytes were entered as, if they were."""
    digest = hashlib.sha256(data).hexdigest()
    for row in claim_lists.all_lists(conn, registry.vault, unit).values():
        if row.digest == digest and row.template == template:
            rows = claims.of_list(conn, unit, row.code)
            amount = total(Money(one.fen, one.currency) for one in rows)
            month = max((one.month for one in rows), default="")
            return ListEntered(row.code, month, len(rows), amount, template)
    return None


def keep(
    conn: Connection,
    registry: Registry,
    unit: str,
    code: str,
    template: str,
    data: bytes,
    name: str,
    payer: str,
    user: User,
    now: datetime,
    keys: Iterable[str] = (),
) -> None:
    """Keep where a list came from, and its paper."""
    digest = papers.store_in(conn, registry, unit, data, name, user=user.id, now=now)
    row = claim_lists.ClaimList(
        unit, code, template, digest, safe_text(payer, 120), tuple(keys), user.id,
        now.isoformat(timespec="seconds"),
    )  # fmt: skip
    claim_lists.put(conn, registry.vault, row)


def next_code(conn: Connection, registry: Registry, unit: str, prefix: str, year: int) -> str:
    """A list code that nobody has yet."""
    head = f"{prefix}{year}-"
    known = set(claim_lists.all_lists(conn, registry.vault, unit)) | claims.list_codes(conn, unit)
    last = max((int(code.split("-")[1]) for code in known if code.startswith(head)), default=0)
    return make_code(prefix, year, last + 1)


def being_paid(rows: Collection[claims.ClaimRow], code: str, name: str) -> list[Finding]:
    """A finding if a list cannot be entered again, because its payment came."""
    if all(row.state == claims.OPEN for row in rows):
        return []
    return [
        finding(
            "payroll-paid",
            f"清单 {code} 的款项已到账或正在入账，不能更改",
            f"the payment of list {code} has come or is being entered: it cannot be changed",
            "新的清单用新的编号；要更正请先冲销或撤回",
            "give a new list a new code; to correct this one, reverse or withdraw first",
            file=name,
        )
    ]


def too_long(count: int, name: str) -> list[Finding]:
    if count <= MOST:
        return []
    return [
        finding(
            "payroll-long",
            f"清单超过 {MOST} 行",
            f"the list has more than {MOST} rows",
            "分成几份清单，各用自己的编号",
            "split it into lists with codes of their own",
            file=name,
        )
    ]


def unknown(conn: Connection, unit: str, targets: Iterable[Target]) -> list[Finding]:
    """Findings for accounts that are not open and funds that were not declared."""
    wanted = list(targets)
    accounts = entries.accounts(conn, unit, {one.account for one in wanted})
    funds = entries.funds(conn, unit, {one.fund for one in wanted})
    found = [
        finding(
            "account-not-open",
            f"{account}：科目未开立",
            f"{account}: the account was never opened",
            "改用已开立的科目，或请会计开立该科目",
            "use an account that is open, or have this one opened",
        )
        for account in sorted({one.account for one in wanted} - accounts.keys())
    ]
    return found + [
        finding(
            "no-fund",
            f"没有资金 {fund[:40]}",
            f"there is no fund {fund[:40]}",
            "先用 mingbai fund 设立",
            "declare it first with mingbai fund",
        )
        for fund in sorted({one.fund for one in wanted} - funds.keys())
    ]
