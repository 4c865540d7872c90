"""Whether a draft may become a voucher: the checks of the posting path, as findings.

Everything is asked of the registry's facts in constant work, or in work that grows with the days
behind the draft, never with the number of vouchers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from ledger import bound_funds, fundcheck, lots, parallelcheck, privacy, settlement, usecheck
from ledger.aid import checks as aid_checks
from ledger.allocations.attributing import Attributing
from ledger.assets.checks import AssetChecks
from ledger.assets.sums import is_new
from ledger.budgets.ceilings import Ceilings
from ledger.canonical_reader import parse_voucher
from ledger.chart import mirrors_of
from ledger.contracts import checking as contracts
from ledger.decisions import checking as decisions
from ledger.entry import Draft, Posting, Voucher, balanced
from ledger.errors import Finding, finding
from ledger.gifts.checks import GiftChecks
from ledger.money import CNY, Money
from ledger.period import Month
from ledger.registry import entries, fund_sums, month_states, persons, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry, Vault


def check(
    conn: Connection, registry: Registry, draft: Draft, ceilings: Ceilings | None = None
) -> list[Finding]:
    """All findings against posting ``draft`` now; empty means that it may be posted.

    ``ceilings`` are the budgets in force where the caller has them at hand.
    """
    return check_each(conn, registry, [draft], ceilings)[0]


def check_each(
    conn: Connection, registry: Registry, drafts: Sequence[Draft], ceilings: Ceilings | None = None
) -> list[list[Finding]]:
    """:func:`check` for each of several drafts of one unit, as if it were the only one.

    What many of them ask, accounts, funds, names, budgets, rule files, is asked once.
    """
    if not drafts:
        return []
    checks = _Checks(conn, registry.vault, drafts, ceilings or Ceilings(conn, drafts[0].unit))
    settled = settlement.check_each(conn, drafts)
    decided = decisions.check_each(conn, registry.folder, drafts)
    return [
        [*checks.of(draft), *found, *more]
        for draft, found, more in zip(drafts, settled, decided, strict=True)
    ]


class _Checks:
    """What the registry says of several drafts, and what follows for each of them.

    Drafts of a statement are alike: what depends on their day, accounts and funds only is looked
    at once for all that have these in common.
    """

    def __init__(
        self, conn: Connection, vault: Vault, drafts: Sequence[Draft], ceilings: Ceilings
    ) -> None:
        self._conn = conn
        self._ceilings = ceilings
        unit = drafts[0].unit
        lines = [posting for draft in drafts for posting in draft.postings]
        self._accounts = entries.accounts(conn, unit, {p.account for p in lines})
        self._funds = entries.funds(conn, unit, {p.fund for p in lines})
        self._capital = {name for name, row in self._accounts.items() if row.capital}
        self._restricted = {
            code for code, row in self._funds.items() if fundcheck.is_restricted(row.restriction)
        }
        self._last = month_states.last_closed(conn, unit)
        facts = units.find(conn, unit)
        self._opened, self._ended = facts.opened, facts.closed
        self._mirrors = mirrors_of(facts.chart)
        self._named = _named(conn, vault, drafts)
        self._bindings = bound_funds.bindings(conn, unit)
        self._allocations = Attributing(conn, unit, self._capital, facts.opened)
        self._gifts = GiftChecks(conn, unit, drafts, self._capital)
        self._assets = AssetChecks(conn, unit, facts.chart)
        self._originals: dict[str, Voucher | None] = {}
        self._standing: dict[tuple[object, ...], list[Finding]] = {}
        self._held: dict[tuple[str, str, date], tuple[int, list[tuple[date, int]]]] = {}

    def of(self, draft: Draft) -> list[Finding]:
        """All findings against one draft."""
        found = balanced(draft)
        found += self._standing_of(draft)
        found += self._reversal(draft)
        found += _names(self._named, draft)
        found += self._numbers(draft)
        if found:
            return found
        found += parallelcheck.check(draft, self._mirrors)
        found += fundcheck.check_transfers(draft, self._capital, self._opened)
        found += self._uses(draft)
        found += self._overdrafts(draft)
        found += _lots(self._conn, draft)
        found += self._ceilings.check(draft)
        found += self._allocations.check(draft)
        found += contracts.check(self._conn, draft)
        found += aid_checks.check(self._conn, draft)
        found += self._gifts.check(draft)
        found += self._assets.check(draft)
        return found

    def _standing_of(self, draft: Draft) -> list[Finding]:
        """Whether accounts, month and funds are open on the draft's day."""
        key = (draft.day, *[
            (p.account, p.fund, p.amount.currency, p.lot is None) for p in draft.postings
        ])  # fmt: skip
        known = self._standing.get(key)
        if known is None:
            known = _accounts_open(draft, self._accounts)
            known += _month_open(self._last, draft)
            known += _unit_open(self._ended, draft)
            known += fundcheck.check_funds_alive(draft, self._funds)
            self._standing[key] = known
        return known

    def _uses(self, draft: Draft) -> list[Finding]:
        """Money that leaves a bound fund otherwise than its rule permits."""
        if not self._bindings:
            return []
        lines = usecheck.spend_lines(draft)
        if draft.reverses is not None:
            original = self._original(draft)
            return usecheck.same_purposes(
                lines, [] if original is None else usecheck.spend_lines(original.draft)
            )
        opening = fundcheck.is_opening(draft.tags, draft.day, self._opened)
        return usecheck.use_findings(
            lines, self._bindings, draft.day, self._capital, opening=opening
        )

    def _original(self, draft: Draft) -> Voucher | None:
        """The voucher that a draft reverses; None if there is none of its number."""
        number = draft.reverses or ""
        if number not in self._originals:
            row = entries.by_number(self._conn, draft.unit, number)
            self._originals[number] = None if row is None else parse_voucher(row.text.decode())
        return self._originals[number]

    def _reversal(self, draft: Draft) -> list[Finding]:
        if draft.reverses is None:
            return []
        target = self._original(draft)
        if target is None:
            what = (f"没有凭证 {draft.reverses}", f"there is no voucher {draft.reverses}")
        elif target.draft.reverses is not None:
            what = (
                f"{draft.reverses} 本身是冲销凭证，不能再冲销",
                f"{draft.reverses} is a reversal itself and is not reversed again",
            )
        elif other := entries.reversal_of(self._conn, draft.unit, draft.reverses):
            what = (
                f"{draft.reverses} 已由 {other} 冲销",
                f"{draft.reverses} was reversed by {other} already",
            )
        elif draft.day < target.draft.day:
            what = (
                f"冲销日期 {draft.day} 早于 {draft.reverses} 的日期 {target.draft.day}",
                f"the reversal's day {draft.day} is before {draft.reverses}, of {target.draft.day}",
            )
        elif not takes_back(draft, target.draft):
            what = (
                f"冲销凭证与 {draft.reverses} 的分录不相抵",
                f"the reversal does not take back {draft.reverses} line by line",
            )
        else:
            return []
        return [
            finding(
                "reversal",
                what[0],
                what[1],
                "核对要冲销的凭证号；需要时另填新凭证",
                "check the number; enter a new voucher where one is needed",
            )
        ]

    def _numbers(self, draft: Draft) -> list[Finding]:
        """Telephones, identity and card numbers, addresses in any word of the draft.

        What a reversal repeats of its original stands in the book already: it is how such a word
        gets out of the balances.
        """
        texts = _words(draft)
        if draft.reverses is not None:
            original = self._original(draft)
            texts -= set() if original is None else _words(original.draft)
        # A line feed keeps two texts from forming a number together.
        return privacy.faults(["\n".join(sorted(texts))])

    def _overdrafts(self, draft: Draft) -> list[Finding]:
        if self._restricted.isdisjoint([posting.fund for posting in draft.postings]):
            return []
        found = []
        for (code, currency), fen in fundcheck.resource_moves(draft, self._capital).items():
            if fen >= 0 or code not in self._restricted:
                continue
            before, days = self._resources(draft, code, currency)
            short = fundcheck.check_overdraft(
                code, Money(before, currency), days, draft.day, Money(fen, currency)
            )
            if short is not None:
                found.append(short)
        return found

    def _resources(
        self, draft: Draft, code: str, currency: str
    ) -> tuple[int, list[tuple[date, int]]]:
        """What a fund held before the draft's day, and how it changed on it and later."""
        key = (code, currency, draft.day)
        if key not in self._held:
            where = (self._conn, draft.unit, code, currency, draft.day)
            self._held[key] = (
                fund_sums.resources_before(*where), list(fund_sums.resource_days(*where))
            )  # fmt: skip
        return self._held[key]


