"""``/vouchers/<unit>/<number>``: a voucher with its postings, papers, hands and chain."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Blueprint, abort, render_template

from ledger.account import account_code, account_label, is_budgetary
from ledger.audit.standing import SEVERITY_WORDS, STATE_WORDS, of_subject
from ledger.canonical import voucher_text
from ledger.errors import Refused, Words
from ledger.money import Money
from ledger.registry import entries, users
from reports.web.access import current_user, desk, may_browse
from reports.web.papers import KINDS, find_paper
from reports.web.units import find_unit, model_of

if TYPE_CHECKING:
    from ledger.entry import Posting
    from ledger.model import FundFacts

vouchers = Blueprint("vouchers", __name__)

_PAPER_NAMES: Final = {
    ".csv": "对账单 CSV",
    ".jpeg": "图片 JPEG",
    ".jpg": "图片 JPEG",
    ".ofd": "OFD",
    ".pdf": "PDF",
    ".png": "图片 PNG",
    ".txt": "文本 text",
    ".xlsx": "电子表格 XLSX",
}


#: What the notes of a posting are called; others are shown by their key.
NOTES: Final = {
    "aid": "帮扶批次",
    "asset": "资产",
    "claim": "应收单",
    "counter": "往来单位",
    "decision": "决议",
    "donor": "捐赠人",
    "gift": "捐赠",
    "kind": "类别",
    "member": "会员",
    "outside-budget": "不纳入预算",
    "parallel": "平行记账规则",
    "transfer": "调拨",
}


#: Notes that have a page at the desk, which who browses may open.
_PAGES: Final = {"aid": "aid", "donor": "donors", "gift": "gifts"}


@dataclass(frozen=True)
class Row:
    """One posting as the page shows it."""

    account: str
    label: str
    code: str
    fund: str
    fund_name: str
    notes: list[tuple[str, str, str]]  # what it is called, what it says, and what opens it
    amount: Money


@dataclass(frozen=True)
class Paper:
    """One paper; ``href`` is empty where the archive lacks it."""

    digest: str
    kind: str
    href: str


@vouchers.get("/vouchers/<unit>/<number>", provide_automatic_options=False)
@may_browse
def voucher(unit: str, number: str) -> str:
    """The page of one voucher; 404 if the book has none of that number."""
    model = model_of(desk().folder, unit)
    try:
        found = model.voucher(number)
        rows_of = _Rows(unit, model.funds())
    except Refused:
        abort(404)
    finally:
        model.close()
    with desk().registry.read() as conn:
        reversed_by = entries.reversal_of(conn, unit, found.number)
        logins = {user.id: user.login for user in users.all_users(conn)}
        raised = [one for one in of_subject(conn, unit, found.number) if one.is_open]
    facts = find_unit(desk().folder, unit)
    return render_template(
        "voucher.html",
        unit=unit,
        unit_name=facts.name if facts else Words(unit, unit),
        voucher=found,
        draft=found.draft,
        rows=[rows_of.row(posting) for posting in found.draft.postings],
        sums=_sums(found.draft.postings),
        half_at=half_at(found.draft.postings),
        papers=[_paper(unit, digest) for digest in found.draft.papers],
        reversed_by=reversed_by,
        may_reverse=not reversed_by and current_user().may("record", unit),
        may_audit=current_user().may("audit", unit),
        audit_findings=raised,
        severities=SEVERITY_WORDS,
        states=STATE_WORDS,
        logins=logins,
        text=voucher_text(found),
    )


class _Rows:
    """Postings as rows, with the names of their funds."""

    def __init__(self, unit: str, funds: dict[str, FundFacts]) -> None:
        self._unit = unit
        self._funds = funds

    def row(self, posting: Posting) -> Row:
        fund = self._funds.get(posting.fund)
        return Row(
            posting.account,
            account_label(posting.account),
            account_code(posting.account),
            posting.fund,
            fund.name if fund else "",
            [(NOTES.get(key, key), text, self._href(key, text)) for key, text in posting.meta],
            posting.amount,
        )

    def _href(self, key: str, text: str) -> str:
        place = _PAGES.get(key)
        return f"/desk/{self._unit}/{place}/{quote(text)}" if place else ""


def half_at(postings: tuple[Posting, ...]) -> int | None:
    """Where the budgetary half begins below the financial one; None where there are not both."""
    first = next((n for n, one in enumerate(postings) if is_budgetary(one.account)), 0)
    return first or None


def _sums(postings: tuple[Posting, ...]) -> list[Money]:
    """The debits of each currency, which are its credits; a budgetary half is the same money."""
    sums: dict[str, int] = defaultdict(int)
    for posting in postings[: half_at(postings)]:
        sums[posting.amount.currency] += max(posting.amount.fen, 0)
    return [Money(fen, currency) for currency, fen in sorted(sums.items())]


def _paper(unit: str, digest: str) -> Paper:
    row = find_paper(unit, digest)
    if row is None:
        return Paper(digest, "", "")
    kind = _PAPER_NAMES.get(row.suffix, "文件 file") if row.suffix in KINDS else "文件 file"
    return Paper(digest, kind, f"/papers/{unit}/{digest}")
