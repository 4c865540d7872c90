"""What a bound fund may be spent on, as pure functions: the permitted purposes, and no others.

A fund is bound by a directive of its own book, which holds the permitted uses with their articles
from a day on. The posting path asks these functions about one draft, the plugin
``ledger.plugins.funds`` about a whole book; both say the same words, and neither needs a rule file.

Money of a bound fund leaves it in three ways: an expense names a permitted purpose, by the metadata
``purpose`` or by its account; what goes to another unit names it as ``counter``, and the
``remittance`` or ``decision`` by which it goes; what goes to another fund goes to one that the same
rule binds. Giving dues back to who paid them names
the claim or the member. Everything else is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from ledger.account import component_code
from ledger.entry import Draft
from ledger.errors import Finding, finding
from ledger.fundcheck import is_resource
from ledger.layout import UNIT_NAME

PURPOSE: Final = "purpose"
#: Money that goes up or comes back by a rule of its own; it names the other unit.
PASS_ON: Final = "pass-on"  # noqa: S105
#: What says that income is given back to who paid it.
_BACK: Final = ("claim", "member", "donor")
_USE, _ACCOUNT = "use-", "account-"
DIRECTIVE: Final = "fund-uses"


@dataclass(frozen=True, slots=True)
class Binding:
    """The uses that a fund permits from ``since`` on, by id; ``accounts`` say some by code."""

    fund: str
    since: date
    rule: str
    table: str
    source: str
    uses: Mapping[str, str]
    accounts: Mapping[str, str]

    def by_account(self, account: str) -> str:
        """The use that an account says, by the longest code that it stands under."""
        code = found = ""
        for component in account.split(":")[1:]:
            code += component_code(component)
            found = self.accounts.get(code, found)
        return found

    @property
    def listed(self) -> str:
        return "；".join(f"{use} {name}" for use, name in self.uses.items())


class SpendLine(NamedTuple):
    """One posting as the rules of uses see it; ``fen`` is signed, debit positive."""

    account: str
    fund: str
    fen: int
    meta: Mapping[str, str]


def binding_of(
    fund: str, rule: str, table: str, since: date, meta: Iterable[tuple[str, str]]
) -> Binding:
    """A binding from its directive's words."""
    facts = dict(meta)
    return Binding(
        fund, since, rule, table, facts.get("source", ""),
        {key[len(_USE) :]: text for key, text in facts.items() if key.startswith(_USE)},
        {key[len(_ACCOUNT) :]: text for key, text in facts.items() if key.startswith(_ACCOUNT)},
    )  # fmt: skip


def in_force(bindings: Sequence[Binding], day: date) -> dict[str, Binding]:
    """The binding of each fund on a day; of several the one that began last."""
    found: dict[str, Binding] = {}
    for one in bindings:
        if one.since <= day and (one.fund not in found or one.since >= found[one.fund].since):
            found[one.fund] = one
    return found


def spend_lines(draft: Draft) -> list[SpendLine]:
    """The draft's postings as the rules of uses see them."""
    return [SpendLine(p.account, p.fund, p.amount.fen, dict(p.meta)) for p in draft.postings]


def same_purposes(lines: Sequence[SpendLine], original: Sequence[SpendLine]) -> list[Finding]:
    """A finding if a reversal says other purposes than what it takes back.

    A reversal needs no purpose of its own, so that what was entered before a fund was bound can be
    corrected; but it may not move spending from one purpose to another.
    """

    def said(of: Sequence[SpendLine]) -> list[tuple[str, str, int, str, str]]:
        return sorted(
            (one.account, one.fund, abs(one.fen), one.meta.get(PURPOSE, ""),
             one.meta.get("counter", ""))
            for one in of
        )  # fmt: skip

    if said(lines) == said(original):
        return []
    return [
        finding(
            "reversal-purpose",
            "冲销凭证所写的用途与原凭证不同",
            "the reversal names other purposes than the voucher that it takes back",
            "照原凭证的 purpose 与 counter 冲销",
            "take purpose and counter over from the voucher",
        )
    ]


def use_findings(
    lines: Sequence[SpendLine],
    bindings: Sequence[Binding],
    day: date,
    capital: Collection[str],
    *,
    opening: bool = False,
) -> list[Finding]:
    """Findings for money that leaves a bound fund otherwise than its rule permits.

    ``opening``: the voucher brings balances in on the book's first day.
    """
    bound = in_force(bindings, day)
    found: list[Finding] = []
    for fund in dict.fromkeys(line.fund for line in lines if line.fund in bound):
        own = [line for line in lines if line.fund == fund and line.fen]
        carry = not any(is_resource(line.account, capital) for line in own)
        for line in own:
            found += _line(bound[fund], line, carry=carry)
        found += _things(bound[fund], own, capital)
        if not carry and not opening:
            found += _transfer(bound, fund, lines, capital)
    return found


