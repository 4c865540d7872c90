"""``mingbai demo --size stress``: a federation as large as one likes, for measurements only.

A tree of three levels, everything deterministic: books are written as canonical text, chained and
numbered as the journal would, and then taken over as any book is. Money goes down and up between
units by references that both books name. Nobody's dues, persons or papers are here.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from ledger import clock, rebuild
from ledger.cli import acting
from ledger.cli.bench.books import AccountLine, BookWriter, FundLine
from ledger.cli.demo.steps import Steps
from ledger.clock import CHINA
from ledger.entry import Draft, Posting
from ledger.errors import CannotRun, finding
from ledger.money import Money
from ledger.period import Month
from ledger.registry import Registry, ids, transfers, units, users
from ledger.registry.settings import DEFAULT_URL

YEAR: Final = 2026
ROOT: Final = "shi"
BANK: Final = "Assets:102-银行存款:01-基本户"
SPORTS: Final = "Expenses:501-职工活动支出:02-文体活动支出"
OFFICE: Final = "Expenses:505-业务支出:04-其他业务支出"
DOWN: Final = "Expenses:508-补助下级支出"
DUES: Final = "Income:401-会费收入"
LEVY: Final = "Income:402-拨缴经费收入"
GRANT: Final = "Income:403-上级补助收入:01-一般性转移支付补助"
SURPLUS: Final = "Equity:322-工会资金结余:05-累计结余"
ACCOUNTS: Final = tuple(
    AccountLine(name) for name in (BANK, SURPLUS, DUES, LEVY, GRANT, SPORTS, OFFICE, DOWN)
)
FUNDS: Final = (FundLine("F01", "会费"), FundLine("F02", "拨缴经费"), FundLine("F03", "补助"))
CHART: Final = "union-2021-county"
OPENING: Final = "年初余额"
LIMIT: Final = Money(10**15)
_MONTHS: Final = tuple(Month(YEAR, number) for number in range(1, 13))
_OPENED: Final = date(YEAR, 1, 1)
#: What a demonstration's users log in with; it holds nothing of anybody's.
PASSWORD: Final = "mingbai-demo"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Place:
    """A unit's place in the tree."""

    id: str
    name: str
    upper: str


@dataclass(frozen=True, slots=True)
class Passed:
    """One transfer of the story: ``sent`` and ``arrived`` are its days."""

    reference: str
    payer: str
    payee: str
    fen: int
    sent: date
    arrived: date


def tree(count: int) -> list[Place]:
    """``count`` units: one at the top, about the root of the rest in the middle, the rest below."""
    middle = max(1, min(count - 1, round((count - 1) ** 0.5))) if count > 1 else 0
    found = [Place(ROOT, "测量市总工会（示例）", "")]
    found += [Place(f"qu-{n:04d}", f"测量区{n}总工会（示例）", ROOT) for n in range(middle)]
    found += [
        Place(f"ji-{n:05d}", f"测量基层{n}工会（示例）", f"qu-{n % middle:04d}")
        for n in range(count - 1 - middle)
    ]
    return found


