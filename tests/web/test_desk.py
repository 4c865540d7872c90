"""Who may do what at the desk, and in which language."""

from __future__ import annotations

import io

import pytest

from tests.house import UNIT, House
from tests.web.desk import (
    PDF,
    Browser,
    at_desk,
    house,
    import_statement,
    propose,
    typed,
)

__all__ = ["at_desk", "house"]


def test_the_language_is_chosen_without_a_script_and_remembered(
    at_desk: dict[str, Browser],
) -> None:
    browser = at_desk["shen"]
    page = browser.get(f"/desk/{UNIT}/queue")
    assert '<html lang="zh-CN">' in page
    assert f"/language/en?back=/desk/{UNIT}/queue" in page
    answer = browser._client.get(f"/language/en?back=/desk/{UNIT}/queue")
    assert answer.headers["Location"] == f"/desk/{UNIT}/queue"
    assert '<html lang="zh-CN" class="only-en">' in browser.get(f"/desk/{UNIT}/queue")
    browser._client.get("/language/both")
    assert '<html lang="zh-CN">' in browser.get("/")


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_choosing_a_language_leads_to_no_other_host(
    at_desk: dict[str, Browser], place: str
) -> None:
    answer = at_desk["shen"]._client.get("/language/zh", query_string={"back": place})
    assert answer.headers["Location"] == "/"
    assert at_desk["shen"]._client.get("/language/fr").status_code == 404


def test_a_page_tells_only_what_was_done(at_desk: dict[str, Browser]) -> None:
    page = at_desk["shen"].get(f"/desk/{UNIT}/queue?done=posted+2")
    assert "已记账 2 张" in page
    for made_up in ("posted+your+account+is+locked", "closed+2026", "anything"):
        assert 'class="done"' not in at_desk["shen"].get(f"/desk/{UNIT}/queue?done={made_up}")


def test_an_auditor_sees_everything_and_is_offered_nothing(
    house: House, at_desk: dict[str, Browser]
) -> None:
    import_statement(at_desk["zhou"])
    draft = propose(house)
    auditor = at_desk["shen"]
    for path in (
        "", "queue", "lines/1", f"drafts/{draft}", "months", "lists", "rules", "reconcile",
    ):  # fmt: skip
        page = auditor.get(f"/desk/{UNIT}/{path}")
        assert '<form method="post" action="/desk' not in page.replace(
            f'action="/desk/{UNIT}/queue"', ""
        )
        assert "送审核</button>" not in page and "审核通过" not in page
    for path in ("statements", "lines/1", "drafts/new", f"drafts/{draft}/approve", "months"):
        answer = auditor.send(f"/desk/{UNIT}/", f"/desk/{UNIT}/{path}")
        assert answer.status_code == 403, path


def test_a_form_without_its_token_is_refused(at_desk: dict[str, Browser]) -> None:
    answer = at_desk["zhou"].send(f"/desk/{UNIT}/drafts/new", **typed(csrf="wrong"))
    assert answer.status_code == 403


def test_only_forms_with_files_may_be_large(at_desk: dict[str, Browser]) -> None:
    much = "x" * (100 * 1024)
    large = at_desk["lin"].send(f"/desk/{UNIT}/queue", padding=much)
    assert large.status_code == 413
    with_file = at_desk["zhou"].send(
        f"/desk/{UNIT}/drafts/new", **typed(papers=(io.BytesIO(PDF + b"%" * 200_000), "a.pdf"))
    )
    assert with_file.status_code == 303
