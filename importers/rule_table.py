"""Reading a unit's rule table: what each rule says, or a finding for everything wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from importers.rules import Rule, Share, fold
from ledger.account import is_valid_account
from ledger.entry import FUND_CODE, KEY, Meta, check_text
from ledger.errors import Finding, Refused, Words, finding
from ledger.money import Money, yuan
from ledger.registry import entries, imports, persons

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Vault

_TEXTS: Final = ("counterparty", "counterparty_account", "memo", "status", "sub_account")
_AMOUNTS: Final = ("amount", "smallest", "largest")
_OTHERS: Final = (
    "title", "priority", "since", "until", "account", "direction", "to", "narration", "payee",
    "meta", "for",
)  # fmt: skip
_PURPOSES: Final = ("", "fee", "transfer")
_WORDS: Final = frozenset((*_OTHERS, *_TEXTS, *_AMOUNTS))
_SHARE: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?(?:/[0-9]{1,6})?")
LARGEST: Final = 1_000_000  # bytes; a table of thousands of rules is far smaller
_MOST: Final = 5_000


class _Fault(Exception):
    """What is wrong with one rule, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


# ---- a table from its text ---------------------------------------------------------------------


def read_rules(data: bytes | str, file: str = "rules.toml") -> list[dict[str, Any]]:
    """The tables of a rule file in the order in which they are tried; Refused with every finding.

    Greater ``priority`` goes first (0 where a rule says none), then the order of the file.
    """
    tables = _tables_of(data, file)
    faults: list[Finding] = []
    for place, terms in enumerate(tables, start=1):
        try:
            rule_of(terms, f"{file} [[rule]] {place}")
        except Refused as fault:
            faults += fault.findings
    if faults:
        raise Refused(*faults)
    ordered = sorted(tables, key=lambda terms: -int(terms.get("priority", 0)))
    return [_plain(terms) for terms in ordered]


def _tables_of(data: bytes | str, file: str) -> list[Mapping[str, Any]]:
    try:
        if len(data) > LARGEST:
            raise _Fault("规则表过大", "the rule table is too large")
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        read = tomllib.loads(text)
    except _Fault as fault:
        raise Refused(_bad(file, fault.words)) from fault
    except UnicodeDecodeError as fault:
        words = Words("不是 UTF-8 文字", "it is not text in UTF-8")
        raise Refused(_bad(file, words)) from fault
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as fault:
        words = Words(f"不合 TOML 写法：{fault}"[:160], f"it is not TOML: {fault}"[:160])
        raise Refused(_bad(file, words)) from fault
    tables = read.get("rule", [])
    others = sorted(set(read) - {"rule"})
    if others or not isinstance(tables, list) or not all(isinstance(t, Mapping) for t in tables):
        words = Words("只能由 [[rule]] 各段组成", "it consists of [[rule]] tables only")
        raise Refused(_bad(file, words))
    if len(tables) > _MOST:
        raise Refused(_bad(file, Words(f"超过 {_MOST} 条", f"it has more than {_MOST} rules")))
    return tables


def _plain(terms: Mapping[str, Any]) -> dict[str, Any]:
    """The table with its dates as text, so that it can be kept as JSON."""
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in terms.items()
    }


def unit_rules(conn: Connection, vault: Vault, unit: str) -> list[Rule]:
    """The unit's rules in the order in which they are tried."""
    return [
        rule_of(row.terms, f"rule {row.position}", row.position)
        for row in imports.rules(conn, vault, unit)
    ]


# ---- one rule ----------------------------------------------------------------------------------


def rule_of(terms: Mapping[str, Any], where: str, number: int = 0) -> Rule:
    """A rule from its table; Refused with a finding that says what is wrong with it.

    ``number`` is its place in the unit's table, by which it is explained.
    """
    try:
        return replace(_rule(terms), number=number)
    except _Fault as fault:
        raise Refused(_bad(where, fault.words)) from fault


