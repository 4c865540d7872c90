"""Receipts and donors' statements at the desk: for who records or checks, counted, logged."""

from __future__ import annotations

from datetime import date

from ledger.money import yuan
from ledger.registry import gift_receipts, oplog
from tests.web.gift_desk import DESK, UNIT, GiftDesk, at, shared

__all__ = ["at", "shared"]


def test_who_records_prints_a_gifts_receipt_and_who_checks_prints_it_again(at: GiftDesk) -> None:
    code = at.giving.give("88.80", fund="F02", donor=at.giving.donor("沈示例"))
    page, to = f"{DESK}/gifts/{code}", f"{DESK}/gifts/{code}/receipt"
    first = at.as_("zhou").send(page, to)
    assert first.status_code == 200 and first.data.startswith(b"%PDF-")
    assert f"receipt-{code}.pdf" in first.headers["Content-Disposition"]
    again = at.as_("lin").send(page, to)
    assert again.data.startswith(b"%PDF-") and again.data != first.data
    with at.giving.registry.read() as conn:
        (row,) = gift_receipts.of_gifts(conn, UNIT, [code])[code]
        acts = [one for one in oplog.entries(conn, UNIT) if one.action == "gift-receipt.print"]
    assert row.printed == 2 and [act.object for act in acts[-2:]] == [row.code, row.code]


def test_a_gift_that_is_not_in_the_book_has_no_receipt_to_print(at: GiftDesk) -> None:
    code = at.giving.record(amount=yuan("5.00"), fund="F02").row.code
    page = f"{DESK}/gifts/{code}"
    assert "打印收据" not in at.as_("zhou").get(page)
    told = at.as_("zhou").send(page, f"{page}/receipt").get_data(as_text=True)
    assert "<h1>" in told and 'class="problem' in told


def test_who_neither_records_nor_checks_prints_nothing(at: GiftDesk) -> None:
    donor = at.giving.donor("沈示例")
    code = at.giving.give("5.00", fund="F02", donor=donor)
    for page, to in (
        (f"{DESK}/gifts/{code}", f"{DESK}/gifts/{code}/receipt"),
        (f"{DESK}/donors/{donor}", f"{DESK}/donors/{donor}/statement"),
    ):
        shown = at.as_("shen").get(page)
        assert "打印" not in shown
        assert at.as_("shen").send(page, to, year="2026").status_code == 403


def test_a_donors_statement_of_a_year_is_printed_from_the_donors_page(at: GiftDesk) -> None:
    donor = at.giving.donor("沈示例")
    at.giving.give("88.80", date(2026, 3, 3), fund="F02", donor=donor)
    page, to = f"{DESK}/donors/{donor}", f"{DESK}/donors/{donor}/statement"
    told = at.as_("zhou").send(page, to, year="2026")
    assert told.data.startswith(b"%PDF-")
    assert f"donor-{donor}-2026.pdf" in told.headers["Content-Disposition"]
    none = at.as_("zhou").send(page, to, year="2025")
    assert none.status_code == 422 and not none.data.startswith(b"%PDF-")
    for year in ("²026", "x", ""):
        assert at.as_("zhou").send(page, to, year=year).status_code == 404
    nobody = at.as_("zhou").send(page, f"{DESK}/donors/d-NOBODY/statement", year="2026")
    assert nobody.status_code == 404


def test_what_has_to_be_public_stands_on_the_campaigns_pages_with_its_article(
    at: GiftDesk,
) -> None:
    row = at.giving.campaign(
        public=True, emergency=True, filing="示例备案1", end=date(2026, 12, 31), name="防汛"
    )
    for page in (f"{DESK}/campaigns", f"{DESK}/campaigns/{row.code}"):
        shown = at.as_("shen").get(page)
        assert "应急募捐公开" in shown and "第七十二条" in shown, page
