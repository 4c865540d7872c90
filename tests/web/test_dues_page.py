"""The dues page inside Fava's frame: figures by month and rule, without names, that open."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By

from ledger.period import Month
from ledger.registry import claims
from reports.web.app import build_server
from tests.dues.roll import Roll
from tests.dues.test_dues_statements import pay
from tests.house import UNIT
from tests.web.conftest import Desk, small_desk
from tests.web.test_browser import browser as browser
from tests.web.test_browser import sign_in, wait

PAGE = f"/books/{UNIT}/extension/Dues/"


@pytest.fixture(scope="module")
def dues_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Roll]]:
    """Three members of two months, of whom one has not paid and one was let off."""
    desk = small_desk(tmp_path_factory.mktemp("dues"))
    roll = Roll(desk.house)
    first, _, third = roll.add("3000"), roll.add("3001"), roll.add("6000")
    for month in (Month(2026, 2), Month(2026, 3)):
        roll.assess(month)
    pay(roll, first, date(2026, 3, 2))
    with desk.house.registry.write() as conn:
        code = roll.claims(third)[0].code
        claims.set_state(conn, UNIT, [code], claims.WRITTEN_OFF, date(2026, 3, 3))
    yield desk, roll
    desk.house.registry.close()


def page(desk: Desk, path: str = PAGE) -> str:
    answer = desk.client("shen").get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    return answer.get_data(as_text=True)


def test_the_page_says_what_is_owed_collected_and_in_arrears(
    dues_desk: tuple[Desk, Roll],
) -> None:
    text = page(dues_desk[0])
    for figure in ("135.01", "270.02", "30.00", "90.00", "150.02", "11.1 %"):
        assert figure in text, figure
    assert "党费" in text and "Party dues" in text


def test_it_names_nobody_and_tells_no_member_apart(dues_desk: tuple[Desk, Roll]) -> None:
    desk, roll = dues_desk
    text = page(desk)
    assert "示例会员" not in text
    assert not [member for member in roll.members if member in text]


def test_every_figure_of_it_opens_to_what_adds_up(dues_desk: tuple[Desk, Roll]) -> None:
    desk, _ = dues_desk
    links = re.findall(r'<a href="(/figures/[^"]+)" data-remote>([0-9,.]+)</a>', page(desk))
    assert len(links) > 8
    for href, amount in links:
        shown = page(desk, href)
        foot = shown[shown.index("<tfoot>") :]
        assert amount in foot, href
        assert "示例会员" not in shown
    paid = next(href for href, _ in links if href.endswith("all/paid"))
    assert "/vouchers/tiny/" in page(desk, paid)
    owed = next(href for href, _ in links if href.endswith("all/arrears"))
    assert "HY2026-" in page(desk, owed) and "/vouchers/tiny/HY" not in page(desk, owed)


def test_the_period_is_chosen_and_what_is_none_is_refused(dues_desk: tuple[Desk, Roll]) -> None:
    desk, _ = dues_desk
    march = page(desk, f"{PAGE}?time=2026-03")
    assert "135.01" in march and "270.02" not in march
    assert "没有应收的会费" in page(desk, f"{PAGE}?time=2025")
    for path in (
        "dues/2026/party.all/nosuch", "dues/2026/nosuch.all/paid", "dues/20x6/party.all/paid",
        "dues/1000-01..2900-12/party.all/paid", "dues-roll/nosuch/party.all/owed",
    ):  # fmt: skip
        assert desk.client("shen").get(f"/figures/{UNIT}/{path}").status_code == 404, path


def test_who_may_not_browse_the_unit_sees_nothing(dues_desk: tuple[Desk, Roll]) -> None:
    desk, _ = dues_desk
    assert desk.client().get(PAGE).status_code in (302, 303)
    assert desk.client("admin").get(PAGE).status_code == 403
    assert desk.client("admin").get(f"/figures/{UNIT}/dues/2026/party.all/paid").status_code == 403


@pytest.mark.parametrize("name", ["dues-roll", "dues-use", "collection", "arrears"])
@pytest.mark.parametrize("period", ["2026-02", "2026"])
def test_statements_of_dues_are_shown_and_their_figures_open(
    dues_desk: tuple[Desk, Roll], name: str, period: str
) -> None:
    desk, _ = dues_desk
    answer = desk.client("zhou").get(f"/statements/{UNIT}/{name}/{period}")
    text = answer.get_data(as_text=True)
    if (name, period) == ("dues-roll", "2026-02"):
        assert (answer.status_code, "尚未结账" in text) == (404, True)
        return
    assert answer.status_code == 200
    assert "示例会员" not in text
    for href in re.findall(r'href="(/figures/[^"]+)"', text)[:6]:
        assert desk.client("zhou").get(href).status_code == 200, href


@pytest.fixture(scope="module")
def address(dues_desk: tuple[Desk, Roll]) -> Iterator[str]:
    server = build_server(dues_desk[0].app, "127.0.0.1", 0)
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.bind_addr[1]}"
    server.stop()
    thread.join(timeout=10)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_chart_is_drawn_and_the_page_fits_a_screen_and_a_telephone(
    browser: WebDriver, address: str, width: int, tmp_path: Path
) -> None:
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    sign_in(browser, address, "shen")
    browser.get(f"{address}{PAGE}")
    wait(browser, ".mingbai-funds svg rect")
    wait(browser, ".mingbai-dues tbody tr")
    browser.save_screenshot(str(tmp_path / f"dues-{width}.png"))
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    legend = browser.find_element(By.CSS_SELECTOR, ".mingbai-funds").text
    assert "应收" in legend and "Arrears" in legend
    # Selenium leaves get_log without types.
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry for entry in log if entry["level"] == "SEVERE"] == []
    browser.find_element(By.CSS_SELECTOR, "a[href*='party.all/arrears']").click()
    wait(browser, "tfoot")
    assert "HY2026-" in browser.page_source
