"""Someone at the desk: logged in as people log in, by the form of the page; and a real browser."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selenium import webdriver
from selenium.webdriver.chrome.webdriver import WebDriver

from tests.house import PASSWORD


def signed_in(app: Flask, login: str) -> FlaskClient:
    """A browser of the user's own."""
    client = app.test_client()
    sign_in(client, login)
    return client


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD) -> None:
    form = client.get("/login")
    assert form.status_code == 200, form.get_data(as_text=True)[:2000]
    told = {"csrf": token(form.get_data(as_text=True)), "login": login, "password": password}
    answer = client.post("/login", data=told)
    assert answer.status_code == 303, answer.get_data(as_text=True)[:500]


def token(page: str) -> str:
    """What a page gives with its forms and asks back."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None, page[:2000]
    return found[1]


def chromium() -> Iterator[WebDriver]:
    """Debian's chromium without a window, for a fixture; skipped, or failed in CI, without one."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium and chromium-driver are not installed, and CI=true demands them")
        pytest.skip("chromium or chromedriver is missing (Debian: chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
        "--window-size=1280,1000", "--lang=zh-CN", "--disable-background-networking",
    ):  # fmt: skip
        options.add_argument(argument)
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield found
    found.quit()
