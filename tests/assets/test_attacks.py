"""Nothing moves, sells or lends a thing without its decision: every state, act and path.

A state is built, then everything that somebody who may record could try in it is tried, by every
way into the books. Each is refused with a finding, and nothing is written: not a row, not a byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from importers import staging
from importers.drafting import OtherSide
from ledger import reversing, workflow
from ledger.account import account_code
from ledger.assets.asked import Asked
from ledger.assets.disposing import Leaving, dispose
from ledger.assets.handing import give_back, hand_over
from ledger.assets.receiving import Received, receive
from ledger.assets.requesting import approve, ask, refuse, withdraw
from ledger.assets.standing import AssetStanding
from ledger.entry import Draft, Lot, Posting, voucher_class
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.layout import unit_folder
from ledger.money import Money, yuan
from ledger.registry import asset_requests, entries, schema
from ledger.registry.asset_requests import RequestRow
from tests.assets.keeping import DECISION, PASSWORD, SISTER, UNIT, Keeping, begin
from tests.cli.command import Told, by_user
from tests.house import BANK, MACHINES, House
from tests.house import UNIT as TINY
from tests.importers.desk import FULL, Desk, history
from tests.web.desk import Browser, at_desk, house, typed

__all__ = ["at_desk", "house"]

MAY = date(2026, 5, 10)
#: What a decision has to be, and is not: none named, never recorded, not carried, another unit's,
#: taken after the request.
DECISIONS = ("", "决〔2099〕9号", "决〔2026〕2号", "决〔2026〕3号", "决〔2026〕4号")
KINDS = ("move", "transfer", "loan", "lease", "repair", "scrap", "sale", "donation", "loss")
CHARTS = ("union-2021-basic", "npo-2024", "government-2019")
COST = {"union-2021-basic": "162", "npo-2024": "1501", "government-2019": "1601"}
WORN = {"union-2021-basic": "163", "npo-2024": "1502", "government-2019": "1602"}
EXPENSE = {"union-2021-basic": "50404", "npo-2024": "5101", "government-2019": "5001"}


class Target:
    """A thing in some state, of one unit's; ``code`` is its code, ``request`` the last for it."""

    def __init__(self, keeping: Keeping, code: str, request: str = "") -> None:
        self.keeping, self.code, self.request = keeping, code, request
        self.registry, self.chart = keeping.registry, keeping.chart
        self.cost = keeping.account(COST[self.chart])

    @property
    def stands(self) -> AssetStanding:
        return self.keeping.stands(self.code)

    def row(self) -> RequestRow:
        with self.registry.read() as conn:
            found = asset_requests.find(conn, UNIT, self.request)
        assert found is not None
        return found


# ---- states --------------------------------------------------------------------------------------


def uncarded(keeping: Keeping) -> Target:
    keeping.own()
    target = Target(keeping, "FA-00077")
    line = lot(target, 1)
    keeping.post(line, Posting(keeping.bank, -line.amount, "F01"), day=date(2026, 3, 20))
    return target


def waiting(keeping: Keeping) -> Target:
    keeping.own()
    return Target(keeping, keeping.add(name="投影仪").row.code)


def in_use(keeping: Keeping) -> Target:
    return Target(keeping, keeping.own())


def nominal(keeping: Keeping) -> Target:
    return Target(keeping, keeping.own(cost=yuan("1.00"), bulk=True))


def component(keeping: Keeping) -> Target:
    return Target(keeping, keeping.own(parent=keeping.own(name="主机"), name="显示屏"))


def memo(keeping: Keeping) -> Target:
    keeping.own()
    facts = {"source": "memo", "ownership": "employer", "cost": Money(0), "fund": ""}
    return Target(keeping, keeping.own(name="行政借用的桌子", class_id="furniture", **facts))


def after(kind: str, act: str) -> Callable[[Keeping], Target]:
    """The state after a request was asked for, approved, handed over …"""

    def build(keeping: Keeping) -> Target:
        code = keeping.own()
        if act in ("asked", "refused", "withdrawn"):
            row = keeping.ask(kind, code)
            if act == "refused":
                refuse(keeping.registry, UNIT, row.code, "不同意", keeping.checker, keeping.now)
            elif act == "withdrawn":
                withdraw(keeping.registry, UNIT, row.code, keeping.maker, keeping.now)
        elif act == "approved":
            row = keeping.approved(kind, code)
        else:
            row = keeping.handed(kind, code)
        if act in ("drafted", "gone"):
            money = keeping.bank if kind == "sale" else ""
            how = Leaving(MAY, money)
            draft = dispose(keeping.registry, UNIT, row.code, how, keeping.maker, keeping.now)
            if act == "gone":
                keeping.approve(draft)
        return Target(keeping, code, row.code)

    return build


