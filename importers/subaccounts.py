"""Sub-accounts (虚拟子账户): registering whose they are, and telling which one a line is on.

A bank prints a part of an account as its own number, as the account's number with a suffix, or as
the suffix alone; all three are the same part. A number that is masked tells nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from importers.tables import rows_below
from ledger import workflow
from ledger.account import account_code, account_label
from ledger.errors import Finding, Refused, Words, finding, refuse_if
from ledger.registry import claims, entries, imports, members, oplog, subaccounts
from ledger.registry.subaccounts import SubAccount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry, User, Vault
    from ledger.registry.staging import LineRow

_NUMBER: Final = ("子账号", "子账户", "虚拟账号", "分账户", "记账子单元", "sub-account", "number")
_MEMBER: Final = ("会员编号", "编号", "会员号", "member")
_CODE: Final = ("参考号", "应收编号", "清单编号", "code")
_FUND: Final = ("资金", "资金代码", "fund")
_MASKED: Final = re.compile(r"\*|X{2,}|…|\.{2,}")
_SHORTEST: Final = 3
_LONGEST: Final = 40
_MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Part:
    """A number to register: exactly one of ``member`` (a number), ``code`` and ``fund`` is said.

    ``row`` is its row in a list, for findings.
    """

    number: str
    member: str = ""
    code: str = ""
    fund: str = ""
    row: int = 0


def part_of(number: str, main: str) -> str:
    """How a part of the account ``main`` is known: its suffix, or its number if it is another's.

    >>> part_of("6200 0000 0018-0371", "620000000018"), part_of("0371", "620000000018")
    ('0371', '0371')
    """
    folded = unicodedata.normalize("NFKC", number).upper()
    if _MASKED.search(folded):
        return ""
    text = "".join(char for char in folded if char.isascii() and char.isalnum())
    account = "".join(char for char in main if char.isdigit())
    if account and text.startswith(account):
        return text[len(account) :]
    return text


def parts_of(
    conn: Connection, vault: Vault, unit: str, lines: Sequence[LineRow]
) -> dict[int, SubAccount]:
    """The registered sub-accounts that money came in on, by line."""
    asked = [line for line in lines if line.text.sub_account and line.fen > 0]
    if not asked:
        return {}
    mains = {row.account: row.number for row in imports.accounts(conn, vault, unit)}
    found: dict[int, SubAccount] = {}
    for account in sorted({line.account for line in asked}):
        numbers = {
            line.id: part_of(line.text.sub_account, mains.get(account, ""))
            for line in asked
            if line.account == account
        }
        known = subaccounts.find_many(conn, vault, unit, account, set(numbers.values()) - {""})
        found |= {line: known[number] for line, number in numbers.items() if number in known}
    return found


# ---- registering -------------------------------------------------------------------------------


def enter(
    registry: Registry,
    unit: str,
    account: str,
    parts: Sequence[Part],
    user: User,
    now: datetime,
    file: str = "",
) -> int:
    """Register numbers of a money account: all of them, or none and what is wrong with each.

    ``account`` is a ledger account, its code or its label. Returns how many are new; a number that
    has its owner already changes nothing, and another owner's is refused.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        money = _money(conn, registry, unit, account)
        owners = _Owners.of(conn, unit, parts)
        faults: list[Finding] = []
        rows: dict[str, SubAccount] = {}
        for part in parts:
            row = SubAccount(unit, money.account, part_of(part.number, money.number))
            try:
                if not _SHORTEST <= len(row.number) <= _LONGEST:
                    raise _Fault(*_NO_NUMBER)
                owned = owners.give(row, part)
                if rows.setdefault(row.number, owned) != owned:
                    raise _Fault("同一子账号写了两个归属", "one number is given to two")
            except _Fault as fault:
                faults.append(_bad(part, *fault.words, file))
        known = subaccounts.find_many(conn, registry.vault, unit, money.account, rows)
        of_number = {part_of(part.number, money.number): part for part in parts}
        faults += [
            _bad(
                of_number[number], "此子账号已属他人，先移除再登记",
                "the number is somebody else's: remove it first", file,
            )
            for number, row in rows.items()
            if known.get(number, row) != row
        ]  # fmt: skip
        refuse_if(faults)
        fresh = [row for number, row in rows.items() if number not in known]
        subaccounts.add_many(conn, registry.vault, fresh, user.id, now)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="subaccounts.add",
            object=account_code(money.account), detail=f"{len(fresh)} numbers",
        )  # fmt: skip
    return len(fresh)


