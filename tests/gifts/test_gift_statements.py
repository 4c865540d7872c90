"""Disclosure of gifts and the page of a campaign: every figure opens, and is what the book says."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.entry import Posting
from ledger.errors import Refused
from ledger.gifts import campaigns, receipting
from ledger.gifts.campaigns import Terms
from ledger.gifts.standing import campaign_standing
from ledger.money import Money, yuan
from ledger.period import Period
from reports.render import render
from reports.sources import known_source
from reports.statement import MONEY, Backing, Statement
from reports.statements import catalogue
from reports.web.app import create_app
from tests.cli.command import mingbai
from tests.gifts.giving import NOW, UNIT, Giving
from tests.gifts.life import STEPS, Life, Step, lived
from tests.web.browser import signed_in

MONTHS = ("2026-03", "2026-04", "2026-05", "2026-06")
CHARTS = ("union-2021-basic", "npo-2004", "npo-2024")


def drawn(giving: Giving, name: str, period: str) -> Statement:
    whole = Period.parse(period)
    return catalogue.build(name, known_source(giving.registry, UNIT, name, whole), whole)


def cells(statement: Statement, column: str) -> dict[str, str]:
    """What stands in a column of money, by the lines' codes."""
    place = [one.key for one in statement.columns].index(column)
    return {
        line.code: cell.text
        for line in statement.lines
        if line.style != "heading" and isinstance(cell := line.cells[place], Money)
    }


def opened(giving: Giving, statement: Statement) -> Iterator[tuple[str, Money, Backing]]:
    """Every figure with its reference and what stands behind it."""
    source = known_source(giving.registry, UNIT, statement.name, Period.parse(statement.period))
    for line in statement.lines:
        for column, cell in zip(statement.columns, line.cells, strict=False):
            if column.kind == MONEY and isinstance(cell, Money):
                ref = line.refs.get(column.key, line.ref if column.primary else "")
                assert ref, (line.code, column.key)
                yield ref, cell, catalogue.backing(source, ref)


def add_up(giving: Giving, statement: Statement) -> int:
    """Open every figure: opening and postings are the figure, and each posting is in the book."""
    count = 0
    postings: dict[str, list[tuple[str, str, int]]] = {}
    source = known_source(giving.registry, UNIT, statement.name, Period.parse(statement.period))
    for ref, cell, found in opened(giving, statement):
        fen = (found.opening.fen if found.opening else 0) + sum(
            line.amount.fen for line in found.postings
        )
        assert (ref, fen) == (ref, cell.fen)
        assert found.closing == cell
        if ref.rpartition(".")[2] in ("received", "returned") or "/JZ" in ref:
            # What came and went back is its postings whole; only spending has other money in it.
            assert found.opening is None or ref.endswith("/balance"), ref
        for line in found.postings:
            if line.number not in postings:
                draft = source.model.voucher(line.number).draft
                postings[line.number] = [
                    (one.account, one.fund, abs(one.amount.fen)) for one in draft.postings
                ]
            there = postings[line.number]
            if statement.name == "gift-disclosure":
                assert (line.account, line.fund, abs(line.amount.fen)) in there, ref
            else:  # of what several gifts paid, one gift's part
                assert (line.account, line.fund) in [one[:2] for one in there], ref
        count += 1
    return count


# ---- disclosure --------------------------------------------------------------------------------