def _rule(terms: Mapping[str, Any]) -> Rule:
    unknown = sorted(set(terms) - _WORDS)
    if unknown:
        names = ", ".join(unknown)[:80]
        raise _Fault(f"不认识的字段：{names}", f"unknown words: {names}")
    title = _text(terms, "title")
    if not title or len(title) > 100:
        raise _Fault("缺标题 title（不超过 100 字）", "it has no title of at most 100 characters")
    purpose = _text(terms, "for")
    if purpose not in _PURPOSES:
        raise _Fault('for 写 "fee" 或 "transfer"', 'for is "fee" or "transfer"')
    looks_at = set(terms) & {*_TEXTS, *_AMOUNTS, "account", "direction"}
    if purpose == "transfer" and (looks_at or isinstance(terms.get("to"), list)):
        raise _Fault(
            'for = "transfer" 的规则只写 to：两边须用同一科目',
            "a rule for transfers says nothing but to: both sides pass through one account",
        )
    if not purpose and not set(terms) & {*_TEXTS, *_AMOUNTS}:
        raise _Fault(
            "除科目与方向外，还须说明对方、摘要、状态或金额之一",
            "a rule says more of a line than its account and direction",
        )
    priority = terms.get("priority", 0)
    if type(priority) is not int or not -1000 <= priority <= 1000:
        raise _Fault(
            "priority 是 -1000 到 1000 的整数", "priority is a whole number from -1000 to 1000"
        )
    direction = _text(terms, "direction")
    if direction not in ("", "in", "out"):
        raise _Fault("direction 写 in 或 out", "direction is in or out")
    smallest, largest = _money(terms, "smallest"), _money(terms, "largest")
    since, until = _day(terms, "since"), _day(terms, "until")
    if (smallest is not None and largest is not None and largest < smallest) or (
        since is not None and until is not None and until <= since
    ):
        raise _Fault("上限低于下限，永远不适用", "its end lies before its beginning: it never fits")
    return Rule(
        title=title,
        to=_shares(terms),
        narration=_text(terms, "narration") or title,
        account=_text(terms, "account"),
        direction=direction,
        counterparty=_parts(terms, "counterparty"),
        counterparty_account=_parts(terms, "counterparty_account"),
        memo=_parts(terms, "memo"),
        status=_parts(terms, "status"),
        sub_account=_parts(terms, "sub_account"),
        purpose=purpose,
        amount=_money(terms, "amount"),
        smallest=smallest,
        largest=largest,
        payee=_text(terms, "payee"),
        meta=_meta(terms.get("meta", {})),
        since=since or date.min,
        until=until,
    )


def _shares(terms: Mapping[str, Any]) -> tuple[Share, ...]:
    value = terms.get("to")
    items = [
        item for item in (value if isinstance(value, list) else [value])
        if isinstance(item, Mapping)
    ]  # fmt: skip
    if not items or (isinstance(value, list) and len(items) != len(value)):
        raise _Fault(
            "to 写作 { account = …, fund = … }，或其列表",
            "to is a table, or a list of tables, of account and fund",
        )
    shares = tuple(_share(item) for item in items)
    if sum(share.share for share in shares) != 1:
        raise _Fault("各份 share 之和须为一", "the shares of a rule add up to one")
    return shares


def _share(part: Mapping[str, Any]) -> Share:
    unknown = sorted(set(part) - {"account", "fund", "share", "meta"})
    if unknown:
        names = ", ".join(unknown)[:80]
        raise _Fault(f"to 中不认识的字段：{names}", f"unknown words in to: {names}")
    account, fund = part.get("account"), part.get("fund")
    if not isinstance(account, str) or not is_valid_account(account):
        raise _Fault("to 缺科目全名 account", "to has no account, written in full")
    if not isinstance(fund, str) or not FUND_CODE.fullmatch(fund):
        raise _Fault("to 缺资金代码 fund", "to has no fund code")
    text = str(part.get("share", "1"))
    if not _SHARE.fullmatch(text) or text.endswith("/0"):
        raise _Fault('share 写作 "0.6" 或 "3/5"', 'a share is written "0.6" or "3/5"')
    whole, _, parts = text.partition("/")
    if parts and not int(parts):
        raise _Fault("share 的分母为零", "a share divides by zero")
    share = Fraction(whole) / (int(parts) if parts else 1)
    if not 0 < share <= 1:
        raise _Fault("share 大于 0，至多为 1", "a share is more than 0 and at most 1")
    return Share(account, fund, share, _meta(part.get("meta", {})))


def _text(terms: Mapping[str, Any], key: str) -> str:
    value = terms.get(key, "")
    if not isinstance(value, str):
        raise _Fault(f"{key} 须为文字", f"{key} is text")
    try:
        check_text(key, value)
    except ValueError as fault:
        raise _Fault(f"{key} 不合规：{fault}"[:160], str(fault)[:160]) from fault
    return value


