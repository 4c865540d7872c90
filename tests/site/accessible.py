"""axe-core in a real browser: what it finds on pages, as they are shown to somebody."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import axe_core_python
from selenium.webdriver.chrome.webdriver import WebDriver

#: Levels A and AA of WCAG, and what else axe-core holds to be good practice.
LEVELS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
ASKED: Final = """
const done = arguments[arguments.length - 1];
axe.run({ runOnly: arguments[0], resultTypes: ["violations"] }).then((found) => done(
  found.violations.map((one) => [one.id, one.impact, one.nodes.map((node) => node.html)])
));
"""


def show(browser: WebDriver, scheme: str, width: int) -> None:
    """As a phone or a wide screen shows pages, light or dark."""
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def faults_of(browser: WebDriver, pages: Iterable[str]) -> dict[str, Any]:
    """What axe-core finds on each of the pages; nothing of pages without a fault."""
    engine = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    found = {}
    for page in pages:
        browser.get(page)
        browser.execute_script(engine)
        faults = browser.execute_async_script(ASKED, LEVELS)
        if faults:
            found[page] = faults
    return found
