"""The county accountant finds every exception of the matrix, sees both sides, and resolves it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.period import Period
from ledger.registry import claims, oplog, transfers
from ledger.transfers import expecting, resolving
from ledger.transfers.matrix import build_matrix
from ledger.transfers.months import months_of_units
from tests.cli.command import Told, mingbai
from tests.consolidation.tree import BANK, DOWN, GRANT
from tests.transfers.county import NOW, PASSWORD, Story

pytestmark = pytest.mark.usefixtures("on_the_last_of_june")


def ask(story: Story, *words: str, login: str = "county") -> Told:
    head = 2 if words[0] == "transfer" else 1
    return mingbai(
        *words[:head], story.county.registry.folder, *words[head:], "--user", login,
        MINGBAI_PASSWORD=PASSWORD,
    )  # fmt: skip


def matrix(story: Story, *words: str, login: str = "reader", period: str = "2026") -> Any:
    told = ask(story, "matrix", "--period", period, *words, "--json", login=login)
    assert told.status == 0, told.err + told.out
    return told.json


def states(found: Any) -> dict[str, tuple[str, str]]:
    return {e["reference"]: (e["state"], e["amount"]) for e in found["exceptions"]}


def test_the_matrix_tells_each_planted_exception_and_nets_to_zero_without_them(
    lived: Story,
) -> None:
    names, found = lived.references, matrix(lived)
    assert states(found) == {
        names["late"]: ("late", "300.00"), names["short"]: ("short", "20.00"),
        names["double"]: ("double", "200.00"), names["refused"]: ("refused", "70.00"),
        names["unreferenced"]: ("in-transit", "60.00"), "": ("no-reference", "60.00"),
    }  # fmt: skip
    by_pair: dict[tuple[str, str], float] = {}
    for one in found["exceptions"]:
        key = (one["from"], one["to"])
        by_pair[key] = by_pair.get(key, 0) + float(one["difference"])
    for pair in found["pairs"]:
        left = float(pair["paid"]) - float(pair["arrived"])
        assert float(pair["difference"]) == left
        assert by_pair.pop((pair["from"], pair["to"]), 0) == left
    assert not by_pair
    late = next(e for e in found["exceptions"] if e["state"] == "late")
    assert (late["days"], late["from"], late["to"]) == (29, "yuan", "xian")


def test_what_was_in_transit_at_the_years_end_is_told_in_that_year_only(lived: Story) -> None:
    reference = lived.references["transit"]
    assert states(matrix(lived, period="2025")) == {reference: ("in-transit", "90.00")}
    assert reference not in states(matrix(lived))
    assert states(matrix(lived, period="2026-Q1")) == {}


def test_a_month_and_a_quarter_are_periods_and_other_words_are_none(lived: Story) -> None:
    assert set(states(matrix(lived, period="2026-05"))) >= {lived.references["short"]}
    assert matrix(lived, period="2026-Q2")["period"] == "2026-Q2"
    assert ask(lived, "matrix", "--period", "May").status == 2


def test_it_is_read_on_a_terminal(lived: Story) -> None:
    told = ask(lived, "matrix", "--period", "2026", login="reader").out
    assert "例外 exceptions 6" in told and f"xian/{lived.double}" in told
    assert "2,020.00!" not in told and "xian → xue" in told


# ---- rights ------------------------------------------------------------------------------------


def test_a_units_own_people_see_both_sides_amounts_and_no_voucher_of_the_other(
    lived: Story,
) -> None:
    found = matrix(lived, login="xueren")
    assert {(p["from"], p["to"]) for p in found["pairs"]} == {("xian", "xue"), ("", "xue")}
    assert {v["unit"] for e in found["exceptions"] for v in e["vouchers"]} == {"xue"}
    double = lived.references["double"]
    shown = ask(lived, "transfer", "show", double, "--json", login="xueren").json
    assert (shown["paid"], shown["arrived"], shown["state"]) == ("400.00", "200.00", "double")
    assert all("voucher" not in side for side in shown["sides"]["paid"])
    assert all("voucher" in side for side in shown["sides"]["arrived"])


def test_a_sibling_sees_nothing_and_is_told_as_if_there_were_nothing(lived: Story) -> None:
    double = lived.references["double"]
    for words in (
        ("transfer", "show", double), ("transfer", "refuse", double, "--reason", "x"),
        ("transfer", "close", double, "--reason", "x"),
        ("transfer", "match", double, "--unit", "xue", "--voucher", lived.loose),
        ("transfer", "pay", double, "--account", "508", "--money", "102", "--fund", "F01"),
    ):  # fmt: skip
        told = ask(lived, *words, login="yuanren")
        none = ask(lived, words[0], words[1], "ZZ2026-9999-9", *words[3:], login="yuanren")
        assert told.status == none.status == 2
        assert told.err.replace(double, "") == none.err.replace("ZZ2026-9999-9", "")
    for unit in ("xue", "xian"):
        told = ask(lived, "matrix", "--period", "2026", "--unit", unit, login="yuanren")
        assert told.status == 1 and "ZZ2026" not in told.err
    mine = ask(lived, "transfer", "list", "--period", "2026", "--json", login="yuanren").json
    assert {t["reference"] for t in mine["transfers"]} == {
        lived.references["late"], lived.references["short"]
    }  # fmt: skip


def test_nobody_is_shown_the_matrix_without_a_login(lived: Story) -> None:
    told = mingbai("matrix", lived.county.registry.folder, "--period", "2026", "--json")
    assert told.status == 1 and told.json["findings"][0]["rule"] == "not-logged-in"
    assert ask(lived, "matrix", "--period", "2026", login="admin").status == 1


# ---- resolving ---------------------------------------------------------------------------------


def test_the_county_accountant_matches_what_names_no_reference(story: Story) -> None:
    reference = story.references["unreferenced"]
    loose = next(e for e in matrix(story)["exceptions"] if not e["reference"])
    assert loose["suggestions"] == [reference]
    told = ask(story, "transfer", "match", reference, "--unit", "xue", "--voucher", story.loose)
    assert told.status == 0, told.err
    left = states(matrix(story))
    assert reference not in left and "" not in left
    with story.county.registry.read() as conn:
        (act,) = transfers.acts(conn, reference)
        told_to = [a.action for a in oplog.entries(conn, "xue", date(2026, 6, 1), date(2026, 7, 1))]
    assert (act.action, act.voucher, act.user) == (
        "match", story.loose, story.county.people["county"].id
    )  # fmt: skip
    assert "transfer.match" in told_to
    undone = ask(story, "transfer", "match", reference, "--unit", "xue", "--voucher", story.loose,
                 "--undo", "另有所属")  # fmt: skip
    assert undone.status == 0
    assert "" in states(matrix(story))


def test_one_unit_alone_matches_nothing(story: Story) -> None:
    reference = story.references["unreferenced"]
    told = ask(story, "transfer", "match", reference, "--unit", "xue", "--voucher", story.loose,
               login="xueren")  # fmt: skip
    assert told.status == 1 and "not-allowed" in told.err


def test_only_what_is_loose_and_goes_that_way_is_matched(story: Story) -> None:
    county = story.county
    names, accountant = story.references, county.people["county"]
    for unit, voucher, reference in (
        ("xian", story.double, names["unreferenced"]),  # it has a reference
        ("xue", "收-202606-9999", names["unreferenced"]),
        ("xue", story.loose, names["short"]),  # of another unit
        ("xue", story.loose, names["late"]),
    ):
        with pytest.raises(Refused):
            resolving.match(county.registry, unit, voucher, reference, accountant, NOW)


def test_reversing_the_double_leaves_the_transfer_matched(story: Story) -> None:
    story.county.reverse("xian", story.double, date(2026, 6, 30))
    assert story.references["double"] not in states(matrix(story))


def test_a_refusal_ends_with_the_payment_reversed_and_closed(story: Story) -> None:
    reference = story.references["refused"]
    told = ask(story, "transfer", "close", reference, "--reason", "已退回")
    assert told.status == 1 and "books-differ" in told.err
    shown = ask(story, "transfer", "show", reference, "--json").json
    assert shown["refused"] == "账户已注销"
    (paid,) = shown["sides"]["paid"]
    story.county.reverse("xian", paid["voucher"], date(2026, 6, 30))
    assert states(matrix(story))[reference] == ("refused", "70.00")
    assert ask(story, "transfer", "close", reference, "--reason", "已退回").status == 0
    assert reference not in states(matrix(story))


def test_the_rest_of_a_short_one_may_come_later(story: Story) -> None:
    reference = story.references["short"]
    story.county.receive(reference, "20.00", date(2026, 6, 28))
    (one,) = [e for e in matrix(story)["exceptions"] if e["reference"] == reference]
    assert (one["state"], one["open"], one["days"]) == ("late", False, 39)


def test_what_arrived_is_not_refused_and_no_reason_is_none(story: Story) -> None:
    county, person = story.county, story.county.people["xueren"]
    with pytest.raises(Refused, match="transfer-entered"):
        resolving.refuse(county.registry, story.references["agreed"], "不要", person, NOW)
    with pytest.raises(Refused, match="no-reason"):
        resolving.refuse(county.registry, story.references["unreferenced"], " ", person, NOW)
    with pytest.raises(CannotRun):
        resolving.refuse(county.registry, "ZZ2026-9999-9", "x", person, NOW)
    with pytest.raises(NotAllowed):
        resolving.refuse(
            county.registry, story.references["agreed"], "x", county.people["reader"], NOW
        )


def test_a_transfer_is_ordered_paid_and_received_by_commands(story: Story) -> None:
    folder_words = ("--account", GRANT, "--fund", "F01")
    target = ask(story, "transfer", "target", "--unit", "yuan", "--kind", "support",
                 *folder_words, login="yuanren")  # fmt: skip
    assert target.status == 0, target.err
    ordered = ask(
        story,
        "transfer",
        "order",
        "--from",
        "xian",
        "--to",
        "yuan",
        "--kind",
        "support",
        "--amount",
        "12.50",
        "--by",
        "2026-07-10",
        "--what",
        "示例",
        "--json",
    )
    reference = ordered.json["reference"]
    with story.county.registry.read() as conn:
        claim = claims.find(conn, "yuan", reference)
    assert claim is not None and (claim.fen, claim.state) == (1250, "open")
    paid = ask(story, "transfer", "pay", reference, "--account", DOWN, "--money", BANK, "--fund",
               "F01", "--json")  # fmt: skip
    story.county.approve(paid.json["draft"])
    assert states(matrix(story))[reference] == ("in-transit", "12.50")
    came = ask(story, "transfer", "receive", reference, "--account", GRANT, "--money", BANK,
               "--fund", "F01", "--json", login="yuanren")  # fmt: skip
    story.county.approve(came.json["draft"])
    assert reference not in states(matrix(story))
    with story.county.registry.read() as conn:
        claim = claims.find(conn, "yuan", reference)
    assert claim is not None and claim.state == "paid"


def test_a_withdrawn_payment_that_ordered_it_leaves_no_exception(story: Story) -> None:
    county = story.county
    reference = county.order("5.00", date(2026, 6, 1))
    assert reference in states(matrix(story))
    with county.registry.write() as conn:
        row = transfers.find(conn, reference)
        assert row is not None
        expecting.take_back(conn, row, "草稿已撤回", "u-1", NOW)
    assert reference not in states(matrix(story))


def test_the_chaser_list_says_who_has_to_do_what(lived: Story) -> None:
    told = ask(lived, "transfer", "chase", "--period", "2026", "--json", login="reader").json
    names = lived.references
    assert {(c["unit"], c["reference"]) for c in told["chasers"]} == {
        ("yuan", names["late"]), ("yuan", names["short"]), ("xian", names["double"]),
        ("xian", names["refused"]), ("xue", names["unreferenced"]), ("xue", ""),
    }  # fmt: skip
    assert all(c["todo"] and c["todo_en"] for c in told["chasers"])


def test_a_month_that_did_not_change_is_not_read_again(story: Story) -> None:
    county = story.county
    units = ["xian", "xue", "yuan"]
    build_matrix(county.registry, units, Period.parse("2026"), NOW.date())
    county.post("xue", date(2026, 6, 27), GRANT, "-1.00", counter="xian")
    with months_of_units(county.registry.folder, units) as months:
        assert [(unit, str(month)) for unit, month in months.read] == [("xue", "2026-06")]
    later = NOW.date() + timedelta(days=40)
    found = build_matrix(county.registry, units, Period.parse("2026"), later)
    assert max(one.days for one in found.exceptions if one.state == "no-reference") == 44
