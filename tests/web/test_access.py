"""Who may call what: said beside each route, and held before it runs."""

from __future__ import annotations

import pytest

from reports.web.access import IN_UNIT, PUBLIC, SIGNED_IN, access_of
from tests.house import PASSWORD, UNIT
from tests.web.conftest import Desk


def test_every_route_declares_who_may_call_it(desk: Desk) -> None:
    undeclared = [
        rule.endpoint
        for rule in desk.app.url_map.iter_rules()
        if access_of(desk.app, rule.endpoint) not in (PUBLIC, SIGNED_IN, *IN_UNIT)
    ]
    assert undeclared == []


def test_the_public_sees_the_login_only(desk: Desk) -> None:
    client = desk.client()
    for rule in desk.app.url_map.iter_rules():
        if access_of(desk.app, rule.endpoint) == PUBLIC:
            continue
        path = rule.rule.replace("<unit>", UNIT)
        for name in rule.arguments:
            for kind, value in (("", "x"), ("path:", "x"), ("int:", "1")):
                path = path.replace(f"<{kind}{name}>", value)
        answer = client.get(path) if "GET" in (rule.methods or ()) else client.post(path)
        assert answer.status_code in (303, 401), rule.rule
    assert client.get("/login").status_code == 200


@pytest.mark.parametrize("path", ["journal/", "extension/Funds/", "api/ledger_data", ""])
def test_without_the_role_a_unit_is_refused(desk: Desk, path: str) -> None:
    assert desk.client("zhou").get(f"/books/other/{path}").status_code == 403
    assert desk.client("admin").get(f"/books/{UNIT}/{path}").status_code == 403


def test_a_unit_that_does_not_exist_looks_like_one_that_is_closed(desk: Desk) -> None:
    client = desk.client("zhou")
    closed, missing = client.get("/books/other/journal/"), client.get("/books/nowhere/journal/")
    assert closed.status_code == missing.status_code == 403
    assert closed.get_data() == missing.get_data().replace(b"nowhere", b"other")


@pytest.mark.parametrize(
    "path",
    ["/vouchers/other/x", "/figures/other/funds/2026-03/F01/in", "/papers/other/" + "0" * 64],
)
def test_other_units_vouchers_figures_and_papers_are_refused(desk: Desk, path: str) -> None:
    assert desk.client("zhou").get(path).status_code == 403


def test_a_form_from_elsewhere_is_refused(desk: Desk) -> None:
    client = desk.client("zhou")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/logout", headers=headers).status_code == 403
    assert client.post("/logout", data={"csrf": "wrong"}).status_code == 403


def test_a_login_without_its_forms_token_is_refused(desk: Desk) -> None:
    client = desk.client()
    answer = client.post("/login", data={"login": "zhou", "password": PASSWORD})
    assert answer.status_code == 400


def test_a_wrong_password_says_no_more_than_a_wrong_name(desk: Desk) -> None:
    answers = []
    for login in ("gao", "nobody"):
        client = desk.client()
        form = client.get("/login").get_data(as_text=True)
        token = form.split('name="csrf" value="')[1].split('"')[0]
        answer = client.post(
            "/login", data={"csrf": token, "login": login, "password": "wrong password"}
        )
        assert answer.status_code == 403
        answers.append(answer.get_data(as_text=True).count("wrong") + len(answer.headers))
    assert answers[0] == answers[1]


def test_signing_out_ends_the_session(desk: Desk) -> None:
    client = desk.client("lin")
    page = client.get("/").get_data(as_text=True)
    token = page.split('name="csrf" value="')[1].split('"')[0]
    assert client.post("/logout", data={"csrf": token}).status_code == 303
    assert client.get("/").status_code == 303
    del desk.signed_in["lin"]


def test_cookies_and_headers_are_strict(desk: Desk) -> None:
    client = desk.client()
    form = client.get("/login")
    assert "HttpOnly" in form.headers["Set-Cookie"]
    assert "SameSite=Lax" in form.headers["Set-Cookie"]
    policy = form.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert form.headers["X-Content-Type-Options"] == "nosniff"
    funds = desk.client("zhou").get(f"/books/{UNIT}/extension/Funds/")
    assert "unsafe" not in funds.headers["Content-Security-Policy"]
    assert funds.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["127.0.0.1:5000", "localhost:5000", "[::1]:5000"])
def test_this_machine_answers_to_each_of_its_names(desk: Desk, host: str) -> None:
    assert desk.client().get("/login", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "[::2]", "a b", "[", ""],
)
def test_another_host_is_refused(desk: Desk, host: str) -> None:
    for path in ("/login", "/assets/mingbai.css", "/nothing", "/"):
        answer = desk.client("zhou").get(path, headers={"Host": host})
        assert answer.status_code == 400, path
        assert "Location" not in answer.headers


def test_someone_who_signs_in_often_is_not_shut_out(desk: Desk) -> None:
    for _ in range(12):
        assert sign_in(desk, "gao", PASSWORD) == 303


def test_a_name_is_not_tried_without_end(desk: Desk) -> None:
    statuses = [sign_in(desk, "nobody-at-all", "wrong password") for _ in range(12)]
    assert statuses == [403] * 10 + [429] * 2


def sign_in(desk: Desk, login: str, password: str) -> int:
    client = desk.client()
    form = client.get("/login").get_data(as_text=True)
    token = form.split('name="csrf" value="')[1].split('"')[0]
    return client.post(
        "/login", data={"csrf": token, "login": login, "password": password}
    ).status_code
