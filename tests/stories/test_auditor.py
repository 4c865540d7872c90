"""The auditor: from a figure to its voucher to its paper, by commands and in the browser."""

from __future__ import annotations

import hashlib
import re
from html import unescape

from ledger import clock
from reports.web.app import create_app
from tests.cli.command import PASSWORDS, UNIT, Office
from tests.web.browser import sign_in


def test_every_figure_of_the_reports_opens(lived: Office) -> None:
    for name in ("balance-sheet", "funds"):
        refs = [line["ref"] for line in lived.report(name)["lines"] if line.get("amount")]
        assert refs
        for ref in refs:
            told = lived.asks("show", ref, "--json")
            assert told.status == 0, (ref, told.err)


def test_a_figure_leads_to_its_voucher_and_the_paper_that_came(office: Office) -> None:
    (levy,) = [
        row
        for row in office.asks("show", f"{UNIT}/funds/2026-03/F02/in", "--json").json["vouchers"]
        if row["account"].startswith("Income:402-")
    ]
    voucher = office.asks("show", f"{UNIT}/{levy['number']}", "--json").json
    ref = voucher["papers"][0]["ref"]
    assert office.asks("show", ref, "--json").json["vouchers"]
    copy = office.folder / "copy.csv"
    refused = office.by("admin", "show", ref, "-o", copy)
    assert (refused.status, copy.exists()) == (1, False)
    told = office.by("shen", "show", ref, "-o", copy)
    assert told.status == 0, told.err
    assert copy.read_bytes() == (office.folder / "statements" / "bank-1.csv").read_bytes()
    log = office.asks("report", "--unit", UNIT, "operation-log", "--period", str(clock.now().year))
    assert "open-paper" in log.out


def test_the_same_way_in_the_browser(office: Office) -> None:
    client = create_app(office.folder, clock=clock.now).test_client()
    sign_in(client, "shen", PASSWORDS["shen"])
    figure = client.get(f"/figures/{UNIT}/funds/2026-03/F04/out").get_data(as_text=True)
    (voucher,) = {unescape(link) for link in re.findall(r'href="(/vouchers/[^"]+)"', figure)}
    page = client.get(voucher).get_data(as_text=True)
    paper = re.findall(r'href="(/papers/[^"]+)"', page)[0]
    answer = client.get(paper)
    assert answer.status_code == 200
    assert hashlib.sha256(answer.get_data()).hexdigest() == paper.rpartition("/")[2]
    assert "困难帮扶".encode() in answer.get_data()