def warnings_each(conn: Connection, drafts: Sequence[Draft]) -> list[list[Finding]]:
    """What maker and checker are told of each of several drafts of one unit; it hinders nobody.

    Nothing is written: a page may ask it.
    """
    if not drafts:
        return []
    unit = drafts[0].unit
    known, given = Ceilings(conn, unit), GiftChecks(conn, unit, drafts, ())
    return [
        [
            *(found for found in known.check(draft) if found.severity == "warning"),
            *given.warnings(draft),
        ]
        for draft in drafts
    ]


def _accounts_open(draft: Draft, known: dict[str, entries.AccountRow]) -> list[Finding]:
    found = []
    for posting in draft.postings:
        row = known.get(posting.account)
        if row is None:
            what = ("科目未开立", "the account was never opened")
        elif draft.day < row.opened or (row.closed is not None and draft.day >= row.closed):
            what = ("科目在该日不可用", "the account is not open on that day")
        elif posting.lot is None and posting.amount.currency != (row.currency or CNY):
            currency = row.currency or CNY
            what = (f"科目只记 {currency}", f"the account keeps {currency} only")
        elif posting.lot is not None and row.currency:
            what = ("科目不记实物批次", "the account keeps no lots of things")
        else:
            continue
        found.append(
            finding(
                "account-not-open",
                f"{posting.account}：{what[0]}",
                f"{posting.account}: {what[1]}",
                "改用已开立的科目，或请会计开立该科目",
                "use an account that is open, or have this one opened",
            )
        )
    return found


