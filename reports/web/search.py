"""``/vouchers/<unit>/``: postings found by words, amount, account, fund and period, and their sums.

A search reads the index of the read model and, for words and amounts, the text of the period; the
terms stand in the address, so that a result can be kept and sent to a colleague.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort, make_response, render_template, request

from ledger.account import account_code, account_label
from ledger.errors import Words
from ledger.money import Money, yuan
from ledger.registry import aid, campaigns, gifts
from reports.statement import VoucherLine
from reports.web.access import desk, may_browse
from reports.web.errors import trouble_page
from reports.web.funds import FundFigures, Months
from reports.web.listing import KINDS, download, found_listing, sides, totals
from reports.web.units import find_unit, model_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.model import Model, PostedLine

search = Blueprint("search", __name__)

_PER_PAGE: Final = 100
_LONGEST: Final = 60
_MOST_TAKEN: Final = 50_000
_TOO_MANY: Final = Words(
    f"超过 {_MOST_TAKEN:,} 笔，请缩小期间或条件后再下载",
    f"more than {_MOST_TAKEN:,} postings: narrow the period or the terms to download them",
)
_CODE: Final = re.compile(r"[A-Z]{2}[0-9]{4}-[0-9]{4,}-[0-9]")
_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")


@dataclass(frozen=True)
class Terms:
    """What is asked for; amounts are compared without their sign, None bounds nothing."""

    words: str
    account: str
    fund: str
    least: Money | None
    most: Money | None
    months: Months


@search.get("/vouchers/<unit>/", provide_automatic_options=False)
@may_browse
def vouchers(unit: str) -> Response:
    """The page, or the same as a file where ``format`` asks for one."""
    facts = find_unit(desk().folder, unit)
    name = facts.name if facts else Words(unit, unit)
    model = model_of(desk().folder, unit)
    try:
        figures = FundFigures(model)
        asked = {
            key: request.args.get(key, "").strip()[:_LONGEST]
            for key in ("q", "account", "fund", "least", "most", "period")
        }
        terms, faults = _terms(asked, figures.last_year)
        found = list(_found(model, terms)) if not faults else []
        accounts = sorted(model.accounts(), key=account_code)
    finally:
        model.close()
    form = request.args.get("format", "")
    if form and not faults:
        if form not in ("csv", "xlsx"):
            abort(404)
        if len(found) > _MOST_TAKEN:
            return trouble_page(413, [_TOO_MANY])
        listing = found_listing(unit, name, str(terms.months), _said(asked), found)
        return download(listing, form)
    pages = max(1, -(-len(found) // _PER_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    debit, credit = totals(found)
    return make_response(
        render_template(
            "search.html",
            unit=unit,
            unit_name=name,
            asked=asked | {"period": asked["period"] or str(terms.months)},
            given={key: value for key, value in asked.items() if value},
            faults=faults,
            funds=figures.names,
            accounts=[(account_code(path), account_label(path)) for path in accounts],
            rows=[
                (line, account_label(line.account), *sides(line.amount))
                for line in found[(page - 1) * _PER_PAGE : page * _PER_PAGE]
            ],
            count=len(found),
            vouchers=len({line.number for line in found}),
            debit=debit,
            credit=credit,
            page=page,
            pages=pages,
            forms=[form for form in KINDS if form in ("csv", "xlsx")],
            opens=_opens(unit, asked["q"]),
        ),
        400 if faults else 200,
    )


def _opens(unit: str, words: str) -> tuple[str, Words] | None:
    """The page of the gift, campaign or aid of a code that is looked for; None for words."""
    code = words.upper()
    if not _CODE.fullmatch(code):
        return None
    with desk().registry.read() as conn:
        if gifts.find(conn, unit, code) is not None:
            return f"/desk/{unit}/gifts/{code}", Words("捐赠", "gift")
        if campaigns.find(conn, unit, code) is not None:
            return f"/desk/{unit}/campaigns/{code}", Words("募捐活动", "campaign")
        if batch := aid.batch_named(conn, unit, code):
            return f"/desk/{unit}/aid/{batch}", Words("帮扶批次", "batch of aid")
    return None


def _terms(asked: dict[str, str], last_year: Months) -> tuple[Terms, list[Words]]:
    faults = []
    months, least, most = last_year, None, None
    try:
        months = Months.parse(asked["period"]) if asked["period"] else last_year
    except ValueError:
        faults.append(
            Words(
                "期间写作 2026、2026-03 或 2026-01..2026-06",
                "a period is written 2026, 2026-03 or 2026-01..2026-06",
            )
        )
    try:
        least, most = _amount(asked["least"]), _amount(asked["most"])
    except ValueError:
        faults.append(Words("金额写作 1200 或 1200.50", "an amount is written 1200 or 1200.50"))
    return Terms(
        asked["q"].casefold(), asked["account"], asked["fund"], least, most, months
    ), faults


def _amount(text: str) -> Money | None:
    text = text.replace(",", "").replace("，", "")
    if not text:
        return None
    if not _AMOUNT.fullmatch(text):
        raise ValueError("not an amount")
    return abs(yuan(text))


def _found(model: Model, terms: Terms) -> Iterator[VoucherLine]:
    accounts = None
    if terms.account:
        accounts = [name for name in model.accounts() if _names(name, terms.account)]
        if not accounts:
            return
    lines = model.lines(
        since=terms.months.first,
        through=terms.months.last,
        accounts=accounts,
        fund=terms.fund or None,
    )
    for line in lines:
        if _holds(line, terms):
            yield VoucherLine(
                line.number, line.day, line.narration, line.account, line.fund, line.amount,
                line.papers,
            )  # fmt: skip


def _names(account: str, asked: str) -> bool:
    """By its code or the code of an account above it, or by a part of its name."""
    if asked.isascii() and asked.isdigit():
        return account_code(account).startswith(asked)
    return asked.casefold() in f"{account_code(account)} {account}".casefold()


def _holds(line: PostedLine, terms: Terms) -> bool:
    size = abs(line.amount.fen)
    if terms.least is not None and size < terms.least.fen:
        return False
    if terms.most is not None and size > terms.most.fen:
        return False
    if not terms.words:
        return True
    noted = (text for _, text in line.meta)
    return any(
        terms.words in text.casefold() for text in (line.number, line.narration, line.payee, *noted)
    )


def _said(asked: dict[str, str]) -> list[tuple[Words, str]]:
    """The terms as they stand at the head of a file."""
    names = {
        "q": Words("文字", "Words"),
        "account": Words("科目", "Account"),
        "fund": Words("资金", "Fund"),
        "least": Words("金额不少于", "At least"),
        "most": Words("金额不多于", "At most"),
    }
    return [(label, asked[key]) for key, label in names.items() if asked[key]]
