"""A federation of the county publishes its first quarter: proven, light, and all links lead on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from ledger.cli.demo import publishing
from ledger.cli.demo.county.founding import people
from ledger.clock import CHINA
from ledger.period import Month, Period
from ledger.registry import Registry, month_states, units
from reports.packs import keeping, publication
from reports.site import opening
from reports.site.writing import HEAVIEST_PAGE
from tests.cli.command import mingbai
from tests.site.linked import broken, pages_of

pytestmark = pytest.mark.xdist_group("county")

_TOP: Final = "gongmao"
_QUARTER: Final = Period.parse("2026-Q1")


@pytest.fixture(scope="module")
def published(small_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A federation of the county with its units, sealed and published; the county is a target."""
    folder = tmp_path_factory.mktemp("public") / "federation"
    shutil.copytree(small_county, folder)
    registry = Registry.open(folder)
    zhou, key = people(registry)["zhou"], publishing.example_key(folder, 2026)
    now = datetime(2026, 4, 10, 9, tzinfo=CHINA)
    with registry.read() as conn:
        below = [row.id for row in units.subtree(conn, _TOP)]
        months = {
            unit: [Month.parse(row.month) for row in month_states.all_months(conn, unit)]
            for unit in below
        }
    for unit, closed in months.items():
        due = [month for month in closed if month <= Month(2026, 3)]
        publishing.seal_months(registry, unit, due, key, zhou, now)
    found = publication.gather(registry, _QUARTER, "public", asked=_TOP)
    keeping.publish(registry, list(found.turns.values()), zhou, now)
    out = folder.parent / "out"
    publication.write(registry, found, _QUARTER, "public", out)
    registry.close()
    return out


def test_every_unit_publishes_the_quarter(published: Path) -> None:
    told = json.loads((published / "publication.json").read_text(encoding="utf-8"))
    assert told["left_out"] == []
    assert {one["version"] for one in told["packs"]} == {1}
    assert len(told["packs"]) > 3


def test_the_script_proves_it_and_tells_which_months_had_no_book(published: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", published / "verify.py", published, "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert [one.split("/")[2:] for one in json.loads(done.stdout)["no_book"]] == [
        ["2026-01", "2026-02"]
    ]


def test_the_open_data_are_valid(published: Path) -> None:
    told = mingbai("validate", published)
    assert told.status == 0, told.said


def test_every_figure_of_every_page_opens(published: Path) -> None:
    pages = [
        (path.relative_to(published).as_posix(), path.read_bytes())
        for path in published.rglob("*.html")
    ]
    assert list(opening.shut(pages)) == []


def test_no_page_is_heavy_and_every_link_and_anchor_leads_somewhere(published: Path) -> None:
    pages = pages_of(published)
    assert max(path.stat().st_size for path in published.rglob("*.html")) <= HEAVIEST_PAGE
    assert set(broken(pages, published)) == set()
    pages["index.html"].links += [f"u/{_TOP}/nowhere.html", "follow.html#nowhere"]
    assert len(set(broken(pages, published))) == 2


def test_the_example_key_says_what_it_is(published: Path) -> None:
    text = (published.parent / "federation" / publishing.KEY).read_text(encoding="utf-8")
    assert text.startswith("示例密钥")
    assert "EXAMPLE KEY" in text
    told = mingbai("seal-key", "show", published.parent / "federation" / publishing.KEY)
    assert told.status == 0
    seal = next((published.parent / f"federation/units/{_TOP}/seals").iterdir())
    assert told.out.strip() in seal.read_text(encoding="utf-8")
