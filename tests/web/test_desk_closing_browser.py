"""A month is finished in a real browser, without a mouse: waived, closed, sealed, published."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from ledger.disclosing.packs import packs_of
from ledger.registry import closing_rules, imports
from ledger.sealing import signing
from reports.web.app import build_server, create_app
from tests.house import BANK, UNIT, House, build_house
from tests.web.desk import NOW, PDF
from tests.web.test_browser import browser
from tests.web.test_desk_browser import Person

__all__ = ["browser"]
pytestmark = pytest.mark.browser

MONTHS, SEALS, PUBLISH = (f"/desk/{UNIT}/{name}" for name in ("months", "seals", "publish"))
KEY = signing.new_key()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = build_house(tmp_path / "federation", url="sqlite:///registry.db", now=NOW)
    made.post(made.draft("33.00", day=date(2026, 3, 2)))
    with made.registry.write() as conn:
        imports.add_account(
            conn, made.registry.vault,
            imports.MoneyAccount(UNIT, BANK, "bank", "基本户", "6222000000000018", "F01"),
        )  # fmt: skip
        for key in ("papers", "bank"):
            closing_rules.add(
                conn, UNIT, key, date(2026, 1, 1), required=True, reason="示例", user="u", now=NOW
            )
    yield made
    made.registry.close()


@pytest.fixture
def person(house: House, browser: WebDriver) -> Iterator[Person]:
    app = create_app(house.registry.folder, clock=lambda: NOW)
    server = build_server(app, "127.0.0.1", 0)
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield Person(browser, f"http://127.0.0.1:{server.bind_addr[1]}", house)
    server.stop()
    thread.join(timeout=10)


def opened(person: Person, css: str) -> None:
    """Open a folded form by its key, where it is not open already."""
    if person.find(css).get_attribute("open") is None:
        person.find(f"{css} > summary").send_keys(Keys.ENTER)


def press(person: Person, css: str) -> None:
    person.find(css).send_keys(Keys.ENTER)


def test_a_month_is_finished_by_two_persons_without_a_mouse(
    person: Person, house: House, tmp_path: Path
) -> None:
    paper = tmp_path / "count.pdf"
    paper.write_bytes(PDF)
    person.sign_in("zhou")
    person.open(MONTHS)
    # The checklist leads to the form of the same page.
    press(person, '.checklist a[href="#waive"]')
    opened(person, "#waive")
    person.browser.execute_script("document.getElementById('until').value = '2026-04-30'")
    person.find("#reason1").send_keys("发票在途")
    press(person, "#waive button[type=submit]")
    assert "由另一人确认" in person.at("done=waiver-asked")
    opened(person, "#count")
    person.type(amount="33.00")
    person.find("#counted").send_keys(str(paper))
    person.find("#reason2").send_keys("银行函证")
    press(person, "#count button[type=submit]")
    person.at("done=waiver-counted")
    person.sign_in("lin")
    for _ in range(2):
        person.open(MONTHS)
        press(person, "#confirm button[type=submit]")
        person.at("done=waiver-confirmed")
    person.sign_in("zhou")
    person.open(MONTHS)
    buttons = person.browser.find_elements(By.CSS_SELECTOR, "main > form button[type=submit]")
    buttons[0].send_keys(Keys.ENTER)
    assert "未封存" in person.at("done=closed")
    sealed_by_a_key(person, tmp_path)
    person.open(PUBLISH)
    press(person, ".search button[type=submit]")
    assert "尚未公开" in person.at("/look")
    press(person, "#looked button[type=submit]")
    person.at("done=published")
    [row] = packs_of(house.registry, UNIT)
    assert row.period == "2026-03" and row.digest[:16] in person.find("main").text
    assert person.complaints() == []


def sealed_by_a_key(person: Person, folder: Path) -> None:
    """The request is made, signed at another place, and its answer sent."""
    public, response = folder / "public.pem", folder / "response"
    public.write_bytes(signing.public_pem(KEY.public))
    person.open(SEALS)
    person.find("main details.drop > summary").send_keys(Keys.ENTER)
    person.find("#public").send_keys(str(public))
    press(person, "main details.drop button[type=submit]")
    person.at("done=seal-requested")
    data = taken(person, str(person.find(".waits a.file").get_attribute("href")))
    assert data.startswith(b"mingbai-seal-1\n")
    response.write_bytes(KEY.sign(data))
    person.find("#response").send_keys(str(response))
    press(person, ".waits li button[type=submit]")
    assert "都已封存" in person.at("done=sealed")


def taken(person: Person, address: str) -> bytes:
    """A file behind a link, for who is signed in."""
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in person.browser.get_cookies())
    parts = urlsplit(address)
    there = HTTPConnection(parts.netloc, timeout=20)
    there.request("GET", parts.path, headers={"Cookie": cookies})
    data = there.getresponse().read()
    there.close()
    return data
