"""What was published: entered by one, confirmed by another, corrected but never changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.disclosing.publishing import Said, calm_days, confirm, counted, record, send_back
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.gifts import campaigns
from ledger.registry import disclosures, papers, users
from ledger.registry.disclosures import DisclosureRow
from tests.gifts.giving import PASSWORD, UNIT, Giving

ON = date(2026, 6, 30)


def said(giving: Giving, code: str, **changed: Any) -> DisclosureRow:
    """An interim publication through March, on 2 April."""
    facts: dict[str, Any] = {
        "unit": UNIT, "kind": "interim", "published": date(2026, 4, 2), "last": date(2026, 3, 31),
        "paper": b"report", "name": "report.pdf", "place": "慈善中国", "campaign": code,
    }  # fmt: skip
    return record(giving.registry, Said(**{**facts, **changed}), giving.maker, giving.now)


def agreed(giving: Giving, row: DisclosureRow) -> DisclosureRow:
    return confirm(giving.registry, UNIT, row.number, giving.checker, giving.now)


def log(giving: Giving) -> list[DisclosureRow]:
    with giving.registry.read() as conn:
        return disclosures.of_unit(conn, UNIT)


def test_it_counts_once_a_second_person_confirmed_it(given: Giving) -> None:
    row = said(given, given.campaign().code)
    assert (row.first, row.state, row.number) == (date(2026, 1, 1), "waiting", 1)
    assert counted(log(given), ON) == []
    agreed(given, row)
    (one,) = counted(log(given), ON)
    assert (one.subject, one.last, one.day) == (row.campaign, date(2026, 3, 31), date(2026, 4, 2))
    assert counted(log(given), date(2026, 4, 1)) == []
    with given.registry.read() as conn:
        paper = papers.find(conn, UNIT, row.paper)
    assert paper is not None
    assert papers.read(given.registry, UNIT, paper) == b"report"


def test_nobody_confirms_what_they_entered_even_with_both_rights(giving: Giving) -> None:
    with giving.registry.write() as conn:
        both = users.add(
            conn, login="liang", password=PASSWORD, now=giving.now,
            roles=frozenset({(UNIT, "accountant")}),
        )  # fmt: skip
    code = giving.campaign().code
    giving.maker = both
    row = said(giving, code)
    with pytest.raises(NotAllowed, match="maker-is-checker"):
        confirm(giving.registry, UNIT, row.number, both, giving.now)
    for user in (giving.reader, giving.checker):
        giving.maker = user
        with pytest.raises(NotAllowed):
            said(giving, code, last=date(2026, 3, 30))
    with pytest.raises(NotAllowed):
        confirm(giving.registry, UNIT, row.number, giving.reader, giving.now)
    assert log(giving)[0].state == "waiting"


def test_the_next_one_begins_where_the_last_one_ended(giving: Giving) -> None:
    code = giving.campaign().code
    said(giving, code)
    row = said(giving, code, published=date(2026, 5, 4), last=date(2026, 4, 30))
    assert row.first == date(2026, 4, 1)
    send_back(giving.registry, UNIT, row.number, giving.checker, giving.now)
    again = said(giving, code, published=date(2026, 5, 5), last=date(2026, 5, 4), paper=b"other")
    assert (again.number, again.first) == (3, date(2026, 4, 1))


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "rumour"}, {"kind": "annual"}, {"campaign": ""}, {"paper": b""}, {"place": " "},
        {"last": date(2026, 4, 3)}, {"published": date(2026, 7, 1)}, {"first": date(2026, 4, 1)},
        {"first": date(2025, 12, 31)}, {"kind": "closing"}, {"kind": "partner"},
        {"kind": "leftover"}, {"kind": "emergency-over"}, {"about": "JZ2026-0001-7"},
        {"corrects": 1, "note": "更正"}, {"kind": "annual", "campaign": ""},
    ],
)  # fmt: skip
def test_what_cannot_have_been_published_is_refused_and_leaves_nothing(
    quiet: Giving, raised: str, changed: dict[str, Any]
) -> None:
    with pytest.raises(Refused, match="bad-disclosure"):
        said(quiet, raised, **changed)
    assert log(quiet) == []
    with quiet.registry.read() as conn:
        assert papers.all_papers(conn, UNIT) == []


@pytest.fixture(scope="module")
def raised(quiet: Giving) -> str:
    return quiet.campaign().code


def test_what_is_not_there_is_not_told_of(giving: Giving) -> None:
    for changed in (
        {"campaign": "HD2026-0009-0"},
        {"campaign": "", "kind": "related-party", "about": "JZ2026-0009-0"},
    ):
        with pytest.raises(CannotRun):
            said(giving, "", **changed)
    with pytest.raises(CannotRun, match="no-disclosure"):
        confirm(giving.registry, UNIT, 7, giving.checker, giving.now)


def test_a_publication_names_nobody(giving: Giving) -> None:
    code = giving.campaign().code
    giving.donor("沈示例")
    with pytest.raises(Refused, match="name-in-text") as caught:
        said(giving, code, place="沈示例的网页")
    assert "沈示例" not in str(caught.value)


def test_the_same_publication_is_entered_once(giving: Giving) -> None:
    code = giving.campaign().code
    first = said(giving, code)
    with pytest.raises(Refused, match="已登记过"):
        said(giving, code, first=date(2026, 1, 1))
    send_back(giving.registry, UNIT, first.number, giving.maker, giving.now)
    assert said(giving, code).number == 2


def test_a_correction_is_a_row_of_its_own_and_takes_back_what_it_does_not_bear_out(
    giving: Giving,
) -> None:
    code = giving.campaign().code
    row = agreed(giving, said(giving, code))
    for changed in (
        {"note": ""}, {"corrects": 9}, {"published": date(2026, 4, 1), "last": date(2026, 3, 1)},
    ):  # fmt: skip
        with pytest.raises(Refused, match="bad-disclosure"):
            said(giving, code, **{"corrects": 1, "note": "漏记", "paper": b"new", **changed})
    new = said(
        giving, code, corrects=row.number, note="数字有误", last=date(2026, 2, 28),
        published=date(2026, 4, 20), paper=b"new",
    )  # fmt: skip
    assert [one.last for one in counted(log(giving), ON)] == [date(2026, 3, 31)]
    agreed(giving, new)
    old, later = counted(log(giving), ON)
    assert (old.day, old.last) == (date(2026, 4, 2), date(2026, 2, 28))
    assert (later.day, later.last) == (date(2026, 4, 20), date(2026, 2, 28))
    assert counted(log(giving), date(2026, 4, 19))[0].last == date(2026, 3, 31)
    assert log(giving)[0] == row.__class__(**{
        **{name: getattr(row, name) for name in row.__slots__},
        "checked_at": log(giving)[0].checked_at,
    })  # fmt: skip
    with pytest.raises(Refused, match="已有更正"):
        said(giving, code, corrects=row.number, note="再更正", paper=b"newer")


def test_what_is_confirmed_is_not_taken_back(giving: Giving) -> None:
    row = agreed(giving, said(giving, giving.campaign().code))
    for act in (confirm, send_back):
        with pytest.raises(Refused, match="published"):
            act(giving.registry, UNIT, row.number, giving.checker, giving.now)


def test_a_paper_that_was_altered_is_not_confirmed(giving: Giving) -> None:
    row = said(giving, giving.campaign().code)
    with giving.registry.read() as conn:
        paper = papers.find(conn, UNIT, row.paper)
    assert paper is not None
    path = papers.path_of(giving.registry, UNIT, paper)
    *sealed, last = path.read_bytes()
    path.write_bytes(bytes((*sealed, last ^ 1)))
    with pytest.raises(Refused, match="打不开"):
        agreed(giving, row)


def test_the_end_of_an_emergency_is_announced_once_and_can_be_corrected(giving: Giving) -> None:
    code = giving.campaign(emergency=True, public=True, filing="BA1").code
    over = {"kind": "emergency-over", "published": date(2026, 2, 3), "last": date(2026, 2, 1)}
    first = agreed(giving, said(giving, code, **over))
    assert calm_days(log(giving), ON) == {code: date(2026, 2, 1)}
    with pytest.raises(Refused, match="已登记"):
        said(giving, code, **{**over, "paper": b"other"})
    agreed(giving, said(
        giving, code, **{**over, "last": date(2026, 2, 2)}, corrects=first.number,
        note="公告日期有误", paper=b"other",
    ))  # fmt: skip
    assert calm_days(log(giving), ON) == {code: date(2026, 2, 2)}
    assert counted(log(giving), ON) == []


def test_after_its_end_a_campaign_is_told_of_whole_with_its_partner_and_its_rest(
    giving: Giving,
) -> None:
    row = giving.campaign(
        end=date(2026, 3, 31), public=True, filing="BA1", partner="示例公益", emergency=False
    )
    giving.give("10.00", campaign=row.code)
    whole = {"kind": "closing", "published": date(2026, 4, 10)}
    with pytest.raises(Refused, match="全面公开"):
        said(giving, row.code, **whole, first=date(2026, 2, 1))
    with pytest.raises(Refused, match="全面公开"):
        said(giving, row.code, **{**whole, "last": date(2026, 3, 30)})
    assert said(giving, row.code, **whole).first == row.start
    assert said(giving, row.code, **{**whole, "kind": "partner"}).number == 2
    with pytest.raises(Refused, match="决议结束"):
        said(giving, row.code, **{**whole, "kind": "leftover"})
    campaigns.ask_to_close(
        giving.registry, UNIT, row.code, date(2026, 4, 5), "会〔2026〕9号", "转入助学",
        giving.maker, giving.now,
    )  # fmt: skip
    campaigns.approve(giving.registry, UNIT, row.code, giving.checker, giving.now)
    assert said(giving, row.code, **{**whole, "kind": "leftover"}).number == 3
