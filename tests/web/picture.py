"""The picture of the funds page in the README: ``python -m tests.web.picture OUT.png``.

Builds the demonstration in a scratch folder, serves it on a free port of this machine, signs in as
its auditor and takes the page with Debian's chromium.
"""

from __future__ import annotations

import base64
import io
import sys
import tempfile
import threading
from pathlib import Path

from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.ui import WebDriverWait

from ledger import clock
from ledger.cli import main as command
from reports.web.app import build_server, create_app

WIDTH, COLOURS = 1280, 64
LOGIN, PASSWORD = "shen", "demo-auditor-2026"
PAGE = "/books/chunfeng/extension/Funds/"


def main(out: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "demo"
        command.main(["demo", str(folder)])
        server = build_server(create_app(folder, clock=clock.now), "127.0.0.1", 0)
        server.prepare()
        thread = threading.Thread(target=server.serve, daemon=True)
        thread.start()
        try:
            shot = taken(f"http://127.0.0.1:{server.bind_addr[1]}")
        finally:
            server.stop()
            thread.join(timeout=10)
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    # Few colours and no time stamp: a small file, and the same one for the same page.
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(out, optimize=True)
    print(f"{out}: {image.width} x {image.height}, {out.stat().st_size:,} bytes")


def taken(address: str) -> bytes:
    """The page as PNG, down to the end of its text."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
        "--lang=zh-CN", "--hide-scrollbars", "--disable-background-networking",
    ):  # fmt: skip
        options.add_argument(argument)
    browser = webdriver.Chrome(
        options=options, service=webdriver.ChromeService("/usr/bin/chromedriver")
    )
    try:
        wait = WebDriverWait(browser, 30)
        screen = {"width": WIDTH, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        browser.get(f"{address}/")
        browser.find_element(By.ID, "login").send_keys(LOGIN)
        browser.find_element(By.ID, "password").send_keys(PASSWORD)
        browser.find_element(By.CSS_SELECTOR, "main form button").click()
        wait.until(expect.presence_of_element_located((By.CSS_SELECTOR, "table")))
        browser.get(f"{address}{PAGE}")
        wait.until(expect.presence_of_element_located((By.CSS_SELECTOR, ".mingbai-funds svg rect")))
        browser.execute_async_script("document.fonts.ready.then(arguments[0])")
        end = browser.execute_script(
            "return document.querySelector('.mingbai-funds').getBoundingClientRect().bottom"
        )
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": int(end) + 20, "scale": 1}
        found = browser.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip})
        return base64.b64decode(found["data"])
    finally:
        browser.quit()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
