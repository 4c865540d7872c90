"""In a real browser: no fault of accessibility, nothing too wide for a phone, and the look-ups."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.ui import WebDriverWait

from reports.site import writing
from tests.site.accessible import ASKED, LEVELS, faults_of, show
from tests.site.whole import DUES_TOKEN, PERIOD, TOKEN, UNIT, receipt_text, whole
from tests.web.browser import chromium

pytestmark = pytest.mark.browser

#: One page of every kind.
KINDS = (
    "index.html", "disclosures.html", "completeness.html", "objections.html", "evaluations.html",
    "follow.html", "my-dues.html", "data.html", "404.html", f"my/{TOKEN}.html",
    f"my/{DUES_TOKEN}.html",
    *(
        f"u/{UNIT}/{page}.html"
        for page in (
            "index", "assets", "funds/F01", "funds/F02", "campaigns/HD2026-0001-0",
            f"statements/funds-{PERIOD}", f"statements/funds-{PERIOD}-behind",
            f"statements/journal-{PERIOD}", "journal/2026-03", "disclosures", "completeness",
            "objections", "evaluations",
        )
    ),
)  # fmt: skip
IN_THE_DARK = ("u/xian/index.html", "/disclosures.html", "funds-2026-Q1.html", "2026-03.html")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """A test says nothing of each page."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("site")
    writing.write_site(whole(vouchers=4, gifts=2), folder)
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[WebDriver]:
    yield from chromium()


def test_no_kind_of_page_has_a_fault_of_accessibility(browser: WebDriver, address: str) -> None:
    show(browser, "light", 390)
    assert faults_of(browser, [f"{address}/{page}" for page in KINDS]) == {}
    assert faults_of(browser, [f"{address}/en/{page}" for page in KINDS[-3:]]) == {}


def test_in_the_dark_all_can_be_read_as_well(browser: WebDriver, address: str) -> None:
    show(browser, "dark", 1280)
    pages = [f"{address}/en/{page}" for page in KINDS if page.endswith(IN_THE_DARK)]
    assert len(pages) == len(IN_THE_DARK)
    assert faults_of(browser, pages) == {}


def test_nothing_is_too_wide_for_a_phone(browser: WebDriver, address: str) -> None:
    show(browser, "light", 360)
    for page in KINDS:
        # The page for addresses that are not there has both languages.
        browser.get(f"{address}/{page}" if page == "404.html" else f"{address}/en/{page}")
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 360, page


def test_the_checker_finds_what_is_wrong(browser: WebDriver, address: str) -> None:
    show(browser, "light", 390)
    assert faults_of(browser, [f"{address}/404.html"]) == {}
    browser.execute_script("document.documentElement.removeAttribute('lang')")
    browser.execute_script("document.querySelector('.lead').style.color = '#ccc'")
    faults = browser.execute_async_script(ASKED, LEVELS)
    assert {name for name, _, _ in faults} >= {"html-has-lang", "color-contrast"}


def test_the_first_key_leads_past_the_head_and_focus_can_be_seen(
    browser: WebDriver, address: str
) -> None:
    show(browser, "light", 390)
    browser.get(f"{address}/index.html")
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    focused = browser.switch_to.active_element
    assert focused.get_attribute("class") == "skip"
    assert focused.rect["x"] >= 0
    assert focused.value_of_css_property("outline-style") == "solid"
    focused.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "main"


def looked_up(browser: WebDriver, page: str, text: str) -> None:
    browser.get(page)
    browser.find_element(By.ID, "code").send_keys(text)
    browser.find_element(By.CSS_SELECTOR, "#lookup button").click()


def test_a_receipts_text_leads_to_the_page_of_its_gift(browser: WebDriver, address: str) -> None:
    opening = receipt_text().split("|")[9]
    for page in ("follow.html", "en/follow.html"):
        for text in (receipt_text(), opening, f" {opening} "):
            looked_up(browser, f"{address}/{page}", text)
            own = f"{address}/{page.removesuffix('follow.html')}my/{TOKEN}.html"
            WebDriverWait(browser, 10).until(expect.url_to_be(own))
    assert "300.00" in browser.page_source


def test_a_members_code_leads_to_the_page_of_their_dues(browser: WebDriver, address: str) -> None:
    looked_up(browser, f"{address}/my-dues.html", DUES_TOKEN.upper())
    own = f"{address}/my/{DUES_TOKEN}.html"
    WebDriverWait(browser, 10).until(expect.url_to_be(own))


@pytest.mark.parametrize("text", ["", "SJ2026-0001-8", "MB1|x", "../../etc", "<b>" * 9])
def test_what_is_no_receipt_is_told_and_leads_nowhere(
    browser: WebDriver, address: str, text: str
) -> None:
    looked_up(browser, f"{address}/follow.html", text)
    assert "收据" in browser.find_element(By.ID, "bad").text
    assert browser.current_url == f"{address}/follow.html"
    assert browser.switch_to.active_element.get_attribute("id") == "code"


def test_without_a_script_every_page_can_be_read(browser: WebDriver, address: str) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{address}/follow.html")
        assert not browser.find_element(By.ID, "lookup").is_displayed()
        assert "mingbai-page-1" in browser.find_element(By.TAG_NAME, "main").text
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_the_browser_objects_to_nothing_and_fetches_nothing_else(
    browser: WebDriver, address: str
) -> None:
    browser.get_log("browser")  # type: ignore[no-untyped-call]
    for page in ("index.html", "en/follow.html", f"my/{TOKEN}.html"):
        browser.get(f"{address}/{page}")
        names = browser.execute_script(
            "return performance.getEntriesByType('resource').map((one) => one.name)"
        )
        assert all(name.startswith(f"{address}/") for name in names)
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]
