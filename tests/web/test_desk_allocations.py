"""Allocations at the desk and in Fava: who enters, who confirms, what is seen."""

from __future__ import annotations

import io
import re

from ledger import workflow
from ledger.allocations import entering, moving
from ledger.allocations.standing import stands
from ledger.founding import open_accounts
from ledger.journal import open_pen
from ledger.money import yuan
from ledger.registry import Registry, entries
from tests.allocations.test_allocations import MARCH, promise
from tests.house import ACTIVITY, BANK, LEVY, UNIT, House
from tests.web.desk import Browser, at_desk, house, waiting

__all__ = ["at_desk", "house"]

DESK = f"/desk/{UNIT}"
PAGE = f"{DESK}/allocations"
FORM = {
    "document": "青财预〔2026〕12号", "giver": "青禾县财政局", "name": "职工技能竞赛",
    "amount": "1,000.00", "year": "2026", "level": "county", "nature": "special",
    "use": "project", "account": LEVY, "fund": "F03", "approved": "2026-03-01",
    "arrive_by": "2026-03-02",
}  # fmt: skip


def entered(at_desk: dict[str, Browser]) -> str:
    """The address of an allocation that the treasurer entered."""
    paper = (io.BytesIO(b"%PDF-1.4 example"), "document.pdf")
    done = at_desk["zhou"].send(PAGE, paper=paper, **FORM)
    assert done.status_code == 303, done.get_data(as_text=True)
    return str(done.headers["Location"]).split("?", maxsplit=1)[0]


