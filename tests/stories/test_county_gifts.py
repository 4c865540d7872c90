"""What the county is given and what becomes of it: every kind of gift, followed to the fen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from beancount import loader

from ledger.cli.demo.county.facts import WHOLE, read_county
from ledger.cli.demo.county.gift_totals import GIFTS
from ledger.cli.demo.county.publishing import FOLDER
from ledger.disclosing.calendar import reckon
from ledger.disclosing.deadlines import reckoned
from ledger.gifts.standing import GiftStanding, campaign_standings, gift_standings
from ledger.layout import unit_folder
from ledger.money import yuan
from ledger.registry import Registry, aid, disclosures, donors, persons, units

#: One process builds what these tests look at, and runs them all.
pytestmark = pytest.mark.xdist_group("county")

_GOLDEN = Path(__file__).parent / "golden"
_LAST = date(2026, 4, 30)


@pytest.fixture(scope="module")
def county(small_county: Path) -> Iterator[Registry]:
    registry = Registry.open(small_county)
    yield registry
    registry.close()


@pytest.fixture(scope="module")
def found(county: Registry) -> list[GiftStanding]:
    return gift_standings(county, "xian", _LAST)


def test_the_totals_of_gifts_are_those_that_are_committed(county: Registry) -> None:
    told = (county.folder / GIFTS).read_text(encoding="utf-8")
    assert told == (_GOLDEN / "county-small-gifts.txt").read_text("utf-8")


def test_of_every_gift_what_came_was_used_is_held_or_went_back(found: list[GiftStanding]) -> None:
    assert len(found) > 40
    for one in found:
        assert one.received_fen == one.used_fen + one.held_fen + one.returned_fen, one.row.code
        for part in one.parts:
            assert part.units == part.units_used + part.units_held + part.units_returned


def test_what_campaigns_hold_is_what_beancount_finds_in_their_funds(county: Registry) -> None:
    entries, errors, _ = loader.load_file(str(unit_folder(county.folder, "xian") / "book.bean"))
    assert errors == []
    for one in campaign_standings(county, "xian", _LAST):
        fen = sum(
            int(line.units.number * (line.cost.number if line.cost else 1) * 100)
            for entry in entries
            for line in getattr(entry, "postings", ())
            if line.meta["fund"] == one.row.fund and line.account.startswith(("Assets:", "Liabil"))
        )
        assert one.held_fen == fen, one.row.code


def test_every_kind_of_gift_is_there(found: list[GiftStanding]) -> None:
    assert {one.row.kind for one in found} == {
        "asset", "cash", "goods", "memo", "platform", "pledge",
    }  # fmt: skip
    assert {one.row.nature for one in found} == {"agency", "conditional", "own"}
    assert {one.state for one in found} == {
        "defaulted", "held", "memo", "pending", "returned", "used",
    }  # fmt: skip
    assert [one.row.foreign_fen for one in found if one.row.currency == "USD"] == [5_000_00]
    (moved,) = [one for one in found if any(part.moved_in_fen for part in one.parts)]
    assert [event.kind for event in moved.events] == ["changed"]


def test_blankets_are_followed_by_the_piece_to_who_had_them(found: list[GiftStanding]) -> None:
    (blankets,) = [one for one in found if one.row.commodity == "BLANKET"]
    told = blankets.as_json()
    assert told["things"]["received"] == "600" and told["things"]["held"] == "200"
    assert [(line["amount"], line["purpose"].split()[-1]) for line in told["lines"]] == [
        ("18700.00", "北溪镇受灾村组"), ("15300.00", "南屏乡受灾村组"),
    ]  # fmt: skip
    assert all(line["paper"] and line["voucher"] for line in told["lines"])


def test_the_campaign_that_had_too_much_is_closed_by_a_decision(county: Registry) -> None:
    closed = [one for one in campaign_standings(county, "xian", _LAST) if one.row.closed]
    (warm,) = closed
    assert (warm.row.state, warm.held_fen) == ("closed", 0)
    assert warm.row.decision and warm.row.leftover
    assert warm.row.closer != warm.row.close_checker


def test_relief_is_paid_to_persons_whom_only_the_registry_knows(county: Registry) -> None:
    with county.read() as conn:
        paid = aid.of_unit(conn, "xian")
    assert {one.state for one in paid} == {"posted"} and len(paid) >= 5
    text = (unit_folder(county.folder, "xian") / "2026/04.bean").read_text("utf-8")
    assert text.count(f'aid: "{paid[0].row.batch}"') == 1  # one line for the kind, none for persons


def test_nobody_who_gave_is_named_in_the_book_though_the_bank_named_them(county: Registry) -> None:
    with county.read() as conn:
        rows = donors.of_unit(conn, "xian")
        people = persons.read_many(conn, county.vault, {row.person for row in rows if row.person})
    names = [one.name for one in people.values()]
    assert len(names) > 30
    books = "".join(
        path.read_text("utf-8") for path in unit_folder(county.folder, "xian").rglob("*.bean")
    )
    statements = (county.folder / "statements/xian").glob("gifts-*")
    sent = "".join(path.read_text("utf-8") for path in statements)
    assert any(name in sent for name in names)
    assert not any(name in books for name in names)


def test_what_is_published_stands_where_the_public_finds_it(county: Registry) -> None:
    (file,) = (county.folder / FOLDER / "xian").iterdir()
    assert file.name.endswith("-interim-2026-03-31.pdf")
    assert file.read_bytes().startswith(b"%PDF")
    with county.read() as conn:
        log = disclosures.of_unit(conn, "xian")
    assert [(one.kind, str(one.last), one.state) for one in log] == [
        ("emergency-over", "2026-02-19", "published"), ("interim", "2026-03-31", "published"),
    ]  # fmt: skip
    assert log[1].paper == hashlib.sha256(file.read_bytes()).hexdigest()
    assert {one.user for one in log}.isdisjoint({one.checker for one in log})


def test_one_deadline_of_the_emergency_was_met_late_and_the_board_says_so(
    county: Registry,
) -> None:
    owed = reckoned(county, "xian", date(2026, 4, 30)).owed
    late = [one.duty for one in owed if one.duty.days_late]
    assert [(one.duty, str(one.due), str(one.met)) for one in late] == [
        ("emergency", "2026-02-20", "2026-04-09")
    ]


def test_the_calendar_of_all_units_shows_that_one_as_the_only_one_told_late(
    county: Registry,
) -> None:
    with county.read() as conn:
        every = [row.id for row in units.all_units(conn)]
    found = reckon(county, every, _LAST)
    late = [(one.unit, one.duty) for one in found.of("met-late")]
    assert late == [("xian", "emergency")]
    # Nobody laid open what public finance approved: that is for the county to see.
    assert {(one.unit, one.duty) for one in found.of("overdue")} == {("xian", "allocation")}
    told = {(one.unit, one.duty) for one in found.lines}
    assert {("xian", "decision"), ("xian", "outcome"), ("xuexiao", "union-accounts")} <= told
    assert all(one.rule is None for one in found.of("no-rule"))


# ---- the whole year ----------------------------------------------------------------------------


def test_the_county_is_given_two_hundred_and_twenty_gifts() -> None:
    said = read_county(WHOLE).gifts
    drawn = [*said["campaign"], *said["stream"]]
    count = sum(sum(one["months"]) for one in drawn) + len(said["special"])
    anonymous = sum(one["anonymous"] for one in [*drawn, *said["list"]])
    assert count + sum(one["orders"] for one in said["list"]) == 220
    assert anonymous == 30


def test_disclosures_follow_each_other_at_three_months_at_most() -> None:
    """Three while the campaign runs its eight months, and one when it is over."""
    (flood,) = [one for one in read_county(WHOLE).gifts["campaign"] if one.get("published")]
    over, *interim, closing = flood["published"]
    assert (over["kind"], over["through"]) == ("emergency-over", date(2026, 2, 19))
    assert [one["kind"] for one in interim] == ["interim"] * 3 and closing["kind"] == "closing"
    days = [flood["start"], *(one["through"] for one in interim), flood["end"]]
    for before, after in pairwise(days):
        assert before < after <= before + timedelta(days=92)
    assert flood["end"] < closing["on"] <= flood["end"] + timedelta(days=92)
    assert all(one["through"] < one["on"] for one in flood["published"])


def test_the_years_totals_as_they_are_committed_add_up() -> None:
    """What ``make county`` compares with is itself whole: to the fen, and to the piece."""
    text = (_GOLDEN / "county-gifts.txt").read_text("utf-8")
    assert text.startswith("xian：220 笔捐赠 gifts，2026-12-31\n")
    for kind in ("anonymous 30", "asset 2", "goods 3", "memo 1", "pledge 2", "platform 72",
                 "related 1", "conditional 1", "foreign 1", "agency 1", "defaulted 1"):  # fmt: skip
        assert re.search(rf"\b{kind}\b", text), kind
    for line in text.splitlines():
        if match := re.fullmatch(r"\S+(?: total)?  \d+((?:  -?\d+\.\d\d){4})", line):
            came, used, held, back = (yuan(part).fen for part in match[1].split())
            assert came == used + held + back, line
        if line.startswith("HD") and line.count("  ") == 10:
            came, into, used, held, back, out = (yuan(part).fen for part in line.split("  ")[5:])
            assert came + into == used + held + back + out, line
    assert "BLANKET  条  600  528  72  0" in text  # twelve hundredths are unspent
    assert text.count("posted") == 3
