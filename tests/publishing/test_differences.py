"""Whatever is subtracted from whatever, nothing published tells of fewer than five persons.

The proof does not look into groups: it changes one person's money in the whole book, publishes
again, and asks which published figures moved. A figure that one to four persons can move tells of
them. Figures are sums over some lines of a group, balances of an account or a fund at the end of
each month, single rows, and the differences between two publications.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.entry import Draft, Voucher, voucher_number
from ledger.errors import Words
from ledger.money import Money
from ledger.period import Month, Period
from ledger.publishing.projecting import project_book
from ledger.publishing.reading import FullBook
from ledger.publishing.values import FEWEST, PublicAccount, PublicBook, PublicFund, Published
from ledger.unitfacts import UnitFacts
from tests.publishing.books import (
    ACCOUNTS,
    AID,
    BACK,
    BANK,
    DUES,
    FEES,
    FUNDS,
    GIFTS,
    OPENED,
    SPORTS,
    SURPLUS,
    TRANSIT,
    UNIT,
    WARMTH,
    WECHAT,
    draft,
    member,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE = 9
#: How many books the suite makes; ``make canaries`` makes many more.
MANY = int(os.environ.get("MINGBAI_BOOKS", "8"))
KINDS = ("dues", "gift", "list", "back", "aid", "warmth", "fee", "way", "buy", "reverse", "mixed")


@dataclass(frozen=True)
class Event:
    """Something that happened in a month to somebody: what a voucher will say."""

    kind: str
    month: int
    who: int
    fen: int
    others: tuple[int, ...] = ()


events = st.builds(
    Event,
    st.sampled_from((*KINDS, "dues", "dues", "gift", "list")),
    st.integers(1, 6),
    st.integers(0, PEOPLE - 1),
    st.integers(1_000, 999_999),
    st.lists(st.integers(0, PEOPLE - 1), max_size=4, unique=True).map(tuple),
)


def drafts(spec: list[Event], scale: dict[str, int]) -> Iterator[Draft | int]:
    """The vouchers of a spec; ``scale`` multiplies somebody's money. An int reverses that one."""
    for place, event in enumerate(spec):
        day = date(2025, event.month, 1 + place % 28)

        def fen(who: int, event: Event = event) -> int:
            return (event.fen + who) * scale.get(member(who), 1)

        mine = event.fen * scale.get(f"event {place}", 1)
        who = member(event.who)
        if event.kind in ("dues", "gift"):
            account = DUES if event.kind == "dues" else GIFTS
            bank = WECHAT if event.fen % 2 else BANK
            yield draft(day, (bank, fen(event.who), "F01"), (account, -fen(event.who), "F01", who))
        elif event.kind == "list":
            people = sorted({event.who, *event.others})
            total = sum(map(fen, people))
            lines = [(DUES, -fen(one), "F01", member(one)) for one in people]
            yield draft(day, (BANK, total, "F01"), *lines)
        elif event.kind == "mixed":
            part = fen(event.who)
            yield draft(
                day, (BANK, 3 * part, "F01"), (DUES, -part, "F01", who),
                (GIFTS, -2 * part, "F01", who),
            )  # fmt: skip
        elif event.kind == "back":
            yield draft(day, (BACK, mine, "F01"), (BANK, -mine, "F01"))
        elif event.kind in ("aid", "warmth"):
            account = AID if event.kind == "aid" else WARMTH
            yield draft(day, (account, mine, "F04"), (BANK, -mine, "F04"))
        elif event.kind == "fee":
            yield draft(day, (FEES, mine, "F01"), (WECHAT, -mine, "F01"))
        elif event.kind == "way":
            yield draft(day, (TRANSIT, mine, "F01"), (WECHAT, -mine, "F01"))
            if event.fen % 3:
                yield draft(day, (BANK, mine, "F01"), (TRANSIT, -mine, "F01"))
        elif event.kind == "buy":
            fund = ("F01", "F02", "F04")[event.who % 3]
            yield draft(day, (SPORTS, event.fen, fund), (BANK, -event.fen, fund), payee="示例公司")
        else:
            yield event.month


def full_book(spec: list[Event], scale: dict[str, int], *, close: bool = True) -> FullBook:
    """The whole book of a spec, its year carried over where ``close``."""
    posted: list[Voucher] = []
    ordinals: Counter[tuple[str, Month]] = Counter()
    reversed_: set[str] = set()

    def post(one: Draft) -> None:
        key = one.kind, one.month
        ordinals[key] += 1
        number = voucher_number(one.kind, one.month, ordinals[key])
        at = OPENED_AT.replace(month=one.month.month)
        seq = 10 + len(posted)
        posted.append(Voucher(one, number, f"v-{seq}", seq, "u-1", (), at))

    for one in drafts(spec, scale):
        if isinstance(one, Draft):
            post(one)
            continue
        free = [v for v in posted if v.number not in reversed_ and v.draft.reverses is None]
        if free:
            back = free[one % len(free)]
            reversed_.add(back.number)
            post(_reversal(back))
    if close:
        _carry(posted, post)
    accounts = tuple(PublicAccount(row.name, "", row.capital, "CNY", OPENED) for row in ACCOUNTS)
    funds = tuple(
        PublicFund(row.code, row.name, "", row.restriction, OPENED, None) for row in FUNDS
    )
    facts = UnitFacts(UNIT, Words("示例", "Example"), "union-2021-basic", OPENED, Money(0))
    return FullBook(facts, 10 + len(posted), accounts, funds, tuple(posted), ())


