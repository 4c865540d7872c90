"""The rules of funds, as pure functions: alive, never overdrawn, moved only by decision.

The posting path asks them about one draft with the sums of the days behind it; the Beancount plugin
``ledger.plugins.funds`` asks them about a whole book. Both say the same words.

A fund's *resources* are the sum of its postings on asset and liability accounts that are not
``capital``: what it could spend. Capital accounts hold things (fixed assets and their fund).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple, Protocol

from ledger.entry import Draft
from ledger.errors import Finding, Words, finding
from ledger.money import Money

#: What binds a fund: nothing, the unit's own will, its giver's purpose, a time, its principal, or
#: that it is somebody else's money.
RESTRICTIONS: Final = ("none", "designated", "purpose", "time", "endowment", "agency")
_UNRESTRICTED: Final = ("none", "designated")
_SPENDABLE: Final = ("Assets:", "Liabilities:")


class FundTerms(Protocol):
    """What a fund's declaration says, wherever it was read from."""

    @property
    def restriction(self) -> str: ...
    @property
    def opened(self) -> date: ...
    @property
    def closed(self) -> date | None: ...


class FundLine(NamedTuple):
    """One posting as the rules see it; ``fen`` is signed, debit positive."""

    account: str
    fund: str
    currency: str
    fen: int


def is_restricted(restriction: str) -> bool:
    """True if a fund of this kind may never be overdrawn."""
    return restriction not in _UNRESTRICTED


def is_resource(account: str, capital: Collection[str]) -> bool:
    """True if the account's balance is part of its funds' spendable resources."""
    return account.startswith(_SPENDABLE) and account not in capital


def fund_lines(draft: Draft) -> list[FundLine]:
    """The draft's postings as the rules see them."""
    return [FundLine(p.account, p.fund, p.amount.currency, p.amount.fen) for p in draft.postings]


# ---- alive -------------------------------------------------------------------------------------


def check_funds_alive(draft: Draft, funds: Mapping[str, FundTerms]) -> list[Finding]:
    """Findings for every fund of the draft that is unknown, or not open on its day."""
    codes = dict.fromkeys(posting.fund for posting in draft.postings)
    found = (fund_alive(code, draft.day, funds.get(code)) for code in codes)
    return [fault for fault in found if fault is not None]


def fund_alive(code: str, day: date, terms: FundTerms | None) -> Finding | None:
    """A finding unless the fund is declared and open on ``day``.

    A fund is open from its first day up to, not including, the day it is closed.
    """
    if terms is None:
        what = Words(f"资金 {code} 未设立", f"fund {code} was never declared")
    elif day < terms.opened:
        what = Words(
            f"资金 {code} 于 {terms.opened} 才设立，{day} 不能使用",
            f"fund {code} opens on {terms.opened} and cannot be used on {day}",
        )
    elif terms.closed is not None and day >= terms.closed:
        what = Words(
            f"资金 {code} 已于 {terms.closed} 撤销，{day} 不能使用",
            f"fund {code} was closed on {terms.closed} and cannot be used on {day}",
        )
    else:
        return None
    return finding(
        "fund-not-open",
        what.zh,
        what.en,
        "改用已设立的资金，或先设立它",
        "charge a fund that is open, or declare this one first",
    )


# ---- resources ---------------------------------------------------------------------------------


def resource_moves(draft: Draft, capital: Collection[str]) -> dict[tuple[str, str], int]:
    """How a draft changes each (fund, currency)'s resources, in fen; zeros are left out."""
    return moves_of(fund_lines(draft), capital)


def moves_of(lines: Iterable[FundLine], capital: Collection[str]) -> dict[tuple[str, str], int]:
    """:func:`resource_moves` of any voucher's lines."""
    moves: dict[tuple[str, str], int] = {}
    for account, fund, currency, fen in lines:
        if is_resource(account, capital):
            key = (fund, currency)
            moves[key] = moves.get(key, 0) + fen
    return {key: fen for key, fen in moves.items() if fen}