def _line(bound: Binding, line: SpendLine, *, carry: bool) -> list[Finding]:
    purpose = line.meta.get(PURPOSE, "")
    passed_on = purpose == PASS_ON and _names_receiver(line)
    if purpose and purpose not in bound.uses and not passed_on:
        return [_not_permitted(bound, purpose)]
    if line.account.startswith("Expenses:"):
        said = bound.by_account(line.account)
        if purpose and said and purpose != said:
            return [_differs(bound, line.account, said, purpose)]
        if line.fen < 0 or purpose or carry:
            return []
        if said == PASS_ON:
            return [] if _names_receiver(line) else [_not_permitted(bound, PASS_ON)]
        return [] if said in bound.uses else [_missing(bound, line.account)]
    if line.fen < 0 or carry:
        return []
    if line.account.startswith("Income:"):
        back = any(line.meta.get(key) for key in _BACK)
        return [] if back or passed_on else [_missing(bound, line.account)]
    return []


def _names_receiver(line: SpendLine) -> bool:
    """Whether a line says to which unit money is passed on, and by which rule or decision."""
    by = line.meta.get("remittance") or line.meta.get("decision")
    return bool(by) and UNIT_NAME.fullmatch(line.meta.get("counter", "")) is not None


def _things(bound: Binding, own: Sequence[SpendLine], capital: Collection[str]) -> list[Finding]:
    """Things bought without an expense use a fund up as well: their lines say for what."""
    things = [
        line
        for line in own
        if line.account in capital and not (line.fen > 0 and line.meta.get(PURPOSE) in bound.uses)
    ]
    if sum(line.fen for line in things) <= 0:
        return []
    return [_missing(bound, things[0].account)]


def _transfer(
    bound: Mapping[str, Binding], fund: str, lines: Sequence[SpendLine], capital: Collection[str]
) -> list[Finding]:
    """Findings if money goes from a bound fund to one that another rule binds, or none.

    What a fund holds is counted by its assets: a debt to it in exchange is no money. Net assets
    that leave it arrive whole in other funds of the voucher, or they were spent past every purpose.
    """
    held: dict[str, int] = {}
    equity: dict[str, int] = {}
    for line in lines:
        if line.account in capital:
            continue
        if line.account.startswith("Assets:"):
            held[line.fund] = held.get(line.fund, 0) + line.fen
        elif line.account.startswith("Equity:"):
            equity[line.fund] = equity.get(line.fund, 0) + line.fen
    leaves = equity.get(fund, 0) > 0
    if leaves and sum(equity.values()) != 0:
        return [_missing(bound[fund], "Equity")]
    if not leaves and held.get(fund, 0) >= 0:
        return []
    gains = sorted(
        other
        for other in dict.fromkeys(line.fund for line in lines)
        if (held.get(other, 0) > 0 or equity.get(other, 0) < 0)
        and (other not in bound or bound[other].rule != bound[fund].rule)
    )
    if not gains:
        return []
    names = "、".join(gains)
    return [
        finding(
            "use-transfer",
            f"资金 {fund} 受「{bound[fund].source}」约束，不能转入 {names}",
            f"fund {fund} is bound by {bound[fund].source}: nothing of it goes to {names}",
            f"先用 mingbai dues uses 使 {names} 受同一规定约束",
            f"bind {names} by the same rule first, with mingbai dues uses",
        )
    ]


def _missing(bound: Binding, account: str) -> Finding:
    return finding(
        "purpose-missing",
        f"资金 {bound.fund} 只准用于「{bound.source}」所列用途，{account} 一行没有写明用途",
        f"fund {bound.fund} permits only the uses of {bound.source}; {account} names none",
        f"在分录附注 purpose 中写明：{bound.listed}",
        f"name one in the posting's metadata purpose: {', '.join(bound.uses)}",
    )


def _not_permitted(bound: Binding, purpose: str) -> Finding:
    return finding(
        "use-not-permitted",
        f"资金 {bound.fund}：「{purpose[:40]}」不在「{bound.source}」准许的用途之内",
        f"fund {bound.fund}: “{purpose[:40]}” is no use that {bound.source} permits",
        f"准许的用途：{bound.listed}；上缴下拨写 {PASS_ON}，并写明 counter（单位）与 "
        "remittance 或 decision",
        f"permitted: {', '.join(bound.uses)}; {PASS_ON} names the unit in counter, and remittance "
        "or decision",
    )


def _differs(bound: Binding, account: str, said: str, purpose: str) -> Finding:
    return finding(
        "purpose-differs",
        f"资金 {bound.fund}：科目 {account} 用于 {said}，分录却写 {purpose[:40]}",
        f"fund {bound.fund}: account {account} is for {said}, the posting says {purpose[:40]}",
        "改科目或改 purpose，使二者一致",
        "change the account or the purpose, so that both say the same",
    )