def _parts(terms: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = terms.get(key, [])
    parts = [value] if isinstance(value, str) else value
    if (
        not isinstance(parts, list)
        or not all(isinstance(part, str) and fold(part) for part in parts)
        or (key in terms and not parts)
    ):
        raise _Fault(f"{key} 是文字，或文字的列表", f"{key} is a text or a list of texts")
    return tuple(fold(part) for part in parts)


def _money(terms: Mapping[str, Any], key: str) -> Money | None:
    if key not in terms:
        return None
    try:
        amount = yuan(terms[key])
    except (ValueError, TypeError) as fault:
        raise _Fault(
            f'{key} 是金额，加引号写作 "120.00"', f'{key} is an amount, written "120.00"'
        ) from fault
    if amount.fen <= 0:
        raise _Fault(f"{key} 须大于零；方向用 direction", f"{key} is above zero; see direction")
    return amount


def _meta(value: object) -> Meta:
    if not isinstance(value, Mapping):
        raise _Fault("meta 是键与文字的表", "meta is a table of keys and texts")
    for key, text in value.items():
        if not KEY.fullmatch(key) or not isinstance(text, str) or key in ("fund", "claim"):
            raise _Fault(f"meta 的键不可用：{key[:40]}", f"not metadata of a rule: {key[:40]}")
        _text(value, key)
    return tuple(sorted(value.items()))


def _day(terms: Mapping[str, Any], key: str) -> date | None:
    value = terms.get(key)
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError as fault:
        raise _Fault(f"{key} 写作 2026-03-01", f"{key} is a day such as 2026-03-01") from fault
    if value is not None and type(value) is not date:
        raise _Fault(f"{key} 写作 2026-03-01", f"{key} is a day such as 2026-03-01")
    return value


# ---- a table against its unit ------------------------------------------------------------------


def faults_in_unit(
    conn: Connection, vault: Vault, unit: str, tables: list[dict[str, Any]], file: str, today: date
) -> list[Finding]:
    """What rules name that the unit does not have, or has closed; and names of persons in them."""
    accounts, funds = entries.accounts(conn, unit), entries.funds(conn, unit)
    money = {row.account for row in imports.accounts(conn, vault, unit)}
    found = []
    for place, terms in enumerate(tables, start=1):
        where = f"{file} [[rule]] {place}"
        rule = rule_of(terms, where)
        if rule.until is not None and rule.until <= today:
            continue
        if rule.account and rule.account not in money:
            name = rule.account[:60]
            found.append(
                _bad(
                    where,
                    Words(
                        f"account 不是有对账单的科目（须写全名）：{name}",
                        f"no statements come for this account, written in full: {name}",
                    ),
                )
            )
        for share in rule.to:
            account, fund = accounts.get(share.account), funds.get(share.fund)
            if account is None or (account.closed is not None and account.closed <= today):
                name = share.account[:60]
                found.append(
                    _bad(
                        where,
                        Words(
                            f"科目未开立或已停用：{name}",
                            f"the account was never opened, or is closed: {name}",
                        ),
                    )
                )
            if fund is None or (fund.closed is not None and fund.closed <= today):
                found.append(
                    _bad(
                        where,
                        Words(
                            f"资金未设立或已结束：{share.fund}",
                            f"the fund was never declared, or has ended: {share.fund}",
                        ),
                    )
                )
        found += _names(conn, vault, rule, where)
    return found


def _names(conn: Connection, vault: Vault, rule: Rule, where: str) -> list[Finding]:
    """What a rule writes into the book may name nobody; what it looks for may."""
    texts = [rule.narration, rule.payee, *(text for _, text in rule.meta)]
    texts += [text for share in rule.to for _, text in share.meta]
    if not persons.names_in(conn, vault, "\n".join(texts)):
        return []
    words = Words(
        "narration、payee 或 meta 中含有已登记人员的姓名；标题不写 narration 时也会入账",
        "narration, payee or meta hold a registered person's name; a title serves as narration",
    )
    return [_bad(where, words)]


def _bad(where: str, fault: Words) -> Finding:
    return finding(
        "bad-rule",
        f"规则有误：{fault.zh}",
        f"this rule cannot be used: {fault.en}",
        "按 importers/README.md 的写法改正；规则表没有更换",
        "write it as importers/README.md shows; the table was not replaced",
        file=where,
    )