def check_overdraft(
    code: str, before: Money, days: Iterable[tuple[date, int]], day: date, move: Money
) -> Finding | None:
    """A finding if a voucher of ``day`` that moves a restricted fund's resources overdraws it.

    ``before`` is what the fund held at the end of the day before ``day``; ``days`` are the changes
    in fen that are posted already, on ``day`` and later, one per day in order. A voucher that is
    dated back may overdraw the fund on a later day only: every day from ``day`` on is looked at.

    >>> check_overdraft("F02", Money(120000), [], date(2026, 3, 5), Money(-123500)).what.en
    'fund F02 would be overdrawn by 35.00 CNY: it holds 1,200.00, this voucher spends 1,235.00'
    """
    if move.fen >= 0:
        return None
    held, currency = before.fen, move.currency
    changes = list(days)
    if not changes or changes[0][0] != day:
        changes.insert(0, (day, 0))
    for at, fen in changes:
        held += fen
        if held + move.fen < 0:
            return overdrawn(code, Money(held, currency), -move, at, later=at != day)
    return None


def overdrawn(code: str, holds: Money, spends: Money, day: date, *, later: bool = False) -> Finding:
    """The finding that a voucher which ``spends`` overdraws a fund that ``holds`` less.

    ``later`` says that the fund is short on ``day``, after the voucher's own day.
    """
    short = spends - holds
    when = Words(f"在 {day} ", f" on {day}") if later else Words("", "")
    return finding(
        "fund-overdrawn",
        f"资金 {code} {when.zh}将透支 {short.grouped} {short.currency}："
        f"可用 {holds.grouped}，本凭证支出 {spends.grouped}",
        f"fund {code} would be overdrawn by {short.grouped} {short.currency}{when.en}: "
        f"it holds {holds.grouped}, this voucher spends {spends.grouped}",
        f"凭决议向 {code} 拨入资金，或改列其他资金",
        f"move money into {code} with a decision, or charge another fund",
    )


# ---- transfers between funds -------------------------------------------------------------------


def check_transfers(draft: Draft, capital: Collection[str], opened: date) -> list[Finding]:
    """A finding if the draft moves money between funds and names no decision.

    The decision is metadata ``decision`` of the voucher or of one of its postings. ``opened`` is
    the first day of the unit's book.
    """
    if len({posting.fund for posting in draft.postings}) < 2:
        return []
    decided = any(
        key == "decision" for meta in (draft.meta, *(p.meta for p in draft.postings))
        for key, _ in meta
    )  # fmt: skip
    opening = is_opening(draft.tags, draft.day, opened)
    return transfer_findings(fund_lines(draft), capital, decided=decided, opening=opening)


def is_opening(tags: Collection[str], day: date, opened: date | None) -> bool:
    """True for a voucher that brings balances in: tagged so, and on the book's first day.

    On any other day the tag frees nobody from naming a decision.
    """
    return "opening" in tags and day == opened


def transfer_findings(
    lines: Collection[FundLine], capital: Collection[str], *, decided: bool, opening: bool
) -> list[Finding]:
    """:func:`check_transfers` of any voucher's lines."""
    if decided:
        return []
    moved = moved_between(lines, capital, opening=opening)
    if not moved:
        return []
    zh, en = "、".join(moved), ", ".join(moved)
    return [
        finding(
            "transfer-undecided",
            f"本凭证在资金之间调拨（{zh}），未注明决议",
            f"this voucher moves money between funds ({en}) and names no decision",
            "在附注 decision 中写明决议文号；若非调拨，请每一资金单独记账",
            "name the decision in the metadata key decision; "
            "enter one voucher per fund if nothing is moved",
        )
    ]


def moved_between(
    lines: Collection[FundLine], capital: Collection[str], *, opening: bool
) -> list[str]:
    """The funds between which a voucher moves money, sorted; empty if it moves none.

    A voucher that touches two or more funds moves money between them when (a) an asset or liability
    account that is not capital is debited in one fund and credited in another, or (b) the equity of
    a fund changes: its postings on equity accounts that are not capital do not cancel out.
    Vouchers of opening balances (``opening``) are free of (b): they bring every fund's equity in.
    """
    if len({line.fund for line in lines}) < 2:
        return []
    sides: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    equity: dict[tuple[str, str], int] = {}
    for account, fund, currency, fen in lines:
        if account in capital or not fen:
            continue
        if account.startswith(_SPENDABLE):
            debits, credits_ = sides.setdefault((account, currency), (set(), set()))
            (debits if fen > 0 else credits_).add(fund)
        elif account.startswith("Equity:") and not opening:
            equity[fund, currency] = equity.get((fund, currency), 0) + fen
    moved = {fund for (fund, _), fen in equity.items() if fen}
    for debits, credits_ in sides.values():
        if debits and credits_ and len(debits | credits_) > 1:
            moved |= debits | credits_
    return sorted(moved)
