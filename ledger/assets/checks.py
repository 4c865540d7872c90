"""Whether what a draft does to fixed assets may be done: asked in the posting path, for every path.

Things leave an account of fixed assets by a request that was approved and signed for, and by
nothing else: no entry by hand, no text, no list, no reversal gets past it. What was depreciated is
charged by the acts of this package. A reversal that takes an asset's entry back needs a correction
that was approved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.assets import accounts, charging
from ledger.assets.leaving import CALLED, undecided
from ledger.assets.marks import ASSET, IN, OUT, REQUEST, SOURCE, is_of
from ledger.assets.sums import moved, moves_of
from ledger.errors import Finding, finding
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
        if chart is None or not any(self._is_ours(line) for line in draft.postings):
            return []
        if draft.reverses is not None:
            return [*self._taken_back(chart, draft)]
        found = [*self._by_hand(chart, draft)]
        if found:
            return found
        if code := is_of(draft.source, OUT):
            return [*self._leaving(chart, draft, code)]
        if month := charging.month_of(draft.source):
            return [*self._charged(draft, month)]
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
        """Things that would leave by an entry that no request stands behind."""
        for line in draft.postings:
            if line.lot is not None and line.lot.units < 0 and chart.is_cost(line.account):
                yield _no_request(line.lot.commodity)

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
        if not same or other or (row is not None and funds != {row.fund}):
            yield finding(
                "asset-card", f"凭证与卡片 {typed(code)} 不符",
                f"the entry is not card {typed(code)}",
                "撤回后重新登记", "withdraw it and enter the asset anew",
            )  # fmt: skip

    def _charged(self, draft: Draft, month: Month) -> Iterator[Finding]:
        """A finding if what a draft charges is not due any more: things moved since it was made."""
        said: dict[str, int] = defaultdict(int)
        for line in draft.postings:
            code = dict(line.meta).get(ASSET)
            if code:
                said[code] -= line.amount.fen
        due = {
            one.row.code: one.fen
            for one in charging.charges_due(self._conn, self._unit, month, list(said))
        }
        wrong = [code for code, fen in said.items() if due.get(code, 0) != fen]
        if wrong or draft.day != charging.last_day(month):
            told = "、".join(wrong[:5])
            yield finding(
                "depreciation-differs", f"{month} 月应计提的已不同：{told}",
                f"what {month} is to be charged with is another by now: {told}",
                "撤回后重新计提", "withdraw it and charge the month anew",
            )  # fmt: skip

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
        if set(after) != owned or any(any(one[3:]) for one in after.values()):
            yield _not_whole(row)
        elif not self._own_funds(draft, before, row):
            yield finding(
                "asset-proceeds", f"{code} 的价款与净值须记在资产原来的资金",
                f"{code}: price and net value stand in the funds that the things stood in",
                "撤回后重新提出处置", "withdraw it and propose the disposal anew",
            )  # fmt: skip

    def _own_funds(self, draft: Draft, before: dict[str, assets.Standing], row: RequestRow) -> bool:
        """Whether every line stands in a fund of what leaves, and a sale brings its price."""
        funds = {one.fund for one in before.values()}
        paid = 0
        for line in draft.postings:
            said = dict(line.meta)
            marked = said.get(REQUEST) == row.code and said.get("decision") == row.decision
            # What was still to be charged is borne in sums that name no asset.
            if line.fund not in funds or not (marked or REQUEST not in said):
                return False
            capital = self._is_ours(line) or line.lot is not None
            if line.account.startswith("Assets:") and not capital and marked:
                paid += max(0, line.amount.fen) if not self._clears(line) else 0
        return row.kind != SALE or paid == row.price_fen

    def _clears(self, line: Posting) -> bool:
        """Whether a line goes through the account of what is being settled."""
        chart = self._chart
        if chart is None:
            return False
        place = chart.roles["clearing"]
        return line.account.split(":")[1].startswith(f"{place.code}-")

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
