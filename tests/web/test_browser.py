"""In a real browser: sign in, open the funds page, click from a figure to its vouchers."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.ui import WebDriverWait

from reports.web.app import build_server
from tests.house import PASSWORD, UNIT
from tests.web.browser import chromium
from tests.web.conftest import Desk

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    server = build_server(desk.app, "127.0.0.1", 0)
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.bind_addr[1]}"
    server.stop()
    thread.join(timeout=10)


@pytest.fixture
def browser() -> Iterator[WebDriver]:
    yield from chromium()


def wait(browser: WebDriver, css: str) -> None:
    WebDriverWait(browser, 20).until(
        expect.presence_of_element_located((By.CSS_SELECTOR, css)), f"no {css}"
    )


def sign_in(browser: WebDriver, address: str, login: str) -> None:
    browser.get(f"{address}/")
    wait(browser, "#login")
    browser.find_element(By.ID, "login").send_keys(login)
    browser.find_element(By.ID, "password").send_keys(PASSWORD)
    browser.find_element(By.CSS_SELECTOR, "form button[type=submit]").click()
    wait(browser, "table")


def test_from_signing_in_to_the_vouchers_behind_a_figure(browser: WebDriver, address: str) -> None:
    sign_in(browser, address, "shen")
    browser.find_element(By.LINK_TEXT, "小河工会（示例）").click()
    wait(browser, ".mingbai-funds table")
    # Drawn by Fava's own charts, in Fava's own frame.
    wait(browser, ".mingbai-funds svg path, .mingbai-funds svg rect")
    wait(browser, "aside, nav")
    figure = browser.find_element(By.CSS_SELECTOR, "a[href*='/F03/in'], a[href*='/F03/in/']")
    shown = figure.text
    figure.click()
    wait(browser, "a[href*='/vouchers/']")
    assert shown in browser.page_source
    browser.find_element(By.CSS_SELECTOR, "a[href*='/vouchers/']").click()
    wait(browser, "dl.facts")
    assert "80.00" in browser.page_source
    assert "三月会费" in browser.page_source


def test_favas_own_reports_work_behind_the_gate(browser: WebDriver, address: str) -> None:
    sign_in(browser, address, "shen")
    browser.get(f"{address}/books/{UNIT}/balance_sheet/")
    wait(browser, "a[href*='account/Assets']")
    assert "174.50" in browser.page_source
    browser.get(f"{address}/books/{UNIT}/journal/")
    wait(browser, ".journal li, ol.journal, table")
    assert "三月会费" in browser.page_source
    # Selenium leaves get_log without types.
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    severe = [entry for entry in log if entry["level"] == "SEVERE"]
    assert severe == []


def test_a_user_without_the_role_gets_a_plain_refusal(browser: WebDriver, address: str) -> None:
    sign_in(browser, address, "zhou")
    browser.get(f"{address}/books/other/extension/Funds/")
    wait(browser, "main")
    assert "这里不对您开放" in browser.page_source
    status = browser.execute_async_script(
        "const done = arguments[0]; fetch('/books/other/journal/').then(r => done(r.status))"
    )
    assert status == 403


def test_our_own_pages_fit_a_telephone_and_break_no_policy(
    browser: WebDriver, address: str, desk: Desk
) -> None:
    screen = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    sign_in(browser, address, "shen")
    for path in (
        "/",
        f"/vouchers/{UNIT}/",
        f"/vouchers/{UNIT}/{desk.first}",
        f"/statements/{UNIT}/",
        f"/statements/{UNIT}/balance-sheet/2026-03",
        f"/figures/{UNIT}/funds/2026/F03/remaining",
        f"/books/{UNIT}/extension/Funds/",
    ):
        browser.get(f"{address}{path}")
        wait(browser, "table")
        width = browser.execute_script("return document.documentElement.scrollWidth")
        assert width <= 390, path
        log = browser.get_log("browser")  # type: ignore[no-untyped-call]
        assert [entry for entry in log if entry["level"] == "SEVERE"] == [], path


def test_a_search_is_typed_and_the_period_of_the_funds_is_clicked(
    browser: WebDriver, address: str
) -> None:
    sign_in(browser, address, "shen")
    browser.get(f"{address}/vouchers/{UNIT}/")
    browser.find_element(By.ID, "least").send_keys("100\n")
    wait(browser, "tfoot")
    assert "125.00" in browser.find_element(By.CSS_SELECTOR, "tfoot").text
    browser.get(f"{address}/books/{UNIT}/extension/Funds/")
    wait(browser, ".mingbai-periods a")
    browser.find_element(By.LINK_TEXT, "2 月").click()
    wait(browser, ".mingbai-periods a[href*='2026-02'][aria-current]")
    assert "time=2026-02" in browser.current_url
    assert "30.50" not in browser.find_element(By.CSS_SELECTOR, ".mingbai-table").text
