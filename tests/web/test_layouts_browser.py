"""The wizard in a real browser: a bank that nobody knew, from its file to its questions."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from importers.profile import saved_profiles
from tests.house import UNIT
from tests.importers import files
from tests.importers.layouts import (
    Columns,
    balance,
    came,
    day,
    memo,
    name,
    ref,
    size,
    table,
    went,
    words,
)
from tests.importers.test_drift import drifted
from tests.importers.truth import movements
from tests.web.test_browser import browser
from tests.web.test_desk_browser import DESK, Person, kept, person

__all__ = ["browser", "person"]
pytestmark = pytest.mark.browser

OWN: list[object] = ["账号：6222000000000018"]
NOBODYS: Columns = {
    "哪日": day, "进了": came, "花了": went, "还剩": balance, "谁": name, "说啥": memo, "编码": ref,
}  # fmt: skip
FLAGGED: Columns = {
    "哪日": day, "多少": size, "向": words("进", "去"), "谁": name, "说啥": memo,
}  # fmt: skip


@pytest.fixture
def shot(person: Person) -> Callable[[str], None]:
    """Takes the page's picture where MINGBAI_SHOTS names a folder, for a person to look at."""

    def take(what: str) -> None:
        if folder := os.environ.get("MINGBAI_SHOTS"):
            size_of = "return [document.documentElement.clientWidth, document.body.scrollHeight]"
            wide, high = person.browser.execute_script(size_of)
            screen = {"width": wide, "height": high, "deviceScaleFactor": 1, "mobile": wide < 600}
            person.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
            person.browser.save_screenshot(str(Path(folder) / f"{what}.png"))

    return take


def bring(person: Person, folder: Path, file: str, data: bytes) -> None:
    """Choose a statement in the inbox and send it."""
    person.open(DESK)
    if not person.find(".drop").get_attribute("open"):
        person.find(".drop summary").click()
    person.find("#files").send_keys(kept(folder, file, data))
    person.find(".drop button[type=submit]").click()
    person.at("/statements")


def test_an_unknown_statement_is_found_out_kept_and_imported_without_a_mouse(
    person: Person, tmp_path: Path, shot: Callable[[str], None]
) -> None:
    person.sign_in("zhou")
    bring(person, tmp_path, "town.csv", files.text([OWN, *table(movements(20), NOBODYS)]))
    assert "识别版式" in person.find("main").text
    shot("inbox")
    person.keys(Keys.ESCAPE, "l")
    text = person.at("/layouts/")
    assert "20 行，余额逐行相接，0 处断开" in text and "收入与支出各一列" in text
    assert Select(person.find("#role1")).first_selected_option.get_attribute("value") == "in"
    shot("proven")
    person.type(title="Town bank")
    held = ActionChains(person.browser).key_down(Keys.CONTROL).send_keys(Keys.ENTER)
    held.key_up(Keys.CONTROL).perform()
    assert "版式已保存" in person.at("done=layout")
    assert person.count("[data-rows] tbody tr") > 10
    assert [one.id for one in saved_profiles()] == ["town-bank"]
    bring(person, tmp_path, "later.csv", files.text([OWN, *table(movements(25), NOBODYS)]))
    assert "刚刚导入" in person.find("main").text and person.count(".problem") == 0
    person.open(f"{DESK}layouts")
    assert "Town bank" in person.find("main").text
    shot("layouts")


def test_a_drifted_layout_shows_what_came_and_went_and_becomes_a_version(
    person: Person, tmp_path: Path, shot: Callable[[str], None]
) -> None:
    person.sign_in("zhou")
    bring(person, tmp_path, "postal.csv", drifted("交易日期", "哪天"))
    person.find("a[href*='/layouts/']").click()
    person.at("/layouts/")
    assert person.find(".drift del").text == "交易日期"
    assert person.find(".drift ins").text == "哪天"
    shot("drifted")
    Select(person.find("#account")).select_by_index(1)
    person.find("button[value=keep]").click()
    person.at("done=layout")
    assert [one.id for one in saved_profiles()] == ["psbc-corporate-2"]


def test_without_a_balance_a_person_chooses_the_columns_and_says_that_it_was_compared(
    person: Person, tmp_path: Path, shot: Callable[[str], None]
) -> None:
    screen = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    person.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    person.sign_in("zhou")
    person.open(f"{DESK}layouts")
    data = files.text([OWN, *table(movements(20), FLAGGED)])
    person.find("#file").send_keys(kept(tmp_path, "flag.csv", data))
    person.find(".drop button[type=submit]").click()
    assert "还不能确认" in person.at("/layouts/")
    shot("narrow-open")
    for field, value in (("role0", "date"), ("role1", "amount"), ("role2", "flag"),
                         ("role3", "counterparty"), ("role4", "memo"), ("came", "进"),
                         ("went", "去")):  # fmt: skip
        Select(person.find(f"[name={field}]")).select_by_value(value)
    person.find("button[data-key=m]").click()
    assert "没有余额可以证明" in person.find(".remedy").text
    shot("narrow-told")
    width = person.browser.execute_script("return document.documentElement.scrollWidth")
    assert width <= 390
    person.find("button[value=keep]").click()
    assert "逐行与原件核对" in person.find("#findings").text
    assert saved_profiles() == ()
    person.find("[name=sure]").click()
    person.find("button[value=keep]").click()
    person.at("done=layout")
    assert len(saved_profiles()) == 1
    assert f"/desk/{UNIT}/" in person.browser.current_url
