"""mingbai venue, as people type it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.command import by_user, mingbai
from tests.house import UNIT, House

Run = Callable[..., tuple[int, Any]]
ADD = (
    "venue", "add", "--name", "小河职工之家", "--kind", "members-home", "--place", "一号楼",
    "--area", "320.5", "--capacity", "80", "--public-benefit", "工会法第四十七条", "--opened",
    "2026-01-01",
)  # fmt: skip


@pytest.fixture
def run(small_house: House, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("ledger.clock.now", lambda: small_house.now)

    def one(*words: str, user: str = "zhou", as_json: bool = True) -> tuple[int, Any]:
        told = by_user(
            small_house.registry.folder, user, " ".join(words[:2]), "--unit", UNIT, *words[2:],
            *(["--json"] if as_json else []),
        )  # fmt: skip
        assert "Traceback" not in told.err
        return told.status, told.json if as_json else told.said

    return one


def rule_of(told: Any) -> str:
    return str(told["findings"][0]["rule"])


@pytest.fixture
def code(run: Run) -> str:
    """A venue of the command's own, with hours, approved by the checker."""
    found = str(run(*ADD)[1]["code"])
    run("venue", "hours", found, "--open", "1-5=9:00-12:00,14:00-18:00", "--from", "2026-01-01")
    status, told = run("venue", "approve", found, user="lin")
    assert (status, [one["kind"] for one in told["versions"]]) == (0, ["facts", "hours"])
    return found


def test_a_venue_from_its_entry_to_its_use(run: Run, code: str, small_house: House) -> None:
    key = ("--key", f"{UNIT}=1/2", "--key", "青禾文体队=30%", "--key", "社区中心=1/5")
    told = run("venue", "share", code, *key, "--from", "2026-01-01")[1]
    assert (told["kind"], told["state"]) == ("key", "draft")
    run("venue", "approve", code, "--of", "key", user="lin")
    told = run("venue", "share", code, "--cost", "100.01", "--period", "2026-03")[1]
    assert [one["amount"] for one in told["shares"]] == ["50.01", "30.00", "20.00"]
    text = run("venue", "share", code, "--cost", "100.01", "--period", "2026-03", as_json=False)[1]
    assert "青禾文体队" in text and "100.01" in text
    book = ("venue", "book", code, "--on", "2026-03-05", "--at", "9:00-11:00", "--for")
    booking = run(*book, "青禾文体队", "--purpose", "排练", "--heads", "20", "--fee", "200")[1]
    assert (booking["state"], booking["audience"], booking["fee"]) == ("asked", "shared", "200.00")
    assert rule_of(run(*book, "public", "--purpose", "讲座")[1]) == "booked-already"
    assert rule_of(run("venue", "confirm", booking["booking"])[1]) == "not-allowed"
    assert run("venue", "confirm", booking["booking"], user="lin")[1]["state"] == "confirmed"
    use = ("venue", "use", code, "--on", "2026-03-05", "--at", "9:00-11:10", "--heads", "18")
    told = run(*use, "--booking", booking["booking"])[1]
    assert (told["ref"], told["minutes"], told["fee"]) == (
        f"{UNIT}/{code}.2026-0001", 130, "200.00",
    )  # fmt: skip
    told = run("venue", "use", code, "--on", "2026-03-04", "--at", "17:00-19:00", "--heads", "5",
               "--for", "members")[1]  # fmt: skip
    assert [one["rule"] for one in told["warnings"]] == ["outside-hours"]
    told = run("venue", "take-back", code, "2026-0002", "--reason", "时间有误")[1]
    assert (told["number"], told["takes_back"], told["minutes"]) == (3, 2, -120)
    (one,) = run("venue", "list", "--period", "2026-03")[1]["venues"]
    assert (one["code"], one["uses"], one["minutes"], one["heads"], one["days_open"]) == (
        code, 1, 130, 18, 22,
    )  # fmt: skip
    assert one["users"][booking["party"]] == {
        "uses": 1, "minutes": 130, "hours": "02:10", "heads": 18, "fees": "200.00",
        "share_of_use": "100.0 %", "cost_key": "3/10",
    }  # fmt: skip
    shown = run("venue", "show", code, "--period", "2026-03")[1]
    assert (len(shown["bookings"]), len(shown["log"])) == (1, 3)
    text = run("venue", "show", code, "--period", "2026-03", as_json=False)[1]
    assert "冲回 takes back 2026-0002" in text and "排练" in text and "3/10" in text
    assert "小河职工之家" in run("venue", "list", as_json=False)[1]


def test_what_it_told_opens_with_show(run: Run, code: str, small_house: House) -> None:
    booking = run("venue", "book", code, "--on", "2026-03-05", "--at", "9:00-11:00", "--for",
                  "public", "--purpose", "讲座")[1]["booking"]  # fmt: skip
    run("venue", "confirm", booking, user="lin")
    run("venue", "use", code, "--on", "2026-03-05", "--at", "9:00-11:00", "--heads", "18",
        "--booking", booking)  # fmt: skip
    line = f"{code}.2026-0001"

    def show(ref: str) -> Any:
        told = mingbai("show", small_house.registry.folder, ref, "--json")
        assert told.status == 0, told.err
        return told.json

    assert show(line)["booking"] == booking
    assert show(f"{UNIT}/{booking}")["uses"] == [f"{UNIT}/{line}"]
    assert show(code)["log"] == [f"{UNIT}/{line}"]
    figure = show(f"{UNIT}/venue-use/2026-03/{code}/used")
    assert (figure["amount"], figure["vouchers"][0]["number"]) == ("02:00", line)
    for ref in (f"{code}.2026-0009", "YY2026-0099-1", f"nowhere/{code}"):
        assert mingbai("show", small_house.registry.folder, ref).status == 1