def test_a_month_tells_what_came_what_was_used_and_what_is_left(any_chart: Giving) -> None:
    row = any_chart.campaign()
    named = any_chart.donor("王示例", consent="named")
    first = any_chart.give("100.00", campaign=row.code, donor=named, purpose="帐篷")
    second = any_chart.give("50.00", date(2026, 4, 2), campaign=row.code)
    paid = any_chart.spend("120.00", row.fund, date(2026, 4, 3), purpose="帐篷")
    march, april = (drawn(any_chart, "gift-disclosure", one) for one in MONTHS[:2])
    assert cells(march, "amount") == {
        first: "100.00", f"{row.code}.received": "100.00", f"{row.code}.used": "0.00",
        f"{row.code}.untraced": "0.00",
    }  # fmt: skip
    assert cells(april, "balance") == {
        f"{row.code}.begin": "100.00", second: "150.00", paid.number: "30.00",
        f"{row.code}.end": "30.00",
    }  # fmt: skip
    (line,) = (line for line in march.lines if line.code == first)
    assert line.cells[1:6] == ("收-202603-0001", "", "王示例", "款", "帐篷")
    (line,) = (line for line in april.lines if line.code == paid.number)
    assert line.cells[1:6] == ("付-202604-0001", "", "", "", "帐篷")
    (line,) = (line for line in april.lines if line.code == f"{row.code}.coverage")
    assert line.cells[5] == "100.0 %"
    quarter = drawn(any_chart, "gift-disclosure", "2026-Q2")
    assert cells(quarter, "balance") == cells(april, "balance")
    for one in (march, april, quarter):
        assert add_up(any_chart, one)


def test_what_came_stands_beside_the_number_of_its_receipt(giving: Giving) -> None:
    row = giving.campaign()
    code = giving.give("100.00", date(2026, 3, 2), campaign=row.code)
    giving.give("50.00", date(2026, 3, 3), campaign=row.code)
    given = receipting.give_for(giving.registry, UNIT, code, giving.maker, giving.now)
    shown = drawn(giving, "gift-disclosure", "2026-03")
    place = [one.key for one in shown.columns].index("receipt")
    numbers = [line.cells[place] for line in shown.lines if line.style != "heading"]
    assert [one for one in numbers if one] == [given[0].code]


def test_other_money_stands_beside_what_gifts_paid_and_is_told_at_the_foot(giving: Giving) -> None:
    row = giving.campaign()
    giving.give("100.00", campaign=row.code)
    interest = giving.account("490101")
    giving.post(
        Posting(giving.bank, yuan("5.00"), row.fund), Posting(interest, yuan("-5.00"), row.fund),
        day=date(2026, 3, 20), narration="利息",
    )  # fmt: skip
    paid = giving.spend("105.00", row.fund, date(2026, 3, 21))
    found = drawn(giving, "gift-disclosure", "2026-03")
    amounts = cells(found, "amount")
    assert (amounts[paid.number], amounts[f"{row.code}.untraced"]) == ("100.00", "5.00")
    whole = {ref.split("/")[3]: backing for ref, _, backing in opened(giving, found)
             if ref.count("/") == 3}  # fmt: skip
    assert [line.amount.text for line in whole[paid.number].postings] == ["105.00"]
    assert whole[paid.number].opening == yuan("-5.00")
    assert whole[f"{row.code}.untraced"].opening == yuan("-100.00")
    add_up(giving, found)
    # A reversal gives back the same to both.
    giving.reverse(paid, date(2026, 4, 2))
    april = drawn(giving, "gift-disclosure", "2026-04")
    assert cells(april, "amount")[f"{row.code}.used"] == "-100.00"
    assert cells(april, "balance")[f"{row.code}.end"] == "100.00"
    add_up(giving, april)


def test_a_receipt_that_was_entered_by_mistake_is_taken_back_in_the_month_of_its_reversal(
    giving: Giving,
) -> None:
    row = giving.campaign()
    done = giving.record(amount=yuan("100.00"), campaign=row.code, money=giving.bank)
    came = giving.approve(done.draft)
    giving.give("40.00", campaign=row.code)
    back = giving.reverse(came, date(2026, 4, 5))
    assert cells(drawn(giving, "gift-disclosure", "2026-04"), "amount") == {
        done.row.code: "-100.00", f"{row.code}.received": "-100.00", f"{row.code}.used": "0.00",
        f"{row.code}.untraced": "0.00",
    }  # fmt: skip
    april = drawn(giving, "gift-disclosure", "2026-04")
    (line,) = (line for line in april.lines if line.code == done.row.code)
    assert line.cells[:2] == (date(2026, 4, 5), back.number)
    assert came.number in str(line.cells[5])
    assert cells(april, "balance")[f"{row.code}.end"] == "40.00"
    add_up(giving, april)