STATES: dict[str, Callable[[Keeping], Target]] = {
    "without a card": uncarded,
    "not in the book yet": waiting,
    "in use": in_use,
    "of nominal value": nominal,
    "component": component,
    "memo": memo,
    "moved": after("move", "handed"),
    "lent": after("loan", "handed"),
    "leased": after("lease", "handed"),
    "being repaired": after("repair", "handed"),
    "asked for": after("sale", "asked"),
    "approved": after("sale", "approved"),
    "refused": after("sale", "refused"),
    "withdrawn": after("sale", "withdrawn"),
    "handed over to be sold": after("sale", "handed"),
    "its disposal waits": after("sale", "drafted"),
    "gone": after("scrap", "gone"),
}
#: Where nothing is open: only what lacks a decision is refused as such.
FREE = ("in use", "of nominal value", "component", "moved", "refused", "withdrawn")


# ---- paths ---------------------------------------------------------------------------------------


def lot(target: Target, units: int, fund: str = "F01") -> Posting:
    one = Lot(Decimal(units), target.code, Money(12000_00))
    stood = target.stands.cost_fen if target.code != "FA-00077" else 0
    if stood:
        one = replace(one, cost=Money(stood))
    return Posting(target.cost, one.weight, fund, (), one)


def taken(target: Target) -> Iterator[tuple[str, tuple[Posting, ...]]]:
    """The entries by which somebody would take a thing out of its account by hand."""
    keeping, out = target.keeping, lot(target, -1)
    worth = -out.amount
    for name, account, fund in (
        ("spent", keeping.account(EXPENSE[target.chart]), "F01"),
        ("sold", keeping.bank, "F01"),
    ):
        yield name, (Posting(account, worth, fund), out)
    marks = (("asset", target.code), ("decision", DECISION), ("request", "ZB2026-0001-4"))
    yield "sold as if asked", (Posting(keeping.bank, worth, "F01", marks), replace(out, meta=marks))
    yield "into another fund", (lot(target, 1, "F02"), out)
    yield "half of it", (
        Posting(keeping.bank, Money(worth.fen // 2), "F01"),
        Posting(target.cost, Money(-(worth.fen // 2)), "F01", (),
                Lot(Decimal("-0.5"), target.code, worth)),
    ) if worth.fen % 2 == 0 else (Posting(keeping.bank, worth, "F01"), out)  # fmt: skip
    yield "as money", (Posting(keeping.bank, worth, "F01"), Posting(target.cost, -worth, "F01"))
    worn = keeping.account(WORN[target.chart])
    said = (("asset", target.code),)
    yield "worn away", (Posting(worn, worth, "F01", said), out)
    yield "worn anew", (Posting(worn, Money(100), "F01", said), Posting(keeping.bank, Money(-100),
                                                                        "F01"))  # fmt: skip


def by_draft(target: Target) -> Iterator[tuple[str, Callable[[], object]]]:
    keeping = target.keeping
    for name, lines in taken(target):
        for tags in ((), ("opening",)):
            day = date(2026, 1, 1) if tags else MAY
            for source in ("user", f"accept:{name}"):
                draft = Draft(UNIT, day, voucher_class(lines), name, lines, tags=tags,
                              source=source)  # fmt: skip
                yield (
                    f"draft {name}",
                    partial(workflow.propose, target.registry, draft, keeping.maker, keeping.now),
                )


def spending(keeping: Keeping, chart: str) -> str:
    """The draft of something harmless that waits."""
    account = keeping.account(EXPENSE[chart])
    lines = (Posting(account, Money(100), "F01"), Posting(keeping.bank, Money(-100), "F01"))
    draft = Draft(UNIT, MAY, "付", "办公用品", lines)
    return workflow.propose(keeping.registry, draft, keeping.maker, keeping.now)


def by_amending(target: Target, made: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """A waiting draft of something harmless, changed into a disposal."""
    keeping = target.keeping
    for name, others in taken(target):
        new = Draft(UNIT, MAY, voucher_class(others), name, others)
        yield (
            f"amended {name}",
            partial(workflow.amend, target.registry, made, new, keeping.maker, keeping.now),
        )


def by_reversal(target: Target, state: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """The voucher that brought it, reversed without a correction that was approved."""
    keeping = target.keeping
    if state in ("without a card", "not in the book yet", "memo", "gone"):
        return  # what has no card yet is corrected like any other entry
    with target.registry.read() as conn:
        brought = [
            row.number
            for row in entries.all_entries(conn, UNIT)
            if row.number and f" {target.code} {{".encode() in row.text
        ]
    for number in brought[:1]:
        yield "reversed", partial(
            reversing.reverse, target.registry, UNIT, number, keeping.maker, keeping.now,
            day=date(2026, 6, 1), reason="误记",
        )  # fmt: skip


def by_request(target: Target, state: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """A request without a decision; and with one where it is not free for another."""
    keeping = target.keeping
    for kind in KINDS:
        for number in DECISIONS:
            yield f"{kind} by {number}", partial(keeping.ask, kind, target.code, decision=number)
        if state not in (*FREE, "memo"):
            yield f"{kind} although {state}", partial(keeping.ask, kind, target.code)
    if state == "memo":
        for kind in ("sale", "donation", "lease", "transfer", "estimate"):
            yield f"{kind} of a memo", partial(keeping.ask, kind, target.code)


def by_acting(target: Target, state: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """The steps of a request out of their order, and by who may not take them."""
    if not target.request:
        return
    keeping, registry, code = target.keeping, target.registry, target.request
    now, day = keeping.now, date(2026, 5, 9)
    how = Leaving(MAY, keeping.bank)
    sale = state not in ("moved", "lent", "leased", "being repaired", "gone")
    if state != "handed over to be sold":
        yield "disposed of", partial(dispose, registry, UNIT, code, how, keeping.maker, now)
    for who in (keeping.maker, keeping.keeper, keeping.reader, keeping.sister, keeping.checker):
        if state == "asked for" and who is keeping.checker:
            continue
        yield f"approved by {who.login}", partial(approve, registry, UNIT, code, who, now)
    signed = partial(hand_over, registry, UNIT, code, day)
    yield "handed over unsigned", partial(signed, keeping.maker, now)
    for who in (keeping.reader, keeping.sister, keeping.checker):
        yield f"handed over by {who.login}", partial(signed, who, now, b"s", "s.txt")
    if state != "approved":
        yield "handed over", partial(signed, keeping.maker, now, b"s", "s.txt")
    if sale or state in ("moved", "gone"):
        yield "given back", partial(give_back, registry, UNIT, code, day, keeping.maker, now)
    else:
        yield (
            "given to another",
            partial(
                give_back, registry, UNIT, code, day, keeping.maker, now, to="zhou", place="家"
            ),
        )
    for unit, who in ((SISTER, keeping.sister), (UNIT, keeping.maker)):
        got = Received(unit, code, MAY, "F01", "qian", "一楼")
        yield f"received by {unit}", partial(receive, registry, got, who, now)
    asked = Asked(SISTER, "scrap", [target.code], DECISION, MAY, "坏", "worn-out")
    yield "asked for by another unit", partial(ask, registry, asked, keeping.sister, now)


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("state", STATES)
def test_nothing_moves_without_its_decision(tmp_path: Path, state: str, chart: str) -> None:
    keeping = begin(tmp_path / "federation", chart)
    undecided(keeping)
    target = STATES[state](keeping)
    harmless = spending(keeping, chart)
    tried, before = 0, written(keeping)
    for paths in (
        by_request(target, state), by_acting(target, state), by_draft(target),
        by_reversal(target, state), by_amending(target, harmless),
    ):  # fmt: skip
        for name, act in paths:
            with pytest.raises((Refused, NotAllowed, CannotRun)) as told:
                act()
                pytest.fail(f"{state}: {name} was not refused")
            assert told.value.findings, name
            if " by " in name and "approved" not in name and "handed" not in name:
                rules = {found.rule for found in told.value.findings}
                assert "asset-undecided" in rules or name.startswith("received"), (name, rules)
            assert written(keeping) == before, name
            tried += 1
    assert tried > 70
    keeping.registry.close()


def undecided(keeping: Keeping) -> None:
    """Decisions by which nothing may be done on the day of the requests."""
    keeping.decide("决〔2026〕2号", carried=False)
    keeping.decide("决〔2026〕3号", unit=SISTER)
    keeping.decide("决〔2026〕4号", day=date(2026, 5, 7))


def written(keeping: Keeping) -> str:
    """A digest over all that could have been written: rows of custody and work, and the books."""
    found = hashlib.sha256()
    with keeping.registry.read() as conn:
        for table in (
            schema.asset, schema.asset_event, schema.asset_request, schema.asset_request_item,
            schema.asset_estimate, schema.asset_use, schema.asset_sum, schema.draft, schema.entry,
        ):  # fmt: skip
            query = select(table)
            if table is schema.entry:  # accounts may be opened for what is refused then
                query = query.where(table.c.kind == "voucher")
            found.update(repr(sorted(map(repr, conn.execute(query)))).encode())
    for unit in (UNIT, SISTER):
        for path in sorted(unit_folder(keeping.registry.folder, unit).glob("2*/*.bean")):
            found.update(path.read_bytes())
    return found.hexdigest()


# ---- by command, by text, at the desk, from a bank's file ----------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_without_a_decision_is_refused_as_a_command(keeping: Keeping, kind: str) -> None:
    code = keeping.own()
    words = {
        "move": ("--to", "lin", "--to-place", "活动室"), "transfer": ("--to-unit", SISTER),
        "loan": ("--to", "lin", "--until", "2026-06-20"),
        "lease": ("--party", "某公司", "--until", "2026-06-20"),
        "repair": ("--party", "某店", "--until", "2026-06-20"),
        "scrap": ("--ground", "worn-out", "--reason", "坏了"),
        "sale": ("--party", "某公司", "--price", "100"), "donation": ("--party", "某校"),
        "loss": ("--reason", "未见"),
    }[kind]  # fmt: skip
    told = keeping.run(
        "asset", "request", code, "--kind", kind, "--decision", "决〔2099〕9号", "--on",
        "2026-05-06", *words,
    )  # fmt: skip
    assert (told.status, "asset-undecided" in told.err) == (1, True), told.said
    assert "mingbai decision record" in told.err


def test_what_was_not_handed_over_is_not_disposed_of_by_command(keeping: Keeping) -> None:
    row = keeping.approved("sale", keeping.own())
    for words in (
        ("dispose", row.code, "--on", "2026-05-10", "--money", "102"),
        ("hand-over", row.code, "--on", "2026-05-10"),
        ("return", row.code, "--on", "2026-05-10"),
        ("approve", row.code),
    ):
        told = keeping.run("asset", *words)
        assert told.status == 1 and "Traceback" not in told.said, told.said


@pytest.mark.parametrize("chart", CHARTS)
def test_text_of_a_disposal_is_not_accepted(tmp_path: Path, chart: str) -> None:
    keeping = begin(tmp_path / "federation", chart)
    target = in_use(keeping)
    for bank in (keeping.bank, keeping.account(EXPENSE[chart])):
        for what in (f"-1 {target.code} {{12000.00 CNY}}", "-12000.00 CNY"):
            path = tmp_path / "written.bean"
            path.write_text(
                f'2026-05-10 * "处置" #opening\n  {bank}  12000.00 CNY\n    fund: "F01"\n'
                f'  {target.cost}  {what}\n    fund: "F01"\n    asset: "{target.code}"\n',
                encoding="utf-8",
            )
            told = run(keeping, "accept", path)
            assert told.status == 1 and "Traceback" not in told.said, told.said
            assert "asset-undecided" in told.err or "asset-lot" in told.err, told.err
    assert workflow.waiting(keeping.registry, UNIT) == []
    keeping.registry.close()


@pytest.mark.parametrize("chart", CHARTS)
def test_a_typed_credit_of_things_or_debit_of_depreciation_is_refused(
    tmp_path: Path, chart: str
) -> None:
    keeping = begin(tmp_path / "federation", chart)
    keeping.own()
    cost, worn, bank = COST[chart], WORN[chart], account_code(keeping.bank)
    for debit, credit, rule in (
        (bank, cost, "asset-lot"), (cost, bank, "asset-lot"), (worn, bank, "asset-by-hand"),
        (EXPENSE[chart], worn, "asset-by-hand"),
    ):  # fmt: skip
        told = run(
            keeping, "draft", "--date", "2026-05-10", "--narration", "处置", "--fund", "F01",
            "--debit", debit, "100.00", "asset=FA-00001",
            "--credit", credit, "100.00", "asset=FA-00001",
        )  # fmt: skip
        assert (told.status, rule in told.err) == (1, True), told.said
    keeping.registry.close()


def test_a_bank_line_does_not_settle_on_things(small_house: House) -> None:
    desk = Desk(small_house)
    desk.read_in(FULL.csv(history([2500])))
    number = desk.questions()[0].number
    side = OtherSide(MACHINES, "F01", Money(2500))
    with pytest.raises(Refused, match="asset-lot"):
        staging.answer(desk.registry, TINY, number, [side], small_house.maker,
                       small_house.now)  # fmt: skip
    assert desk.drafts() == []


def test_the_desk_takes_no_credit_of_things(house: House, at_desk: dict[str, Browser]) -> None:
    house.post(house.draft("500.00", day=date(2026, 3, 1)))
    for fields in (
        {"account1": "162"}, {"account0": "162", "account1": account_code(BANK)},
    ):  # fmt: skip
        answer = at_desk["zhou"].send(f"/desk/{TINY}/drafts/new", **typed(**fields))
        assert answer.status_code == 422
        assert "只记实物批次" in answer.get_data(as_text=True)
    assert workflow.waiting(house.registry, TINY) == []


def run(keeping: Keeping, command: str, *words: object) -> Told:
    """A command of one word about the unit, by who records."""
    return by_user(
        keeping.registry.folder, "zhou", command, "--unit", UNIT, *words, password=PASSWORD
    )


# ---- two at once ---------------------------------------------------------------------------------


def test_two_disposals_of_one_thing_come_to_one(keeping: Keeping) -> None:
    code = keeping.own()
    row = keeping.handed("scrap", code)
    how = Leaving(MAY)
    draft = dispose(keeping.registry, UNIT, row.code, how, keeping.maker, keeping.now)
    with pytest.raises(Refused, match="bad-disposal"):
        dispose(keeping.registry, UNIT, row.code, how, keeping.maker, keeping.now)
    keeping.approve(draft)
    with pytest.raises(Refused, match="asset-undecided"):
        dispose(keeping.registry, UNIT, row.code, how, keeping.maker, keeping.now)


def test_other_things_than_approved_do_not_leave(keeping: Keeping) -> None:
    mine, other = keeping.own(), keeping.own(name="另一台")
    row = keeping.handed("scrap", mine)
    draft = dispose(keeping.registry, UNIT, row.code, Leaving(MAY), keeping.maker, keeping.now)
    waits = workflow.find_waiting(keeping.registry, draft).draft
    swapped = tuple(
        replace(
            line,
            lot=replace(line.lot, commodity=other) if line.lot else None,
            meta=tuple((key, other if key == "asset" else said) for key, said in line.meta),
        )
        for line in waits.postings
    )
    new = replace(waits, postings=swapped)
    with pytest.raises(Refused, match="asset-disposal"):
        workflow.amend(keeping.registry, draft, new, keeping.maker, keeping.now)


def test_a_disposal_that_was_reversed_may_be_made_again_and_once(any_chart: Keeping) -> None:
    code = any_chart.own()
    any_chart.wear("2026-04")
    voucher = any_chart.leave("scrap", code)
    any_chart.reverse(voucher)
    stood = any_chart.stands(code)
    assert (stood.state, stood.cost_fen, stood.open is not None) == ("in-use", 1200000, True)
    assert stood.open is not None
    how = Leaving(date(2026, 6, 2))
    again = dispose(any_chart.registry, UNIT, stood.open.code, how, any_chart.maker, any_chart.now)
    any_chart.approve(again)
    assert any_chart.stands(code).state == "gone"
    with pytest.raises(Refused):
        dispose(any_chart.registry, UNIT, stood.open.code, how, any_chart.maker, any_chart.now)