def remove(
    registry: Registry, unit: str, account: str, number: str, user: User, now: datetime
) -> None:
    """Take a number out: what comes in on it is asked from now on."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        money = _money(conn, registry, unit, account)
        text = part_of(number, money.number)
        if not subaccounts.remove(conn, registry.vault, unit, money.account, text):
            raise Refused(
                finding(
                    "no-sub-account",
                    f"没有登记子账号 {number[:40]}",
                    f"the sub-account {number[:40]} is not registered",
                    "用 mingbai subaccounts 列出",
                    "list them with mingbai subaccounts",
                )
            )
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="subaccounts.remove",
            object=account_code(money.account), detail="1 number",
        )  # fmt: skip


def listed(registry: Registry, unit: str) -> list[tuple[str, Part]]:
    """Every registered number with its ledger account and its owner as people call it."""
    with registry.read() as conn:
        rows = subaccounts.of_unit(conn, registry.vault, unit)
        who = members.with_ids(conn, {row.member for row in rows if row.member is not None})
    return [
        (
            row.account,
            Part(
                row.number,
                who[row.member].number if row.member in who else "",
                row.code or "",
                row.fund or "",
            ),
        )
        for row in rows
    ]


def read_parts(cells: list[list[str]], file: str) -> list[Part]:
    """The numbers of a list: a column of them, and beside it members' numbers, codes or funds."""
    columns = {"number": _NUMBER, "member": _MEMBER, "code": _CODE, "fund": _FUND}
    rows = rows_below(cells, columns, lambda known: "number" in known and len(known) > 1, _MOST)
    if rows is not None:
        return [Part(**said, row=number) for number, said in rows]
    raise Refused(
        finding(
            "sub-account-list",
            "名单中没有「子账号」与「会员编号」「参考号」或「资金」列",
            "the list has no column of sub-accounts with one of members, codes or funds",
            "首行写列名：子账号、会员编号（或参考号、资金）",
            "name the columns in the first row: sub-account and member, code or fund",
            file=file,
        )
    )


_NO_NUMBER: Final = (
    "子账号缺失、被遮盖，或就是账户本身的号码",
    "the number is missing, masked, or the account's own",
)


class _Fault(Exception):
    """What is wrong with one number, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


@dataclass(frozen=True, slots=True)
class _Owners:
    """The members, codes and funds that numbers may be given to."""

    members: Mapping[str, str]
    codes: frozenset[str]
    funds: frozenset[str]

    @classmethod
    def of(cls, conn: Connection, unit: str, parts: Sequence[Part]) -> _Owners:
        numbers = {part.member for part in parts} - {""}
        codes = {part.code for part in parts} - {""}
        who = members.by_numbers(conn, unit, numbers)
        owed = claims.with_codes(conn, unit, codes) if codes else []
        return cls(
            {number: row.id for number, row in who.items()},
            frozenset({row.code for row in owed} | {row.list_code or "" for row in owed} - {""}),
            frozenset(entries.funds(conn, unit)),
        )

    def give(self, row: SubAccount, part: Part) -> SubAccount:
        if [bool(part.member), bool(part.code), bool(part.fund)].count(True) != 1:
            raise _Fault(
                "须写明会员编号、参考号或资金之一", "say one of member's number, code and fund"
            )
        if part.member and part.member not in self.members:
            raise _Fault("没有这名会员", "there is no such member")
        if part.code and part.code not in self.codes:
            raise _Fault("没有这个参考号的应收或清单", "no claim or list has this code")
        if part.fund and part.fund not in self.funds:
            raise _Fault("没有这项资金", "there is no such fund")
        return SubAccount(
            row.unit,
            row.account,
            row.number,
            self.members.get(part.member),
            part.code or None,
            part.fund or None,
        )


def _money(conn: Connection, registry: Registry, unit: str, account: str) -> imports.MoneyAccount:
    known = imports.accounts(conn, registry.vault, unit)
    fitting = [
        row
        for row in known
        if account
        in (row.account, account_code(row.account), account_label(row.account), row.label)
    ]
    if len(fitting) == 1:
        return fitting[0]
    choices = "、".join(row.account for row in known) or "-"
    raise Refused(
        finding(
            "which-account",
            f"「{account[:60]}」不是本单位有对账单的科目：{choices}",
            f"“{account[:60]}” is no account of this unit that statements come for: {choices}",
            "用 --account 写明其中一个科目或代码",
            "name one of these accounts, or its code, with --account",
        )
    )


def _bad(part: Part, zh: str, en: str, file: str) -> Finding:
    number = part.number[:40]
    return finding(
        "sub-account",
        f"子账号 {number}：{zh}",
        f"sub-account {number}: {en}",
        "改正后重试；名单要么全收，要么不收",
        "correct it and try again; a list is taken whole or not at all",
        file=file or None,
        line=part.row or None,
    )
