"""mingbai members, as it is typed: every part of it, with what it prints and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Told, mingbai
from tests.dues.test_members import HEAD, LIST, OTHER, Office, open_office
from tests.house import PASSWORD, UNIT, House

Run = Callable[..., Told]


@pytest.fixture
def office(small_house: House) -> Office:
    return open_office(small_house)


@pytest.fixture
def run(office: Office) -> Run:
    """``run("zhou", "list", …)``: a part of members, by a user, in their unit."""

    def runs(login: str, part: str, *words: object, unit: str = UNIT) -> Told:
        folder = office.house.registry.folder
        return mingbai(
            "members", part, folder, "--unit", unit, *words, "--user", login,
            MINGBAI_PASSWORD=PASSWORD,
        )  # fmt: skip

    return runs


def kept(folder: Path, text: str) -> Path:
    path = folder / "members.csv"
    path.write_text(text, encoding="utf-8")
    return path


def imported(run: Run, folder: Path, text: str, *words: str) -> Any:
    return run("zhou", "import", kept(folder, text), *words, "--json")


def test_a_list_is_checked_entered_compared_and_accepted(run: Run, tmp_path: Path) -> None:
    checked = imported(run, tmp_path, LIST, "--check")
    assert (checked.status, checked.json["entered"]) == (0, False)
    assert run("zhou", "list", "--json").json == {"members": []}
    entered = imported(run, tmp_path, LIST).json
    assert entered["entered"] and [row["number"] for row in entered["members"]] == ["1", "2"]
    other = HEAD + "2,乙示例,2020-05-01,,2026-01-01,4500,,,,,\n"
    asks = imported(run, tmp_path, other)
    assert (asks.status, asks.json["entered"]) == (1, False)
    assert asks.json["changed"][0]["changes"] == ["+ 基数 4,500.00（养老金），自 2026-01-01"]
    assert asks.json["findings"][-1]["rule"] == "members-differ"
    told = run("zhou", "import", kept(tmp_path, other))
    assert (told.status, "--accept" in told.out) == (1, True)
    assert imported(run, tmp_path, other, "--accept").json["entered"]
    assert imported(run, tmp_path, other).json["unchanged"] == 1


def test_members_are_listed_by_pages_and_states_and_shown_without_names(
    run: Run, office: Office, tmp_path: Path
) -> None:
    imported(run, tmp_path, LIST)
    listed = run("shen", "list", "--json").json["members"]
    assert [(row["number"], row["state"]) for row in listed] == [("1", "active"), ("2", "active")]
    assert (
        run("shen", "list", "--after", "1", "--most", "5", "--json").json["members"] == listed[1:]
    )
    assert run("shen", "list", "--state", "left", "--json").json["members"] == []
    assert run("shen", "list", "--names").status == 1
    shown = run("shen", "show", "1", "--json")
    assert "甲示例" not in shown.out and "13800000000" not in shown.out
    assert shown.json["rules"][0]["facts"][1] == "基数 3,001.00（工资），自 2020-05-01"
    assert run("shen", "show", "1", "--names").status == 1
    assert run("zhou", "show", "1", "--names", "--json").json["person"]["name"] == "甲示例"
    assert run("tian", "show", office.row("1").id, unit=OTHER).status == 1


def test_status_base_reduction_employer_and_leaving_are_changes_from_a_day_on(
    run: Run, tmp_path: Path
) -> None:
    imported(run, tmp_path, LIST)
    since = ("--since", "2026-03-01", "--json")
    for words in (
        ("--status", "retired", "--base", "3001"),
        ("--base", "5001", "--decision", "支部决议"),
        ("--reduction", "0", "--reason", "重病", "--study", "支字1号", "--approval", "党字2号"),
        ("--employer", "另一示例厂", "--consent", "named-in-roll"),
    ):
        told = run("zhou", "change", "1", *words, *since)
        assert told.status == 0, told.out
    fixed = run("zhou", "change", "2", "--base", "4500", "--since", "2026-03-01", "--json").json
    assert [found["rule"] for found in fixed["rules"][0]["findings"]] == ["next-year"]
    assert run("zhou", "change", "1", "--left", "--since", "2026-06-01").status == 0
    shown = run("zhou", "show", "1", "--json").json
    assert (shown["state"], shown["left"]) == ("left", "2026-06-01")
    assert [one["version"] for one in shown["rules"][0]["versions"]] == [6, 5, 4, 3, 2, 1]
    assert {one["by"] for one in shown["rules"][0]["versions"]} == {"zhou"}
    text = run("zhou", "show", "1").out
    assert "身份 离退休，自 2026-03-01" in text and "减免后 0.00，2026-03 起" in text
    for wrong in (("--base", "1.001"), ("--base", "-1"), ("--status", "国王"), ("--left",), ()):
        assert run("zhou", "change", "1", "--since", "2026-07-01", *wrong).status in (1, 2), wrong
    assert run("lin", "change", "1", "--left", "--since", "2026-07-01").status == 1


def test_doubles_are_listed_merged_and_taken_apart(run: Run, tmp_path: Path) -> None:
    imported(run, tmp_path, LIST + "7,甲示例,2026-01-01,,,3001,,110101199001010011,,,\n")
    [pair] = run("zhou", "merge", "--json").json["doubles"]
    assert (pair["number"], pair["other_number"], pair["same"]) == ("1", "7", "证件号")
    assert run("zhou", "merge", "7", "1").status == 1  # nothing says why
    assert run("zhou", "merge", "7").status == 1
    assert run("zhou", "merge", "7", "1", "--reason", "重复登记").status == 0
    assert run("zhou", "show", "1", "--json").json["same"] == [pair["other"]]
    assert run("zhou", "show", "7", "--json").json["into"] == pair["member"]
    reasons = [run(login, "show", "7").out.count("重复登记") for login in ("zhou", "shen")]
    assert reasons == [1, 0]
    assert run("zhou", "merge", "7", "--undo", "--reason", "误并").status == 0
    assert run("zhou", "merge", "--json").json["doubles"] == [pair]


def test_a_transfer_is_asked_listed_and_accepted(run: Run, tmp_path: Path) -> None:
    imported(run, tmp_path, LIST)
    assert run("zhou", "transfer", "1", "--to", OTHER).status == 1
    words = ("--to", OTHER, "--on", "2026-03-16", "--paid-through", "2026-03")
    asked = run("zhou", "transfer", "1", *words, "--letter", "介字1号", "--json").json["id"]
    [waits] = run("tian", "transfer", "--json", unit=OTHER).json["transfers"]
    [plain] = run("shen", "transfer", "--json").json["transfers"]
    assert plain == waits | {"letter": ""}  # what people write may name somebody
    assert (waits["id"], waits["letter"], waits["paid_through"]) == (asked, "介字1号", "2026-03")
    assert run("zhou", "transfer", "--accept", asked, "--number", "D1").status == 1
    new = run("tian", "transfer", "--accept", asked, "--number", "D1", "--json", unit=OTHER)
    assert new.status == 0, new.out
    shown = run("tian", "show", "D1", "--json", unit=OTHER).json
    assert (shown["id"], shown["joined"]) == (new.json["member"], "2026-03-16")
    assert run("zhou", "show", "1", "--json").json["state"] == "transferred"
    second = run("zhou", "transfer", "2", *words, "--json").json["id"]
    assert run("tian", "transfer", "--refuse", second, unit=OTHER).status == 1
    refused = run("tian", "transfer", "--refuse", second, "--reason", "满员", unit=OTHER)
    assert refused.status == 0
    assert "不接收" in run("zhou", "show", "2").out
