"""Releasing restrictions: net assets become free as their purpose is met, or time passes.

Each release names the voucher that is its evidence, and carries that voucher's papers. What was
released is read from the book, so that running it again proposes only what is missing; where a
voucher that was evidence was reversed, its release is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.entry import MOST_MARKS, Posting, build_draft, meta_of, safe_text
from ledger.errors import Refused, finding
from ledger.fundcheck import is_restricted
from ledger.gifts import waiting
from ledger.gifts.accounts import release_accounts
from ledger.gifts.following import FundFollowed, Terms, follow_fund
from ledger.gifts.marks import EVIDENCE, GIFT
from ledger.gifts.standing import USUAL
from ledger.layout import unit_folder
from ledger.model import Model
from ledger.money import Money
from ledger.registry import campaigns, entries, gifts
from ledger.registry.gifts import AGENCY, ASSET, SERVICE, GiftRow
from ledger.words import typed

if TYPE_CHECKING:
    from ledger.model import PostedLine
    from ledger.registry import Registry, User

_AT_ONCE = 400
#: Of these a fund's restriction is met by time alone.
_TIME = "time"


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be released of a fund by one voucher; below nothing where it is taken back.

    ``gift`` is named where a day of its own binds it.
    """

    evidence: str
    gift: str
    fen: int
    papers: tuple[str, ...]


def releases_due(registry: Registry, unit: str, fund: str, on: date) -> list[Due]:
    """What is met by ``on`` and was not released yet; nothing where the chart has no release.

    A gift that waits for a day is released by what spent it, and no earlier than that day; in a
    fund that time alone binds, it is released on the day.
    """
    with registry.read() as conn:
        accounts = release_accounts(conn, unit)
        row = entries.funds(conn, unit, [fund]).get(fund)
        if row is None or not is_restricted(row.restriction) or accounts is None:
            return []
        campaign = campaigns.of_fund(conn, unit, fund)
        # What a giver bound as a thing of lasting use is released as it wears: ledger.assets.
        rows = {one.code: one for one in gifts.of_fund(conn, unit, fund)}
        worn = {code for code, one in rows.items() if one.kind == ASSET}
        drafted = list(waiting.postings(conn, unit, "release", fund))
    rule = campaign.rule if campaign is not None else USUAL
    model = Model.open(unit_folder(registry.folder, unit))
    try:
        followed = follow_fund(model, fund, rule, on, Terms.of(rows.values()))
        lines = [line for line in model.lines(accounts=[accounts[0]], fund=fund) if line.day <= on]
    finally:
        model.close()
    # What waits for a checker is not proposed again.
    done = _released([*lines, *(line for line in drafted if line.account == accounts[0])])
    by = _by_time if row.restriction == _TIME else _by_use
    met = by(followed, rows, worn, on)
    wanted: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {}
    for one in met:
        before, papers = wanted.get((one.evidence, one.gift), (0, one.papers))
        wanted[one.evidence, one.gift] = (before + one.fen, papers)
    found = []
    for key in dict.fromkeys([*wanted, *done]):
        fen, papers = wanted.get(key, (0, ()))
        if fen != done.get(key, 0):
            found.append(Due(*key, fen - done.get(key, 0), papers))
    return found


def release(
    registry: Registry, unit: str, fund: str, on: date, user: User, now: datetime
) -> list[str]:
    """Propose the drafts that release what is due; their ids. Refused where nothing is."""
    workflow.demand(user, "record", unit)
    due = releases_due(registry, unit, fund, on)
    if not due:
        raise Refused(
            finding(
                "nothing-to-release", f"资金 {typed(fund)} 没有待解除的限定",
                f"nothing of fund {typed(fund)} is to be released",
                "工会账簿不作此分录；社会组织先有支出或到期",
                "unions enter none; others spend first, or wait for the day",
            )
        )  # fmt: skip
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        accounts = release_accounts(conn, unit)
        assert accounts is not None  # noqa: S101 - else nothing is due
        made = []
        for start in range(0, len(due), _AT_ONCE):
            part = due[start : start + _AT_ONCE]
            papers = tuple(dict.fromkeys(p for one in part for p in one.papers))[:MOST_MARKS]
            first = part[0].evidence
            draft = build_draft(
                unit=unit, day=on, kind="转", postings=tuple(_postings(part, fund, accounts)),
                papers=papers, source=waiting.source(conn, unit, "release", fund),
                narration=safe_text(f"解除限定 {fund}：{first} 等 {len(part)} 笔"),
            )  # fmt: skip
            made.append(workflow.propose_in(conn, registry, draft, user.id, now))
        return made


def _postings(part: list[Due], fund: str, accounts: tuple[str, str]) -> Iterator[Posting]:
    restricted, free = accounts
    for one in part:
        said = meta_of({EVIDENCE: one.evidence, GIFT: one.gift})
        yield Posting(restricted, Money(one.fen), fund, said)
        yield Posting(free, Money(-one.fen), fund, said)


def _by_use(
    followed: FundFollowed, rows: dict[str, GiftRow], worn: set[str], on: date
) -> Iterator[Due]:
    """What the fund spent, and the things that were handed out, by voucher."""
    waits = {
        code: row.until for code, row in rows.items() if row.until is not None and code not in worn
    }
    bound: dict[str, int] = {}
    for code, row in rows.items():
        if row.kind == SERVICE and code in followed.codes:  # was never restricted
            for use in followed.gift(code).uses:
                bound[use.voucher] = bound.get(use.voucher, 0) + use.fen
    for code, until in waits.items():
        if code not in followed.codes:
            continue
        for use in followed.gift(code).uses:
            bound[use.voucher] = bound.get(use.voucher, 0) + use.fen
            if until <= on:
                yield Due(use.voucher, code, use.fen, use.papers)
    things = {
        (use.voucher, code): use
        for code, gift in followed.gifts.items()
        if code not in waits and code not in worn and rows[code].nature != AGENCY
        for use in gift.uses
        if use.units
    }
    spent = {one.number: (fen, one.papers) for one, fen in followed.spendings()}
    for (number, _), use in things.items():
        fen, papers = spent.get(number, (0, use.papers))
        spent[number] = (fen + use.fen, papers)
    for number, (fen, papers) in spent.items():
        if rest := fen - bound.get(number, 0):
            yield Due(number, "", rest, papers)


def _by_time(
    followed: FundFollowed, rows: dict[str, GiftRow], worn: set[str], on: date
) -> Iterator[Due]:
    """Gifts whose day has come, each by the vouchers that brought it."""
    for code, gift in followed.gifts.items():
        until = rows[code].until if code in rows else None
        if until is not None and until <= on and code not in worn:
            for one in gift.came:
                yield Due(one.voucher, code, one.fen, one.papers)
            for one in gift.returns:
                yield Due(one.voucher, code, -one.fen, one.papers)


def _released(lines: Iterable[PostedLine | Posting]) -> dict[tuple[str, str], int]:
    """What was released already, in fen by evidence and gift."""
    done: dict[tuple[str, str], int] = {}
    for line in lines:
        said = dict(line.meta)
        if EVIDENCE in said:
            key = (said[EVIDENCE], said.get(GIFT, ""))
            done[key] = done.get(key, 0) + line.amount.fen
    return done