def test_one_enters_another_confirms_and_the_way_is_seen(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    one = entered(at_desk)
    page = zhou.get(one)
    assert "待审批" in page and "审批通过" not in page and "取回自己登记的" in page
    assert "审批通过" in lin.get(one)
    assert zhou.send(one, f"{one}/confirm").status_code == 403
    assert "已审批" in lin.get(lin.send(one, f"{one}/confirm").headers["Location"])
    digest = re.search(rf"/papers/{UNIT}/([0-9a-f]{{64}})", zhou.get(one))
    assert digest is not None
    zhou.send(one, f"{one}/release", amount="600", day="2026-03-02")
    zhou.send(one, f"{one}/arrive", amount="600", money=BANK, day="2026-03-03")
    (draft,) = waiting(house)
    assert draft.draft.papers == (digest[1],)  # the document is a paper of the voucher too
    workflow.approve(house.registry, draft.id, house.checker, house.now)
    zhou.send(one, f"{one}/lapse", amount="100", day="2026-03-04")
    waits = zhou.get(one)
    assert "已失效" in waits and "待审批" in waits
    lin.send(one, f"{one}/confirm", event="2")
    (now,) = stands(house.registry, UNIT, house.now.date())
    assert (now.released_fen, now.lapsed_fen) == (600_00, 100_00)


def test_what_is_wrong_is_said_beside_the_form_and_nothing_is_entered(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    for changed in ({"amount": "x"}, {"fund": "F01"}, {"account": "999"}, {"approved": ""},
                    {"year": "x"}, {"document": ""}):  # fmt: skip
        bad = zhou.send(PAGE, **{**FORM, **changed})
        assert bad.status_code == 422, changed
    assert stands(house.registry, UNIT, house.now.date(), waiting=True) == []
    paper = (io.BytesIO(b"not a pdf"), "document.pdf")
    assert zhou.send(PAGE, paper=paper, **FORM).status_code == 422
    one = entered(at_desk)
    at_desk["lin"].send(one, f"{one}/confirm")
    for act, fields in (("release", {"amount": "1000.01", "day": "2026-03-02"}),
                        ("arrive", {"amount": "1", "money": "没有", "day": "2026-03-02"}),
                        ("return", {"amount": "1", "money": BANK, "decision": "x"}),
                        ("undo", {"event": "7"})):  # fmt: skip
        assert zhou.send(one, f"{one}/{act}", **fields).status_code == 422, act
    zhou.get(f"{PAGE}/BK2026-0099-0", 404)


def test_a_voucher_at_the_desk_names_the_allocation_it_spends(
    house: House, at_desk: dict[str, Browser]
) -> None:
    row = entering.approve(
        house.registry, promise(nature="general", fund="F02"), house.maker, house.now
    )
    entering.confirm(house.registry, UNIT, row.code, house.checker, house.now)
    zhou = at_desk["zhou"]
    assert row.code in zhou.get(f"{DESK}/drafts/new")
    fields = {
        "day": "2026-03-05", "narration": "竞赛", "allocation": f"{row.code} 职工技能竞赛",
        "account0": ACTIVITY, "fund0": "F02", "debit0": "10.00", "account1": BANK,
        "fund1": "F02", "credit1": "10.00", "credit0": "", "debit1": "",
    }  # fmt: skip
    refused = zhou.send(f"{DESK}/drafts/new", **fields)
    assert refused.status_code == 422 and "结存 0.00" in refused.get_data(as_text=True)
    arrive(house.registry, row.code, house)
    assert zhou.send(f"{DESK}/drafts/new", **fields).status_code == 303
    named = [dict(line.meta).get("allocation") for one in waiting(house)
             for line in one.draft.postings if line.account == ACTIVITY]  # fmt: skip
    assert named == [row.code]
    (draft,) = waiting(house)
    edit = f"{DESK}/drafts/{draft.id}/edit"
    assert row.code in zhou.get(edit)
    assert zhou.send(edit, **{**fields, "allocation": ""}).status_code == 303
    (draft,) = waiting(house)
    assert not any("allocation" in dict(line.meta) for line in draft.draft.postings)


def arrive(registry: Registry, code: str, house: House) -> None:
    draft = moving.arrive(
        registry, UNIT, code, yuan("1000.00"), BANK, MARCH, house.maker, house.now
    )
    workflow.approve(registry, draft, house.checker, house.now)


def test_the_page_of_the_book_shows_the_same_and_each_figure_opens(
    house: House, at_desk: dict[str, Browser]
) -> None:
    one = entered(at_desk)
    at_desk["lin"].send(one, f"{one}/confirm")
    arrive(house.registry, one.rsplit("/", 1)[1], house)
    zhou = at_desk["zhou"]
    page = zhou.get(f"/books/{UNIT}/extension/Allocations/?time=2026-03")
    assert "职工技能竞赛" in page and "青禾县财政局" in page
    figures = sorted(set(re.findall(rf'href="(/figures/{UNIT}/arrivals/[^"]+)"', page)))
    assert len(figures) >= 12  # the row itself, and by year, giver and state
    for href in figures:
        assert "1,000.00" in zhou.get(href), href
    csv = zhou.fetch(f"{PAGE}?format=csv").decode("utf-8-sig")
    assert "青财预〔2026〕12号" in csv and "1000.00" in csv
    assert "职工技能竞赛" in zhou.get(f"{PAGE}?year=2026")


def test_numbers_of_other_scripts_and_endless_ones_are_no_years(
    house: House, at_desk: dict[str, Browser]
) -> None:
    entered(at_desk)
    zhou = at_desk["zhou"]
    for year in ("²", "２０２６", "9" * 5000):
        assert "职工技能竞赛" in zhou.get(f"{PAGE}?year={year}")
        assert "重大事项" in zhou.get(f"{DESK}/decisions?period={year}")
        told = zhou.send(PAGE, **{**FORM, "document": "青财预〔2026〕13号", "year": year[:4]})
        assert (told.status_code, "年度" in told.get_data(as_text=True)) == (422, True)
    assert len(stands(house.registry, UNIT, house.now.date(), waiting=True)) == 1


def test_only_accounts_of_income_are_offered_for_an_allocation(
    house: House, at_desk: dict[str, Browser]
) -> None:
    """Spending of the same name as an income is none of them."""
    twin = "Expenses:599-拨缴经费收入"
    with open_pen(house.registry, UNIT, house.now) as pen:
        row = entries.AccountRow(twin, "Twin", "CNY", False, MARCH.replace(day=1), None)
        open_accounts(pen, [row])
    page = at_desk["zhou"].get(PAGE)
    assert "402 拨缴经费收入" in page
    assert "599 拨缴经费收入" not in page
