"""Whether what a draft does to fixed assets may be done: asked in the posting path, for every path.

Things leave an account of fixed assets by a request that was approved and signed for, and by
nothing else: no entry by hand, no text, no list, no reversal gets past it. What was depreciated is
charged by the acts of this package. A reversal that takes an asset's entry back needs a correction
that was approved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ledger import role_accounts
from ledger.account import is_budgetary
from ledger.assets import accounts, charging, exact
from ledger.assets.leaving import CALLED, undecided
from ledger.assets.marks import ASSET, IN, OUT, REQUEST, SOURCE, is_of
from ledger.assets.sums import moved, moves_of
from ledger.errors import Finding, finding
from ledger.money import Money
from ledger.registry import asset_requests, assets
from ledger.registry.asset_requests import (
    APPROVED,
    CORRECTION,
    HANDED,
    LOSS,
    SALE,
    RequestRow,
)
from ledger.words import typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.assets.accounts import AssetAccounts
    from ledger.entry import Draft, Posting
    from ledger.period import Month


class AssetChecks:
    """What the registry says of a unit's assets, for the drafts of one transaction."""

    def __init__(self, conn: Connection, unit: str, chart: str) -> None:
        self._conn, self._unit = conn, unit
        self._chart = accounts.known(chart)

    def check(self, draft: Draft) -> list[Finding]:
        """All findings against what a draft does to fixed assets."""
        chart = self._chart
        ours = draft.reverses is None and draft.source.startswith(SOURCE)
        if chart is None or not (ours or any(self._is_ours(line) for line in draft.postings)):
            return []
        if draft.reverses is not None:
            return [*self._taken_back(chart, draft)]
        found = [*self._by_hand(chart, draft)]
        if found:
            return found
        if code := is_of(draft.source, OUT):
            return [*self._leaving(chart, draft, code)]
        if month := charging.month_of(draft.source):
            return [*self._charged(chart, draft, month)]
        if code := is_of(draft.source, IN):
            return [*self._entering(chart, draft, code)]
        return [*self._unasked(chart, draft)]

    def _is_ours(self, line: Posting) -> bool:
        chart = self._chart
        return chart is not None and (
            chart.is_cost(line.account) or chart.is_accumulated(line.account)
        )

    # ---- by hand -------------------------------------------------------------------------------

    def _by_hand(self, chart: AssetAccounts, draft: Draft) -> Iterator[Finding]:
        """Money on an account of things, and depreciation that names no asset or no act of ours."""
        ours = draft.source.startswith(SOURCE)
        for line in draft.postings:
            if chart.is_cost(line.account) and line.lot is None:
                yield finding(
                    "asset-lot", f"{line.account} 只记实物批次：一项资产一个编号",
                    f"{line.account} keeps things by lots: one code for each asset",
                    "用 mingbai asset add 登记，或写作 1 FA-00012 {12000.00 CNY}",
                    "enter it with mingbai asset add, or write 1 FA-00012 {12000.00 CNY}",
                )  # fmt: skip
            elif chart.is_accumulated(line.account) and not (ours and ASSET in dict(line.meta)):
                yield finding(
                    "asset-by-hand", f"{line.account} 不手工填写：折旧按每项资产由规则计提",
                    f"{line.account} is not typed by hand: a rule charges each asset",
                    "用 mingbai asset depreciate 计提；期初已提的用 asset add --opening",
                    "use mingbai asset depreciate; what a book begins with: asset add --opening",
                )  # fmt: skip

    def _unasked(self, chart: AssetAccounts, draft: Draft) -> Iterator[Finding]:
        """Things that would leave by an entry that no request stands behind, or come twice."""
        moving = [
            line.lot
            for line in draft.postings
            if line.lot is not None and chart.is_cost(line.account)
        ]
        coming = {lot.commodity for lot in moving if lot.units > 0}
        cards = assets.with_codes(self._conn, self._unit, coming)
        stands = assets.sums(self._conn, self._unit, coming)
        for lot in moving:
            code = lot.commodity
            if lot.units < 0:
                yield _no_request(code)
            elif code in cards or (code in stands and stands[code].millionths > 0):
                yield _twice(code)
            elif code.startswith(assets.PREFIX) and not _is_code(code):
                yield _bad_code(code)

    # ---- entering, charging --------------------------------------------------------------------

    def _entering(self, chart: AssetAccounts, draft: Draft, code: str) -> Iterator[Finding]:
        """A finding if the entry, corrected by its maker, is no longer what its card says."""
        row = assets.find(self._conn, self._unit, code)
        moves = moves_of(draft, chart)
        cost = sum(one.cost_fen for one in moves)
        worn = sum(one.accumulated_fen for one in moves)
        same = row is not None and (cost, worn) == (row.cost_fen, row.begun_fen)
        other = any(one.asset != code or one.millionths < 0 for one in moves)
        funds = {line.fund for line in draft.postings}
        day = row is not None and ("opening" in draft.tags or draft.day == row.acquired)
        if not (same and day) or other or (row is not None and funds != {row.fund}):
            yield finding(
                "asset-card", f"凭证与卡片 {typed(code)} 不符",
                f"the entry is not card {typed(code)}",
                "撤回后重新登记", "withdraw it and enter the asset anew",
            )  # fmt: skip

    def _charged(self, chart: AssetAccounts, draft: Draft, month: Month) -> Iterator[Finding]:
        """A finding if what a draft charges is not due any more: things moved since it was made."""
        said: dict[str, int] = defaultdict(int)
        for line in draft.postings:
            code = dict(line.meta).get(ASSET)
            if code:
                said[code] -= line.amount.fen
        due = charging.charges_due(self._conn, self._unit, month, list(said))
        fens = {one.row.code: one.fen for one in due}
        wrong = [code for code, fen in said.items() if fens.get(code, 0) != fen]
        if (
            wrong
            or draft.day != charging.last_day(month)
            or not due
            or not exact.charges_exactly(self._conn, draft, due, chart, self._there)
        ):
            told = "、".join(wrong[:5] or list(said)[:5])
            yield finding(
                "depreciation-differs", f"{month} 月应计提的不是这些：{told}",
                f"what {month} is to be charged with is not this: {told}",
                "撤回后重新计提", "withdraw it and charge the month anew",
            )  # fmt: skip

    @cached_property
    def _there(self) -> dict[str, str]:
        """The unit's accounts by role, those that are open."""
        chart = self._chart
        if chart is None:
            return {}
        return role_accounts.there(self._conn, self._unit, chart.roles)

    # ---- leaving -------------------------------------------------------------------------------

    def _leaving(self, chart: AssetAccounts, draft: Draft, code: str) -> Iterator[Finding]:
        """Findings unless exactly what was approved leaves, whole, into the fund it stood in."""
        row = asset_requests.find(self._conn, self._unit, code)
        if row is None or row.kind not in CALLED:
            yield _no_request(code)
            return
        if row.state != (APPROVED if row.kind == LOSS else HANDED):
            yield undecided(row)
            return
        asked = set(asset_requests.items(self._conn, self._unit, [code])[code])
        moves = moves_of(draft, chart)
        before = assets.sums(self._conn, self._unit, {one.asset for one in moves} | asked)
        after = moved(before, moves)
        owned = {one for one in asked if one in before}
        whole = set(after) == owned and not any(any(one[3:]) for one in after.values())
        if (
            not whole
            or draft.day < (row.signed or row.day)
            or not exact.takes_exactly(self._conn, draft, row, chart, self._there)
        ):
            yield _not_whole(row)
        elif row.kind == SALE and self._paid(draft, row) != row.price_fen:
            yield finding(
                "asset-proceeds", f"{code} 的价款须为批准的 {Money(row.price_fen).grouped}",
                f"{code}: its price is what was approved, {Money(row.price_fen).grouped}",
                "撤回后重新提出处置", "withdraw it and propose the disposal anew",
            )  # fmt: skip

    def _paid(self, draft: Draft, row: RequestRow) -> int:
        """What came into an account of money for what a request is for, in fen."""
        own = set(self._there.values())
        return sum(
            max(0, line.amount.fen)
            for line in draft.postings
            if dict(line.meta).get(REQUEST) == row.code
            and line.account not in own
            and line.lot is None
            and not is_budgetary(line.account)
        )

    # ---- taken back ----------------------------------------------------------------------------

    def _taken_back(self, chart: AssetAccounts, draft: Draft) -> Iterator[Finding]:
        """Findings if a reversal takes things away without a correction, or leaves them half."""
        moves = moves_of(draft, chart)
        codes = {one.asset for one in moves}
        before = assets.sums(self._conn, self._unit, codes)
        after = moved(before, moves)
        requests = asset_requests.of_assets(self._conn, self._unit, codes)
        for code in sorted({one.asset for one in moves if one.millionths < 0}):
            allowed = any(
                one.kind == CORRECTION and one.state == APPROVED for one in requests.get(code, ())
            )
            if not allowed and assets.find(self._conn, self._unit, code) is not None:
                yield _no_correction(code)
        yield from self._received(draft)
        for code, one in after.items():
            if one.accumulated_fen and not one.millionths:
                yield finding(
                    "asset-worn", f"{code} 已计提折旧：先冲销折旧",
                    f"{code} was depreciated: reverse that first",
                    "先冲销其折旧凭证", "reverse the vouchers of its depreciation first",
                )  # fmt: skip
            if one.accumulated_fen < 0 or one.accumulated_fen > max(one.cost_fen, 0):
                yield finding(
                    "asset-order", f"{code} 其后已有变动，不能单独冲销",
                    f"{code} moved since: this is not reversed by itself",
                    "先冲销其后的凭证", "reverse what came after it first",
                )  # fmt: skip

    def _received(self, draft: Draft) -> Iterator[Finding]:
        """Findings if things come back that another unit entered: they would stand in two books."""
        back = {
            dict(line.meta).get(REQUEST, "")
            for line in draft.postings
            if line.lot is not None and line.lot.units > 0
        }
        for code in sorted(filter(None, back)):
            row = asset_requests.find(self._conn, self._unit, code)
            if row is None or row.to_unit is None:
                continue
            if assets.entered_by(self._conn, row.to_unit, [code]):
                yield finding(
                    "asset-received", f"{code} 的资产已在 {row.to_unit} 登记，不能单方冲销",
                    f"{row.to_unit} entered what {code} gave: one side does not take it back alone",
                    "请调入方先撤回草稿，或经更正申请冲销其入账",
                    "have the other unit withdraw its draft, or reverse it by a correction, first",
                )  # fmt: skip