def test_hours_closed_days_changes_and_closing(run: Run, code: str) -> None:
    assert run("venue", "hours", code, "--closed", "2026-03-09", "--reason", "检修")[1]["closed"]
    told = run("venue", "hours", code)[1]
    assert told["closed_days"] == [{"day": "2026-03-09", "reason": "检修"}]
    assert told["hours"][0]["week"]["5"] == ["09:00-12:00", "14:00-18:00"]
    text = run("venue", "hours", code, as_json=False)[1]
    assert "周五  09:00-12:00 14:00-18:00" in text and "闭馆 closed 2026-03-09" in text
    assert not run("venue", "hours", code, "--lift", "2026-03-09")[1]["closed"]
    told = run("venue", "change", code, "--capacity", "30", "--from", "2026-03-01", "--reason",
               "改建")[1]  # fmt: skip
    assert (told["kind"], told["version"]) == ("facts", 2)
    run("venue", "approve", code, user="lin")
    shown = run("venue", "show", code)[1]
    assert (shown["capacity"], shown["area"], shown["basis"]) == (30, "320.50", "工会法第四十七条")
    run("venue", "close", code, "--from", "2026-04-01", "--reason", "拆迁")
    told = run("venue", "approve", code, "--refuse", user="lin")[1]
    assert (told["state"], told["versions"][0]["kind"]) == ("withdrawn", "closing")
    assert rule_of(run("venue", "approve", code, user="lin")[1]) == "nothing-waits"


def test_a_booking_is_refused_cancelled_or_nobody_came(run: Run, code: str) -> None:
    def book(at: str) -> str:
        told = run("venue", "book", code, "--on", "2026-03-05", "--at", at, "--for", "members",
                   "--purpose", "读书会")[1]  # fmt: skip
        return str(told["booking"])

    told = run("venue", "confirm", book("9:00-10:00"), "--refuse", "检修", user="lin")[1]
    assert (told["state"], told["note"]) == ("refused", "检修")
    assert run("venue", "cancel", book("9:00-10:00"), "--note", "改期")[1]["state"] == "cancelled"
    last = book("9:00-10:00")
    run("venue", "confirm", last, user="lin")
    assert run("venue", "no-show", last)[1]["state"] == "no-show"


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("show", "CD2026-0099-1"), "no-venue"),
        (("hours", "CODE", "--open", "1=9-10", "--from", "2026-03-01"), "mistyped"),
        (("hours", "CODE", "--open", "1=09:00-10:00"), "mistyped"),
        (("hours", "CODE", "--closed", "2026-03-09", "--lift", "2026-03-09"), "one-at-a-time"),
        (("hours", "CODE", "--closed", "2026-03-09"), "bad-venue"),
        (("share", "CODE", "--cost", "1.00"), "no-key"),
        (("share", "CODE", "--cost", "1.00", "--key", "tiny=1/2"), "one-at-a-time"),
        (("share", "CODE", "--key", "tiny=0.5", "--from", "2026-03-01"), "mistyped"),
        (("share", "CODE", "--key", "tiny=1/2", "--from", "2026-03-01"), "bad-venue"),
        (("book", "CODE", "--on", "2026-03-05", "--at", "9", "--for", "public", "--purpose", "x"),
         "mistyped"),
        (("book", "CODE", "--on", "2026-03-05", "--at", "8:00-9:00", "--for", "public",
          "--purpose", "x"), "outside-hours"),
        (("book", "CODE", "--on", "2026-03-05", "--at", "9:00-10:00", "--for", "public",
          "--purpose", "x", "--heads", "-1"), "usage"),
        (("use", "CODE", "--on", "2026-03-05", "--at", "9:00-10:00", "--heads", "1"), "bad-venue"),
        (("use", "CODE", "--on", "2026-03-05", "--at", "9:00-10:00", "--heads", "1", "--booking",
          "YY1"), "no-booking"),
        (("take-back", "CODE", "3", "--reason", "x"), "mistyped"),
        (("take-back", "CODE", "2026-0003", "--reason", "x"), "bad-venue"),
        (("cancel", "YY1", "--note", "x"), "no-booking"),
        (("add", "--name", "x", "--kind", "hall", "--place", "x", "--area", "1,5", "--capacity",
          "1", "--opened", "2026-01-01"), "mistyped"),
        (("close", "CODE", "--from", "2026-01-01", "--reason", "x"), "bad-venue"),
    ],
)  # fmt: skip
def test_what_is_typed_wrong_is_a_finding(
    run: Run, code: str, words: tuple[str, ...], rule: str
) -> None:
    status, told = run("venue", *(code if word == "CODE" else word for word in words))
    assert (status > 0, rule_of(told)) == (True, rule), told
    told = told["findings"][0]
    assert told["message"] and told["message_en"] and told["remedy"] and told["remedy_en"]