def test_funds_without_a_campaign_and_a_total_stand_below(giving: Giving) -> None:
    row = giving.campaign()
    giving.give("100.00", campaign=row.code)
    giving.give("10.00", fund="F02")
    giving.give("1.00", fund="F01")
    found = drawn(giving, "gift-disclosure", "2026-03")
    assert [line.code for line in found.lines if line.style == "heading" and not line.level] == [
        row.code, "F01", "F02", "all",
    ]  # fmt: skip
    amounts = cells(found, "amount")
    assert amounts["all.received"] == "111.00"
    assert "F01.untraced" not in amounts  # the unit's other money is no remainder of gifts
    assert any("不限定" in note.zh for note in found.notes)
    add_up(giving, found)


def test_a_gift_moved_with_consent_is_no_receipt_and_cancels_in_the_total(
    giving: Giving, tmp_path: Path
) -> None:
    row, other = giving.campaign(), giving.campaign(name="助学")
    code = giving.give("100.00", campaign=row.code)
    paper = tmp_path / "consent.txt"
    paper.write_text("同意", encoding="utf-8")
    asked = giving.run(
        "gift", "change", code, "--campaign", other.code, "--on", "2026-04-01", "--purpose", "助学",
        "--paper", paper, "--json",
    ).json  # fmt: skip
    done = giving.run("gift", "approve", code, str(asked["event"]), "--json", user="lin").json
    giving.approve(done["draft"])
    amounts = cells(drawn(giving, "gift-disclosure", "2026-04"), "amount")
    assert amounts[f"{row.code}.moved-out"] == amounts[f"{other.code}.moved-in"] == "100.00"
    assert amounts["all.received"] == amounts["all.used"] == "0.00"
    for name in ("gift-disclosure", "campaign"):
        for period in ("2026-03", "2026-04", "2026"):
            add_up(giving, drawn(giving, name, period))


