"""OFX, MT940 and camt.053: signs, days and counts as the bank wrote them, nothing dropped."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import pytest

from importers.line import Reading
from importers.read import read_bytes
from ledger.errors import Refused
from tests.importers import exchanged
from tests.importers.printed import Moved, history

FORMATS: dict[str, Callable[[Sequence[Moved]], bytes]] = {
    "ofx": exchanged.ofx,
    "mt940": exchanged.mt940,
    "camt": exchanged.camt,
}


def said(reading: Reading) -> list[tuple[str, int]]:
    return sorted((line.day.isoformat(), line.amount.fen) for line in reading.lines)


def truth(rows: list[Moved]) -> list[tuple[str, int]]:
    return sorted((row.day.isoformat(), row.fen) for row in rows)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("count", [1, 2, 40])
def test_every_entry_is_read_with_its_sign_and_day(name: str, count: int) -> None:
    rows = history(count)
    reading = read_bytes(FORMATS[name](rows), "statement")
    assert said(reading) == truth(rows)
    assert (reading.profile, reading.account) == (name, exchanged.ACCOUNT)
    assert reading.parked == ()
    assert "fail" not in reading.proofs.values()
    assert "pass" in reading.proofs.values()


@pytest.mark.parametrize("zone", ["", "[+8:CST]", "[-5:EST]", "[+5.5:IST]"])
def test_the_zone_behind_a_day_does_not_move_it(zone: str) -> None:
    rows = history(5)
    assert said(read_bytes(exchanged.ofx(rows, zone=zone), "x.ofx")) == truth(rows)


def test_a_decimal_comma_is_a_decimal_comma() -> None:
    rows = history(12)
    assert said(read_bytes(exchanged.ofx(rows, comma=True), "x.ofx")) == truth(rows)


def test_an_entry_that_ofxparse_drops_is_parked() -> None:
    data = exchanged.ofx(history(3)).replace(b"<FITID>2026000001", b"")
    reading = read_bytes(data, "x.ofx")
    assert (len(reading.lines), len(reading.parked)) == (2, 1)
    assert "汇入汇款" in " ".join(reading.parked[0].raw)


def test_a_credit_taken_back_is_money_out() -> None:
    rows = history(10)
    reading = read_bytes(exchanged.mt940(rows, reversals=True), "x.sta")
    assert said(reading) == truth(rows)
    assert reading.proofs["P3"] == "pass"


def test_details_in_another_currency_do_not_replace_the_entry() -> None:
    rows = history(6)
    reading = read_bytes(exchanged.camt(rows, batch_in_dollars=True), "x.xml")
    assert said(reading) == truth(rows)
    assert {line.amount.currency for line in reading.lines} == {"CNY"}


def test_an_entry_that_is_only_announced_is_parked() -> None:
    data = exchanged.camt(history(2)).replace(b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>", 1)
    reading = read_bytes(data, "x.xml")
    assert (len(reading.lines), [row.finding.rule for row in reading.parked]) == (1, ["bad-status"])


def test_names_and_remittances_come_with_the_entry() -> None:
    rows = history(2)
    lines = read_bytes(exchanged.camt(rows), "x.xml").lines
    assert [(line.counterparty, line.memo) for line in lines] == [(r.name, r.memo) for r in rows]


@pytest.mark.parametrize(
    "data",
    [
        b"OFXHEADER:100\r\nDATA:OFXSGML\r\n\r\n<OFX><BANKMSGSRSV1>",
        b"OFXHEADER:100\r\nDATA:OFXSGML\r\n",
        b":20:X\n:25:1/2\n:61:nonsense\n-\n",
        b"<?xml version='1.0'?><Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'>",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
        b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'>&a;</Document>",
    ],
    ids=["open", "headless", "field 61", "cut", "entity"],
)
def test_a_broken_file_is_refused_with_a_finding(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_bytes(data, "broken")
    assert refused.value.findings[0].rule in ("unreadable", "no-header")


def test_an_entry_that_is_not_understood_is_not_written_into_any_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The library logs such entries whole, with names and amounts, where everybody may read it."""
    data = exchanged.mt940(history(6)).replace(b"NTRF", "张示例".encode(), 1)
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused):
        read_bytes(data.replace(b":61:26", b":61:xx", 1), "s.sta")
    assert not caplog.records