def run_stress(
    target: Path, count: int, vouchers: int, seed: int, *, url: str | None = None
) -> int:
    """Make ``count`` books with ``vouchers`` vouchers in all in ``target``; the exit status."""
    if count < 1 or vouchers < 2 * count:
        raise CannotRun(
            finding(
                "bad-size",
                "至少一个单位，每个单位至少两张凭证",
                "at least one unit, and two vouchers for each",
                "例如 --units 400 --vouchers 500000",
                "for example --units 400 --vouchers 500000",
            )
        )
    steps = Steps(3)
    places = tree(count)
    with ids.drawn_from(seed):
        with steps.step("建立联合会", "the federation"):
            registry = _begin(target, url)
        try:
            with steps.step("写出账簿", "books are written"):
                user = _administrator(registry)
                of_unit: dict[str, list[Passed]] = defaultdict(list)
                for passed in _enter(registry, places, seed, user):
                    of_unit[passed.payer].append(passed)
                    of_unit[passed.payee].append(passed)
                written = sum(
                    _write(target, one, of_unit[one.id], vouchers // count, seed) for one in places
                )
                steps.say(f"{count:,} 个单位 units，{written:,} 张凭证 vouchers")
            with steps.step("接管账簿", "books are taken over"):
                now = datetime(YEAR, 12, 31, 20, tzinfo=CHINA)
                for one in places:  # upper units first
                    rebuild.journal_from_text(registry, one.id, user, now)
            with registry.read() as conn:
                auditor = users.of_login(conn, "auditor")
            acting.log_in(registry, auditor, clock.now())
        finally:
            registry.close()
    print(
        f"\n登录名 logins: admin, auditor；口令 password: {PASSWORD}\n"
        f"已登录 auditor is logged in: mingbai consolidate {target} --unit {ROOT} --period {YEAR}"
    )
    return 0


def _begin(target: Path, url: str | None) -> Registry:
    registry = Registry.create(
        target, id="stress", name="测量联合会（示例）", name_en="A federation to measure",
        url=url or DEFAULT_URL,
    )  # fmt: skip
    now = datetime(YEAR, 1, 1, 9, tzinfo=CHINA)
    with registry.write() as conn:
        for login, role in (("admin", "administrator"), ("auditor", "auditor")):
            users.add(
                conn, login=login, password=PASSWORD,
                roles=frozenset({(users.EVERYWHERE, role)}), now=now,
            )  # fmt: skip
    return registry


def _administrator(registry: Registry) -> str:
    with registry.read() as conn:
        return users.of_login(conn, "admin").id


# ---- money between units -----------------------------------------------------------------------


def _enter(registry: Registry, places: list[Place], seed: int, user: str) -> list[Passed]:
    """The units, and each month a grant to every unit below another, as the registry knows them."""
    draw = random.Random(seed)
    now = datetime(YEAR, 1, 1, 10, tzinfo=CHINA)
    found: list[Passed] = []
    with registry.write() as conn:
        for place in places:
            units.add(
                conn, unit=place.id, name=place.name, name_en="", chart=CHART, opened=_OPENED,
                limit_fen=LIMIT.fen, upper=place.upper or None,
            )  # fmt: skip
        for month in _MONTHS:
            for place in places:
                if not place.upper:
                    continue
                fen = draw.randrange(100_00, 5_000_00)
                day = date(YEAR, month.month, draw.randrange(5, 20))
                row = transfers.expect(
                    conn, payer=place.upper, payee=place.id, kind="allocation", fen=fen,
                    day=day.replace(day=28), origin=f"stress:{month}", narration="基层补助",
                    user=user, now=now,
                )  # fmt: skip
                arrived = day.replace(day=day.day + draw.randrange(0, 5))
                found.append(Passed(row.reference, place.upper, place.id, fen, day, arrived))
    return found


# ---- books -------------------------------------------------------------------------------------


def _write(target: Path, place: Place, passed: list[Passed], count: int, seed: int) -> int:
    """One unit's book of about ``count`` vouchers; how many there are."""
    writer = BookWriter(target, place.id, _OPENED)
    writer.found(ACCOUNTS, FUNDS, CHART, name=place.name, upper=place.upper)
    drafts = sorted(_drafts(place, passed, count, seed), key=lambda draft: draft.day)
    for number, draft in enumerate(drafts):
        writer.post(replace(draft, source=f"stress:{number}"))
    writer.save()
    return len(drafts)


def _drafts(place: Place, passed: list[Passed], count: int, seed: int) -> Iterator[Draft]:
    draw = random.Random(f"{seed}:{place.id}")
    yield _entry(
        place, _OPENED, "转", OPENING,
        *(
            line
            for fund in FUNDS
            for line in (
                Posting(BANK, Money(10**11), fund.code),
                Posting(SURPLUS, Money(-(10**11)), fund.code),
            )
        ),
    )  # fmt: skip
    made = 1
    for one in passed:
        if one.payer == place.id:
            yield _passed(place, one, one.sent, one.payee, DOWN, 1)
            made += 1
        elif one.payee == place.id:
            yield _passed(place, one, one.arrived, one.payer, GRANT, -1)
            made += 1
    for number in range(max(0, count - made)):
        day = date(YEAR, 1 + number * 12 // max(1, count - made), draw.randrange(1, 29))
        fund = draw.choice(FUNDS).code
        fen = draw.randrange(10_00, 3_000_00)
        if draw.random() < 0.5:
            came = draw.choice((DUES, LEVY))
            lines = (Posting(BANK, Money(fen), fund), Posting(came, Money(-fen), fund))
            yield _entry(place, day, "收", f"第 {number} 笔收款", *lines)
        else:
            went = draw.choice((SPORTS, OFFICE))
            lines = (Posting(went, Money(fen), fund), Posting(BANK, Money(-fen), fund))
            yield _entry(place, day, "付", f"第 {number} 笔付款", *lines)


def _passed(place: Place, one: Passed, day: date, other: str, account: str, sign: int) -> Draft:
    said = (("counter", other), ("transfer", one.reference))
    lines = (
        Posting(account, Money(sign * one.fen), "F03", said),
        Posting(BANK, Money(-sign * one.fen), "F03", said),
    )
    kind = "付" if sign > 0 else "收"
    return _entry(place, day, kind, f"补助 {one.reference}", *lines)


def _entry(place: Place, day: date, kind: str, narration: str, *lines: Posting) -> Draft:
    tags = ("opening",) if narration == OPENING else ()
    return Draft(place.id, day, kind, narration, tuple(lines), tags=tags, source="stress")