def bean_sum(giving: Giving, where: str) -> str:
    """What ``bean-query`` adds up of the book, debit positive, at cost."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("bean-query")), "-f", "csv",
         str(giving.folder / "book.bean"), f"SELECT sum(cost(position)) AS fen WHERE {where}"],
        capture_output=True, text=True, check=True,
        env={"BEANCOUNT_DISABLE_LOAD_CACHE": "1", "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    (row,) = csv.DictReader(done.stdout.splitlines())
    text = row["fen"].strip()
    return yuan(text.split()[0]).text if text else "0.00"


@pytest.mark.parametrize("chart", CHARTS)
def test_bean_query_adds_up_the_same(tmp_path: Path, chart: str) -> None:
    life = Life(tmp_path / "f", chart, "pro-rata")
    for fen in (30_000, 12_345, 1):
        life.receive(fen)
    life.receive_goods(9_000, 3)
    life.hand_out(0, 1)
    life.spend(11_111, None)
    life.spend(2_222, 1)
    life.undo(1)
    life.refund(0, 400)
    giving, fund = life.giving, life.row.fund
    amounts = cells(drawn(giving, "gift-disclosure", "2026"), "amount")
    held = cells(drawn(giving, "gift-disclosure", "2026"), "balance")[f"{life.row.code}.end"]
    of = f"any_meta('fund') = '{fund}'"
    money, things = (
        bean_sum(giving, f"{of} AND account ~ '{what}'") for what in ("银行存款", "受赠物资")
    )
    assert Money(yuan(money).fen + yuan(things).fen).text == held
    spent = bean_sum(giving, f"{of} AND account ~ '^Expenses'")
    handed = Money(3_000).text if chart.startswith("union") else "0.00"  # no expense of a union
    assert Money(yuan(spent).fen + yuan(handed).fen).text == amounts[f"{life.row.code}.used"]
    assert amounts[f"{life.row.code}.received"] == "513.46"
    assert amounts[f"{life.row.code}.returned"] == "4.00"
    giving.registry.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["union-2021-basic", "npo-2024"]),
    st.sampled_from(["fifo", "pro-rata", "named"]),
    st.lists(STEPS, min_size=1, max_size=12),
)
def test_months_join_every_figure_opens_and_the_end_is_what_gifts_hold(
    chart: str, rule: str, steps: list[Step]
) -> None:
    with lived(chart, rule, steps, apart=9) as life:
        _look(life)


def _look(life: Life) -> None:
    giving, code = life.giving, life.row.code
    end = "0.00"
    sums = dict.fromkeys(("received", "used", "returned"), 0)
    for period in MONTHS:
        found = drawn(giving, "gift-disclosure", period)
        held, amounts = cells(found, "balance"), cells(found, "amount")
        assert held.get(f"{code}.begin", end) == end
        end = held.get(f"{code}.end", end)
        for key in sums:
            sums[key] += yuan(amounts.get(f"{code}.{key}", "0.00")).fen
        add_up(giving, found)
    stands = campaign_standing(giving.registry, UNIT, code, NOW.date())
    assert yuan(end).fen == stands.held_fen
    assert sums == {
        "received": stands.raised_fen, "used": stands.used_fen, "returned": stands.returned_fen,
    }  # fmt: skip
    page = drawn(giving, "campaign", "2026-06")
    add_up(giving, page)
    amounts = cells(page, "amount")
    assert yuan(amounts[f"{code}.held"]).fen == stands.held_fen
    assert yuan(amounts.get(f"{code}.spent", "0.00")).fen == (
        stands.used_fen + stands.fund.untraced_fen
    )


# ---- the page of a campaign --------------------------------------------------------------------


def test_a_campaign_is_drawn_in_every_form_and_its_figures_open(any_chart: Giving) -> None:
    plan = [("帐篷", yuan("300.00")), ("口粮", yuan("200.00"))]
    row = any_chart.campaign(target=yuan("1000.00"), lines=plan, name_en="Flood relief")
    code = any_chart.give(
        "400.00", campaign=row.code, donor=any_chart.donor("王示例", consent="masked")
    )
    any_chart.spend("350.00", row.fund, date(2026, 4, 1), purpose="帐篷")
    any_chart.spend("10.00", row.fund, date(2026, 4, 2), purpose="运费")
    found = drawn(any_chart, "campaign", "2026-04")
    assert found.title == ("防汛救灾 · 公示", "Flood relief")
    assert [bar.said for bar in found.bars] == ["40.0 %", "90.0 % 已用"]
    amounts = cells(found, "amount")
    assert [amounts[f"{row.code}.{key}"] for key in ("received", "used", "held", "p1", "p3")] == [
        "400.00", "360.00", "40.00", "350.00", "10.00",
    ]  # fmt: skip
    assert cells(found, "plan")[f"{row.code}.spent"] == "500.00"
    assert cells(found, "used")[f"{row.code}.{code}.1"] == "350.00"
    assert add_up(any_chart, found) > 12
    source = known_source(any_chart.registry, UNIT, "campaign", Period.parse("2026-04"))
    whole = catalogue.with_annex(source, found)
    for form in ("pdf", "xlsx", "csv", "json", "text"):
        assert render(whole, form) == render(whole, form)
    assert "[################........................] 40.0 %" in render(found, "text").decode()


def report(giving: Giving, *words: str) -> Any:
    return mingbai("report", giving.registry.folder, "--unit", UNIT, *words)


def test_one_campaign_is_asked_for_by_its_code(giving: Giving) -> None:
    row, other = giving.campaign(), giving.campaign(name="助学")
    for one in (row, other):
        giving.give("10.00", campaign=one.code)
    for name in ("gift-disclosure", "campaign"):
        both = report(giving, name, "--period", "2026-03").out
        assert row.code in both and other.code in both
        told = report(giving, name, "--period", "2026-Q1", "--campaign", other.code).out
        assert other.code in told and row.code not in told
    data = json.loads(
        report(giving, "campaign", "--period", "2026-03", "--campaign", row.code,
               "--format", "json").out
    )  # fmt: skip
    refs = [line["ref"] for line in data["lines"] if line["ref"]]
    assert catalogue.backing(
        known_source(giving.registry, UNIT, "campaign", Period.parse("2026-03")), refs[0]
    )


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("campaign", "--period", "2026-03", "--campaign", "HD2026-0099-0"), "no-campaign"),
        (("funds", "--period", "2026-03", "--campaign", "HD2026-0001-0"), "usage"),
        (("arrears", "--period", "2026-Q1"), "bad-period"),
        (("campaign", "--period", "2026-Q5"), "bad-period"),
    ],
)
def test_what_makes_no_sense_is_a_finding(
    giving: Giving, words: tuple[str, ...], rule: str
) -> None:
    giving.campaign()
    told = report(giving, *words)
    assert told.status in (1, 2) and f"[{rule}]" in told.err and "Traceback" not in told.err


def test_a_campaign_that_waits_is_not_drawn_and_names_without_consent_never(
    giving: Giving,
) -> None:
    row = giving.campaign()
    giving.give("10.00", campaign=row.code, donor=giving.donor("沈示例"))
    terms = Terms(UNIT, "助学", "助学", date(2026, 1, 1), None, yuan("0.00"), "fifo")
    waits = campaigns.ask_to_open(giving.registry, terms, giving.maker, NOW)
    for name in ("campaign", "gift-disclosure"):
        text = report(giving, name, "--period", "2026-03").out
        assert waits.code not in text and "沈示例" not in text and "匿名" in text


@pytest.mark.parametrize(
    "ref", ["campaign/2026-03/HD2026-0001-0.nosuch", "campaign/2026-03/x",
            "campaign/2026-03/HD2026-0001-0.p9", "campaign/2026-03/HD2026-0001-0.received/held",
            "gift-disclosure/2026-03/all.received", "gift-disclosure/2026-03/x.y.z",
            "gift-disclosure/2026-03/HD2026-0001-0.nosuch"],
)  # fmt: skip
def test_a_reference_to_nothing_is_refused(giving: Giving, ref: str) -> None:
    row = giving.campaign()
    giving.give("10.00", campaign=row.code)
    source = known_source(giving.registry, UNIT, ref.split("/")[0], Period.parse("2026-03"))
    with pytest.raises(Refused, match="no-figure"):
        catalogue.backing(source, f"{UNIT}/{ref}")


def test_a_unit_without_gifts_says_so(giving: Giving) -> None:
    assert "没有捐赠" in report(giving, "gift-disclosure", "--period", "2026-03").out
    assert "没有募捐活动" in report(giving, "campaign", "--period", "2026-03").out


def test_on_screen_the_bars_are_drawn_and_figures_open(giving: Giving) -> None:
    client = signed_in(create_app(giving.registry.folder, clock=lambda: NOW), "shen")
    overview = f"/statements/{UNIT}/"
    assert "gift-disclosure" not in client.get(overview).get_data(as_text=True)
    row = giving.campaign(target=yuan("100.00"))
    giving.give("40.00", campaign=row.code)
    giving.spend("10.00", row.fund, date(2026, 3, 20))
    assert "gift-disclosure" in client.get(overview).get_data(as_text=True)
    for name in ("campaign", "gift-disclosure"):
        page = client.get(f"{overview}{name}/2026-03").get_data(as_text=True)
        assert ("<svg" in page) == (name == "campaign")
        links = re.findall(r'href="(/figures/[^"?]+)"', page)
        assert len(links) > 5
        assert {client.get(link).status_code for link in links} == {200}
