"""Statements of assets at the desk: who sees them, and that every figure leads to its vouchers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from reports.sources import OF_ASSETS
from reports.web.app import create_app
from tests.assets.furnished import furnish
from tests.assets.keeping import NOW, PASSWORD, SISTER, UNIT, Keeping, begin
from tests.cli.command import mingbai
from tests.web.browser import sign_in

OFFERED = [name for name in OF_ASSETS if name != "state-owned"]


@pytest.fixture(scope="module")
def kept_things(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeping]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.clock.now", lambda: NOW)
        made = furnish(begin(tmp_path_factory.mktemp("screen") / "federation"))
        yield made
        made.registry.close()


def browser(keeping: Keeping, login: str) -> FlaskClient:
    client = create_app(keeping.registry.folder, clock=lambda: NOW).test_client()
    sign_in(client, login, PASSWORD)
    return client


def test_what_the_unit_has_is_offered(kept_things: Keeping) -> None:
    client = browser(kept_things, "zhou")
    page = client.get(f"/statements/{UNIT}/").get_data(as_text=True)
    assert all(f"/statements/{UNIT}/{name}/" in page for name in OFFERED)
    assert "/state-owned/" not in page
    sister = browser(kept_things, "qian").get(f"/statements/{SISTER}/").get_data(as_text=True)
    assert not [name for name in OF_ASSETS if f"/{name}/" in sister]


@pytest.mark.parametrize("name", OFFERED)
def test_every_figure_on_screen_leads_to_vouchers(kept_things: Keeping, name: str) -> None:
    client = browser(kept_things, "shen")
    page = client.get(f"/statements/{UNIT}/{name}/2026").get_data(as_text=True)
    links = sorted(set(re.findall(r'href="(/figures/[^"?]+)"', page)))
    assert len(links) > 15
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
    assert any("/vouchers/" in client.get(link).get_data(as_text=True) for link in links)


@pytest.mark.parametrize("name", OF_ASSETS)
def test_who_may_not_browse_the_unit_sees_none(kept_things: Keeping, name: str) -> None:
    client = browser(kept_things, "qian")
    for path in (
        f"/statements/{UNIT}/{name}/2026", f"/statements/{UNIT}/{name}/2026?format=csv",
        f"/figures/{UNIT}/{name}/2026/total",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code in (403, 404)
        assert "FA-0" not in answer.get_data(as_text=True)


def test_one_thing_s_history_is_a_page_of_its_own(kept_things: Keeping) -> None:
    client = browser(kept_things, "zhou")
    place = f"/statements/{UNIT}/asset-history/2026-05?asset=FA-00003"
    register = client.get(f"/statements/{UNIT}/asset-register/2026-05").get_data(as_text=True)
    assert f'href="{place}"' in register
    page = client.get(place).get_data(as_text=True)
    assert "笔记本电脑" in page
    assert "FA-00001" not in page
    assert "?asset=FA-00003&amp;format=json" in page
    told = json.loads(client.get(f"{place}&format=json").get_data(as_text=True))
    assert {line["code"].partition(".")[0] for line in told["lines"]} == {"FA-00003"}
    for wrong in ("FA-00099", "x", "../etc"):
        place = f"/statements/{UNIT}/asset-history/2026-05?asset={wrong}"
        assert client.get(place).status_code == 404


@pytest.mark.parametrize("form", ["xlsx", "pdf", "csv", "json"])
def test_the_register_is_the_same_file_as_the_command_s(
    kept_things: Keeping, form: str, tmp_path: Path
) -> None:
    answer = browser(kept_things, "zhou").get(
        f"/statements/{UNIT}/asset-register/2026-05?format={form}"
    )
    assert answer.status_code == 200
    path = tmp_path / f"register.{form}"
    told = mingbai(
        "report", kept_things.registry.folder, "--unit", UNIT, "asset-register", "--period",
        "2026-05", "--format", form, "-o", path,
    )  # fmt: skip
    assert told.status == 0, told.err
    # A spreadsheet on the desk's machine needs a mark to see that a CSV is UTF-8.
    assert answer.get_data().removeprefix(b"\xef\xbb\xbf") == path.read_bytes().removeprefix(
        b"\xef\xbb\xbf"
    )