def _reversal(back: Voucher) -> Draft:
    from ledger.posting import negated

    lines = tuple(map(negated, back.draft.postings))
    return Draft(
        UNIT, back.draft.day, back.draft.kind, "", lines, payee=back.draft.payee,
        reverses=back.number,
    )  # fmt: skip


def _carry(posted: list[Voucher], post: object) -> None:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for voucher in posted:
        for line in voucher.draft.postings:
            if line.account.startswith(("Income:", "Expenses:")):
                sums[line.account, line.fund] += line.amount.fen
    for fund in ("F01", "F02", "F04"):
        lines = [(name, -fen, fund) for (name, of), fen in sums.items() if of == fund and fen]
        total = sum(fen for _, fen, _ in lines)
        if lines and total:
            post(draft(date(2025, 6, 30), *lines, (SURPLUS, -total, fund)))  # type: ignore[operator]


def publish(book: FullBook, period: str, published: tuple[Published, ...] = ()) -> PublicBook:
    return project_book(
        book, Period.parse(period), "public", published=published, known={}, same={},
        named=lambda _: False,
    )  # fmt: skip


def figures(book: PublicBook) -> dict[object, int]:
    """Every figure that follows from one publication."""
    found: dict[object, int] = defaultdict(int)
    dated = [(row.day, row.lines) for row in book.rows]
    dated += [(group.day, group.lines) for group in book.groups]
    for day, lines in dated:
        for line in lines:
            for month in range(day.month, 13):
                found["balance", line.account, line.fund, month] += line.amount.fen
                found["fund", line.account.partition(":")[0], line.fund, month] += line.amount.fen
            found["moved", line.account, line.fund, day.month] += line.amount.fen
    for row in book.rows:
        for line in row.lines:
            found["row", row.number, line.account, line.fund] = line.amount.fen
    for group in book.groups:
        for size in range(1, len(group.lines)):
            for some in combinations(range(len(group.lines)), size):
                found["group", group.seqs, some] = sum(
                    group.lines[place].amount.fen for place in some
                )
    return found


OPENED_AT = datetime(2025, 1, 1, 12)


@settings(max_examples=MANY, deadline=None)
@given(st.lists(events, min_size=6, max_size=25), st.sampled_from(["2025-Q2", "2025"]))
def test_no_figure_and_no_difference_tells_of_fewer_than_five(
    spec: list[Event], later: str
) -> None:
    everyone = [member(who) for who in range(PEOPLE)]
    everyone += [f"event {place}" for place in range(len(spec))]

    def told(scale: dict[str, int]) -> tuple[dict[object, int], tuple[object, ...]]:
        book = full_book(spec, scale)
        first = publish(book, "2025-Q1")
        second = publish(book, later, first.published)
        one, two = figures(first), figures(second)
        both: dict[object, int] = {("first", *_key(k)): v for k, v in one.items()}
        both |= {("second", *_key(k)): v for k, v in two.items()}
        both |= {("between", *_key(k)): two.get(k, 0) - one.get(k, 0) for k in set(one) | set(two)}
        shape = tuple(group.seqs for group in (*first.groups, *second.groups))
        return both, shape

    whole, shape = told({})
    moved: Counter[object] = Counter()
    for who in everyone:
        changed, other = told({who: 3})
        if other != shape:
            return  # money that cancelled by chance: another book
        moved.update(
            key for key in set(whole) | set(changed) if whole.get(key, 0) != changed.get(key, 0)
        )
    assert {key: count for key, count in moved.items() if count < FEWEST} == {}


def _key(key: object) -> tuple[object, ...]:
    assert isinstance(key, tuple)
    return key


@settings(max_examples=2 * MANY, deadline=None)
@given(st.lists(events, max_size=40))
def test_what_is_published_and_what_waits_are_the_whole_book(spec: list[Event]) -> None:
    book = full_book(spec, {}, close=False)
    found = publish(book, "2025")
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for voucher in book.vouchers:
        for posting in voucher.draft.postings:
            sums[posting.account.partition(":")[0], posting.fund] += posting.amount.fen
    for lines in (*(row.lines for row in found.rows), *(group.lines for group in found.groups)):
        for line in lines:
            sums[line.account.partition(":")[0], line.fund] -= line.amount.fen
    for cell, fen in found.held_sums.items():
        sums[cell.account.partition(":")[0], cell.fund] -= fen
    assert set(sums.values()) <= {0}
    everywhere = [row.seq for row in found.rows] + [*found.held, *found.quiet]
    everywhere += [seq for group in found.groups for seq in group.seqs]
    assert sorted(everywhere) == [voucher.seq for voucher in book.vouchers]
