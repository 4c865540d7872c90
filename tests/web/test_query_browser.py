"""A query in a real browser: typed, asked with Ctrl+Enter, under the page's strict policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from reports.web.app import build_server, create_app
from tests.house import BANK, UNIT, build_house
from tests.web.desk import NOW
from tests.web.test_browser import browser as browser
from tests.web.test_desk_browser import Person

pytestmark = pytest.mark.browser


@pytest.fixture
def auditor(tmp_path: Path, browser: WebDriver) -> Iterator[Person]:
    house = build_house(tmp_path / "federation", url="sqlite:///registry.db", now=NOW)
    house.post(house.draft("300.00", day=date(2026, 1, 5)))
    server = build_server(
        create_app(house.registry.folder, clock=lambda: house.now), "127.0.0.1", 0
    )
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    person = Person(browser, f"http://127.0.0.1:{server.bind_addr[1]}", house)
    person.sign_in("shen")
    yield person
    server.stop()
    thread.join(timeout=10)
    house.registry.close()


def test_control_and_enter_ask(auditor: Person) -> None:
    auditor.open(f"/audit/{UNIT}/query")
    box = auditor.find("#query")
    box.send_keys(f"SELECT voucher, number WHERE account = '{BANK}'")
    ActionChains(auditor.browser).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(
        Keys.CONTROL
    ).perform()
    assert "1 行" in auditor.find("#answer ~ p").text
    assert auditor.browser.current_url.endswith(f"/audit/{UNIT}/query")
    auditor.find("button[value='2']").click()
    assert auditor.find("th[aria-sort=ascending]").text.startswith("number")
    auditor.find("td a.code").click()
    assert "收-202601-0001" in auditor.at("/vouchers/")
