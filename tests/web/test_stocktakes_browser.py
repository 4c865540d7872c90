"""Counting in a real browser, as wide as a phone: by number, by a tap, and by the camera."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from ledger.assets.labels import label_text
from reports.web.app import build_server, create_app
from tests.assets.keeping import NOW, PASSWORD, UNIT, begin
from tests.stocktakes.counting import PLACE, Counting, counting_in
from tests.web.test_browser import browser

__all__ = ["browser"]
pytestmark = pytest.mark.browser

#: Chromium of Debian reads no codes by itself, and a test has no camera: both are played.
PLAYED = """
globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return globalThis.shown ? [{ rawValue: globalThis.shown }] : []; }
};
navigator.mediaDevices ?? Object.defineProperty(navigator, "mediaDevices", { value: {} });
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
HTMLMediaElement.prototype.play = async () => {};
"""


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[Counting]:
    made = counting_in(begin(tmp_path / "federation"))
    for name in ("相机", "打印机", "笔记本"):
        made.keeping.own(name=name)
    yield made
    made.registry.close()


@pytest.fixture
def phone(browser: WebDriver, counting: Counting) -> Iterator[WebDriver]:
    server = build_server(create_app(counting.registry.folder, clock=lambda: NOW), "127.0.0.1", 0)
    server.prepare()
    threading.Thread(target=server.serve, daemon=True).start()
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True},
    )
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": PLAYED})
    browser.delete_all_cookies()
    browser.get(f"http://127.0.0.1:{server.bind_addr[1]}/")
    browser.find_element(By.ID, "login").send_keys("he")
    browser.find_element(By.ID, "password").send_keys(PASSWORD)
    browser.find_element(By.CSS_SELECTOR, ".narrow button[type=submit]").click()
    code = counting.open()
    address = f"http://127.0.0.1:{server.bind_addr[1]}/desk/{UNIT}/stocktakes/{code}/count"
    browser.get(f"{address}?place={PLACE}")
    yield browser
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    faults = [one for one in log if one["level"] == "SEVERE" and " 422 " not in one["message"]]
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    browser.get("about:blank")  # the server waits for pages that are still open
    server.stop()
    assert faults == []


def told(phone: WebDriver, text: str) -> None:
    def there(page: WebDriver) -> bool:
        return text in page.find_element(By.ID, "counted").text

    WebDriverWait(phone, 20, ignored_exceptions=[Exception]).until(there, text)


def test_one_thing_after_another_is_counted_without_leaving_the_page(phone: WebDriver) -> None:
    phone.execute_script("globalThis.stayed = true")
    phone.find_element(By.ID, "what").send_keys("1")
    phone.find_element(By.CSS_SELECTOR, "button.big").click()
    told(phone, "1 / 3")
    assert "与清单相符" in phone.find_element(By.ID, "counted").text
    assert phone.find_element(By.ID, "what").get_attribute("value") == ""
    phone.find_element(By.CSS_SELECTOR, "[name=tapped][value='FA-00002']").click()
    told(phone, "2 / 3")
    phone.find_element(By.ID, "what").send_keys("77")
    phone.find_element(By.CSS_SELECTOR, "button.big").click()
    told(phone, "没有资产")
    assert phone.execute_script("return globalThis.stayed")
    wide = phone.execute_script("return document.documentElement.scrollWidth")
    assert wide <= 390


def test_the_camera_reads_labels_and_goes_on(phone: WebDriver) -> None:
    look = WebDriverWait(phone, 20).until(lambda page: page.find_element(By.ID, "look"))
    WebDriverWait(phone, 20).until(lambda _: look.is_displayed())
    look.click()
    for number, count in ((1, "1 / 3"), (3, "2 / 3")):
        text = label_text(UNIT, f"FA-0000{number}")
        phone.execute_script("globalThis.shown = arguments[0]", text)
        told(phone, count)
    phone.execute_script("globalThis.shown = 'https://example.org/'")
    told(phone, "不是资产编号")


def test_without_a_reader_of_codes_no_camera_is_offered(
    phone: WebDriver, counting: Counting
) -> None:
    script = phone.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument",
        {"source": "delete globalThis.BarcodeDetector;"},
    )
    phone.refresh()
    phone.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    assert not phone.find_element(By.ID, "look").is_displayed()
    phone.find_element(By.ID, "what").send_keys("1")
    phone.find_element(By.CSS_SELECTOR, "button.big").click()
    told(phone, "1 / 3")