def _is_code(code: str) -> bool:
    """Whether a code may be one of ours; a longer number would leave none for the next asset."""
    number = code.removeprefix(assets.PREFIX)
    return number.isascii() and number.isdigit() and 5 <= len(number) <= 9


def _twice(code: str) -> Finding:
    return finding(
        "asset-twice", f"资产 {typed(code)} 已有卡片或已在账簿，不再手工记入",
        f"asset {typed(code)} has a card, or stands in the book: it does not come by hand again",
        "另一件资产用 mingbai asset add 登记，编号由系统给出",
        "enter another asset with mingbai asset add, which gives it a code",
    )  # fmt: skip


def _bad_code(code: str) -> Finding:
    return finding(
        "asset-code", f"{typed(code)} 不是资产编号：写作 FA-00012",
        f"{typed(code)} is no code of an asset: they are written FA-00012",
        "用 mingbai asset add 登记，编号由系统给出",
        "enter it with mingbai asset add, which gives it a code",
    )  # fmt: skip


def _no_request(code: str) -> Finding:
    return finding(
        "asset-undecided",
        f"资产 {typed(code)} 没有经批准的处置申请，不能减少",
        f"asset {typed(code)} does not leave: no request for it was approved",
        "先登记决策、提出申请并经批准：mingbai asset request … approve … hand-over … dispose",
        "record the decision, ask, have it approved: mingbai asset request … approve … hand-over "
        "… dispose",
    )


def _no_correction(code: str) -> Finding:
    return finding(
        "asset-undecided", f"冲销会使资产 {code} 离开账簿，须有经批准的更正申请",
        f"this reversal would take asset {code} out of the book: a correction has to be approved",
        "mingbai asset request --kind correction 提出并经批准后再冲销",
        "ask with mingbai asset request --kind correction, have it approved, then reverse",
    )  # fmt: skip


def _not_whole(row: RequestRow) -> Finding:
    return finding(
        "asset-disposal", f"{row.code}：凭证与批准处置的资产不符，或未全部转销",
        f"{row.code}: the entry is not what was approved to leave, or leaves a part behind",
        "撤回后重新提出处置", "withdraw it and propose the disposal anew",
    )  # fmt: skip