def _month_open(last: str | None, draft: Draft) -> list[Finding]:
    if last is None or str(Month.of(draft.day)) > last:
        return []
    return [
        finding(
            "month-closed",
            f"{Month.of(draft.day)} 月已结账，不能再记入",
            f"the month {Month.of(draft.day)} is closed; nothing more is posted into it",
            f"在 {Month.parse(last).next()} 月记账，注明所属期间",
            f"post in {Month.parse(last).next()} and say which month it concerns",
        )
    ]


def _unit_open(closed: date | None, draft: Draft) -> list[Finding]:
    if closed is None or draft.day < closed:
        return []
    return [
        finding(
            "unit-closed",
            f"单位已于 {closed} 撤销，此日起不再记账",
            f"the unit was closed on {closed}; nothing is posted from that day on",
            "在接收单位的账簿中记账",
            "post in the book of the unit that took it over",
        )
    ]


def far_ahead(draft: Draft, today: date) -> list[Finding]:
    """A finding if the draft's day lies beyond next month.

    Month-end entries are prepared ahead; a day beyond that is a slip of the pen.
    """
    last = Month.of(today).next()
    if Month.of(draft.day) <= last:
        return []
    return [
        finding(
            "day-ahead",
            f"业务日期 {draft.day} 在 {last} 月之后，今天是 {today}",
            f"the business day {draft.day} lies beyond {last}; today is {today}",
            "核对年份与月份",
            "check year and month",
        )
    ]


def takes_back(reversal: Draft, original: Draft) -> bool:
    """True if the postings of both cancel out, line by line, whatever their metadata says."""
    lines = [(p.account, p.fund, p.amount, p.lot) for p in map(negated, original.postings)]
    return lines == [(p.account, p.fund, p.amount, p.lot) for p in reversal.postings]


def negated(line: Posting) -> Posting:
    """The posting that takes ``line`` back."""
    lot = None if line.lot is None else replace(line.lot, units=-line.lot.units)
    return replace(line, amount=-line.amount, lot=lot)


def _named(conn: Connection, vault: Vault, drafts: Sequence[Draft]) -> set[str]:
    """Those texts of the drafts that hold the name of a registered person."""
    texts = {text for draft in drafts for text in _texts(draft)}
    # A separator keeps two texts from forming a name together. Hardly ever does any hold a name.
    if not texts or not persons.names_in(conn, vault, "\n".join(sorted(texts))):
        return set()
    if len(texts) == 1:
        return texts
    return {text for text in texts if persons.names_in(conn, vault, text)}


def _words(draft: Draft) -> set[str]:
    """Every word of a draft that somebody may have written."""
    texts = {draft.payee, draft.narration, draft.source, *draft.tags, *draft.links}
    texts.update(text for _, text in draft.meta)
    for posting in draft.postings:
        texts.update(text for _, text in posting.meta)
        if posting.lot is not None:
            texts.update((posting.lot.commodity, posting.lot.label or ""))
    return texts


def _texts(draft: Draft) -> set[str]:
    texts = [draft.payee, draft.narration, *(value for _, value in draft.meta)]
    for posting in draft.postings:
        texts += [value for _, value in posting.meta]
        texts.append((posting.lot.label or "") if posting.lot is not None else "")
    # A code has no blank, and is nobody's name.
    return {text for text in texts if not text.isascii() or " " in text}


def _names(named: set[str], draft: Draft) -> list[Finding]:
    if not named or named.isdisjoint(_texts(draft)):
        return []
    return [
        finding(
            "name-in-book",
            "摘要、往来或附注中含有已登记人员的姓名",
            "payee, narration or metadata hold the name of a registered person",
            "以会员编号等代码代替姓名；账簿会公开，姓名只存于登记册",
            "write the person's id instead; books are shown, names stay in the registry",
        )
    ]


def _lots(conn: Connection, draft: Draft) -> list[Finding]:
    """Findings if things go that are not there, or if later vouchers would lack them.

    Only a draft that moves things asks this: it looks for the things' names in the journal.
    """
    mine = lots.lot_moves(draft)
    found: list[Finding] = []
    for commodity in dict.fromkeys(move.commodity for move in mine):
        if is_new(conn, draft, commodity):
            continue  # it was never there: nothing in the journal names it
        moves = [
            move
            for text in entries.texts_naming(conn, draft.unit, f" {commodity} {{")
            for move in lots.lot_moves(parse_voucher(text.decode()).draft)
            if move.commodity == commodity
        ]
        moves += [move for move in mine if move.commodity == commodity]
        found += [fault for _, fault in lots.lot_faults(moves)]
    return found
