"""What was expected beside what was seen: laws that hold for any list and any scans."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.registry.assets import EventRow
from ledger.registry.stocktakes import OPEN, ItemRow, ScanRow, StocktakeRow
from ledger.stocktakes.closing import differences_of
from ledger.stocktakes.comparing import (
    AWAY,
    BESIDE,
    EXCUSED,
    SEEN,
    UNSEEN,
    compare,
    concluded,
    kinds_of,
    last_scans,
)

DAY = date(2026, 6, 1)
ROW = StocktakeRow("gong", "PD2026-0001-0", DAY, "all", "", "", OPEN, "u-1", "2026-06-01")
PLACES = ("办公室", "仓库", "")
KEEPERS = ("m-1", "m-2", "u-1", "")


def item(asset: str = "FA-00001", state: str = "in-use", place: str = "办公室", keeper: str = "m-1",
         *, expected: bool = True) -> ItemRow:  # fmt: skip
    return ItemRow(asset, expected, state, place, keeper, 100_00, 1)


def scan(asset: str | None = "FA-00001", place: str = "办公室", keeper: str = "", *,
         seen: bool = True, number: int = 1) -> ScanRow:  # fmt: skip
    return ScanRow(number, asset, seen, place, keeper, "", 0, "", "u-2", "2026-06-02")


def event(kind: str, place: str = "办公室", keeper: str = "m-1", number: int = 2) -> EventRow:
    return EventRow(
        "FA-00001", number, kind, DAY, keeper, place, None, "ZB", "", "", "u-1", "2026-06-02"
    )


@st.composite
def stocktakes(
    draw: st.DrawFn,
) -> tuple[list[ItemRow], list[ScanRow], dict[str, list[EventRow]]]:
    count = draw(st.integers(1, 8))
    codes = [f"FA-{number:05d}" for number in range(1, count + 1)]
    states = st.sampled_from(("in-use", *AWAY, "gone"))
    items = []
    for code in codes:
        expected = draw(st.booleans())
        state = draw(states)
        items.append(
            item(
                code, "in-use" if expected and state == "gone" else state,
                draw(st.sampled_from(PLACES)), draw(st.sampled_from(KEEPERS)), expected=expected,
            )
        )  # fmt: skip
    scans = [
        scan(
            draw(st.sampled_from([*codes, None])), draw(st.sampled_from(PLACES)),
            draw(st.sampled_from(KEEPERS)), seen=draw(st.booleans()), number=number,
        )
        for number in range(1, draw(st.integers(0, 20)) + 1)
    ]  # fmt: skip
    scans = [one for one in scans if one.asset is not None or one.seen]
    kinds = st.sampled_from(("moved", "lent", "leased", "repairing", "returned", "gone", "back"))
    events = {
        code: [
            event(draw(kinds), draw(st.sampled_from(PLACES)), draw(st.sampled_from(KEEPERS)), at)
            for at in range(1, draw(st.integers(1, 3)) + 1)
        ]
        for code in codes
    }
    return items, scans, events


@given(stocktakes())
def test_what_is_expected_was_seen_is_away_or_is_missing(
    made: tuple[list[ItemRow], list[ScanRow], dict[str, list[EventRow]]],
) -> None:
    items, scans, events = made
    compared = compare(items, scans, events)
    assert [one.item for one in compared] == items
    hows = [one.how for one in compared]
    expected = sum(one.expected for one in items)
    assert expected == hows.count(SEEN) + hows.count(EXCUSED) + hows.count(UNSEEN)
    assert hows.count(BESIDE) == len(items) - expected


@given(stocktakes())
def test_every_difference_is_told_exactly_once(
    made: tuple[list[ItemRow], list[ScanRow], dict[str, list[EventRow]]],
) -> None:
    items, scans, events = made
    compared = compare(items, scans, events)
    found = list(differences_of(ROW, compared, scans))
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    of_things = [(one.asset, one.kind) for one in found if one.asset is not None]
    assert len(set(of_things)) == len(of_things)
    missing = {one.asset for one in found if one.kind == "missing"}
    assert missing == {one.item.asset for one in compared if one.how == UNSEEN}
    unknown = [one.scan for one in found if one.asset is None]
    assert unknown == [one.number for one in scans if one.asset is None]
    # What is not as it should be is told, and nothing else is.
    told = {one.asset for one in found if one.asset}
    assert told == {one.item.asset for one in compared if one.kinds}


@given(stocktakes())
def test_what_is_over_stays_as_it_was_when_it_was_closed(
    made: tuple[list[ItemRow], list[ScanRow], dict[str, list[EventRow]]],
) -> None:
    items, scans, events = made
    compared = compare(items, scans, events)
    found = list(differences_of(ROW, compared, scans))
    assert concluded(items, scans, found) == compared


@given(stocktakes())
def test_scans_that_a_later_one_follows_count_for_nothing(
    made: tuple[list[ItemRow], list[ScanRow], dict[str, list[EventRow]]],
) -> None:
    items, scans, events = made
    last = [one for one in scans if one.asset is None or last_scans(scans)[one.asset] is one]
    assert compare(items, scans, events) == compare(items, last, events)


@pytest.mark.parametrize(
    ("listed", "seen", "since", "kinds"),
    [
        (item(), None, [], ["missing"]),
        (item(), scan(seen=False), [], ["missing"]),
        (item(), scan(), [], []),
        (item(), scan(place=" 办公 室"), [], []),
        (item(), scan(place="仓库"), [], ["wrong-place"]),
        (item(), scan(keeper="m-2"), [], ["wrong-holder"]),
        (item(), scan(place="仓库", keeper="m-2"), [], ["wrong-place", "wrong-holder"]),
        # Away: nobody need see it; elsewhere than with whom it is, it should not be.
        (item(state="lent", place="", keeper="m-2"), None, [], []),
        (item(state="lent", place="", keeper="m-2"), scan(), [], ["not-away"]),
        (item(state="lent", place="", keeper="m-2"), scan(keeper="m-2"), [], []),
        (item(state="leased", place="剧场", keeper=""), scan(place="剧场"), [], []),
        (item(state="repairing", place="", keeper=""), scan(keeper="m-1"), [], ["not-away"]),
        # What happened properly after the list was made is no difference.
        (item(), None, [event("lent")], []),
        (item(), None, [event("gone")], []),
        (item(), None, [event("moved", "仓库")], ["missing"]),
        (item(), scan(place="仓库"), [event("moved", "仓库")], []),
        (item(), scan(keeper="m-2"), [event("moved", "办公室", "m-2")], []),
        (item(state="lent", place="", keeper="m-2"), scan(), [event("returned")], []),
        (item(state="lent", place="", keeper="m-2"), None, [event("returned")], []),
        # What left the register and is still there was found.
        (item(state="gone", expected=False), scan(), [], ["found"]),
        (item(state="gone", expected=False), scan(), [event("back")], []),
        (item(state="gone", expected=False), scan(seen=False), [], []),
        (item(expected=False), None, [], []),
        (item(expected=False), scan(place="仓库"), [], ["wrong-place"]),
    ],
)
def test_how_one_thing_is_judged(
    listed: ItemRow, seen: ScanRow | None, since: list[EventRow], kinds: list[str]
) -> None:
    assert list(kinds_of(listed, seen, since)) == kinds
