"""Someone at the desk: logged in as people log in, by the form of the page."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

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
