"""Names and numbers planted in every field of a unit: none is in anything that is published.

The suite plants a few hundred, ``make canaries`` ten thousand. What is looked at is all that leaves
the house: every byte of every file of both publications, what PDF and XLSX say and hold, what the
command says, the log of what people did, the public pages with their errors, and what they log.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.cli.main import main
from ledger.period import Period
from reports.sources import registry_source
from reports.statements.catalogue import build
from tests.house import UNIT
from tests.packs.planted import REGISTERED, Canaries, furnished
from tests.packs.told import everything
from tests.web.everything import CANARIES, Everything

MANY = int(os.environ.get("MINGBAI_CANARIES", "250"))
#: A quarter for everybody, a month for members.
AUDIENCES = {"public": "2026-Q1", "members": "2026-02"}


#: What the unit has something to tell of, besides its book.
STREAMS = {
    "gift-disclosure", "campaign", "contracts", "arrivals", "allocation-use", "special-unspent",
    "major-items", "asset-changes", "asset-register", "depreciation", "venue-use", "budget",
    "dues-use",
}  # fmt: skip


@dataclass
class Published:
    """The two publications, and what was said while they were made."""

    made: Everything
    planted: tuple[str, ...]
    out: Path
    said: str


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    home = tmp_path_factory.mktemp("canaries")
    plant = Canaries(20260310)
    made = furnished(home / "federation", plant, MANY)
    said = "".join(_publish(home, audience) for audience in AUDIENCES)
    planted = (*plant.planted, *CANARIES, *REGISTERED)
    yield Published(made, tuple(dict.fromkeys(planted)), home, said)
    made.registry.close()


def _publish(home: Path, audience: str) -> str:
    """What the command says, of findings too."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(
            ["publish", str(home / "federation"), "--unit", UNIT, "--period", AUDIENCES[audience],
             "--audience", audience, "-o", str(home / audience)]
        )  # fmt: skip
    assert code == 0, said.getvalue()
    return said.getvalue()


def found(planted: Iterable[str], places: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Where a canary sings."""
    singing = []
    words = tuple(planted)
    seen: set[str] = set()
    for place, text in places:
        if text in seen:
            continue
        seen.add(text)
        singing += [(place, word) for word in words if word in text]
    return singing


def test_every_canary_is_in_the_house(published: Published) -> None:
    """Most stand in the book, the others in the registry: else the test would prove nothing."""
    assert len(published.planted) >= MANY
    book = "".join(
        path.read_text() for path in (published.out / "federation" / "units" / UNIT).rglob("*.bean")
    )
    assert sum(word in book for word in published.planted) > MANY / 3


@pytest.mark.parametrize("audience", AUDIENCES)
def test_none_is_in_any_file_that_is_published(published: Published, audience: str) -> None:
    told = dict(everything(published.out / audience))
    assert found(published.planted, told.items()) == []
    assert any(
        "附" in text or "资产负债表" in text for name, text in told.items() if "page" in name
    )
    assert any(name.endswith("(attachment)") for name in told)
    stems = {
        name.rpartition("/")[2].rpartition("-20")[0] for name in told if name.endswith(".json")
    }
    if audience == "public":
        assert stems >= STREAMS
    assert any("sharedStrings" in name or "sheet1" in name for name in told)


def test_none_is_said_by_the_command(published: Published) -> None:
    assert found(published.planted, [("said", published.said)]) == []
    assert UNIT in published.said


def test_none_is_in_the_log_of_acts_as_it_is_shown(published: Published) -> None:
    registry = published.made.registry
    period = Period.parse("2026")
    shown = build("operation-log", registry_source(registry, UNIT, period), period)
    assert len(shown.lines) > 50
    assert found(published.planted, [("acts", repr(shown.lines))]) == []


def test_none_is_in_an_error_page_or_logged(
    published: Published, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever is not let in reads nothing; what they asked for by name stands in no log."""
    client = published.made.app.test_client()
    caplog.set_level(logging.DEBUG)
    pages = []
    for word in published.planted[:12]:
        for address in ("/nowhere", f"/{UNIT}", f"/u/{UNIT}/nothing", f"/{word}"):
            answer = client.post(address) if address == "/nowhere" else client.get(address)
            assert answer.status_code in (302, 303, 400, 403, 404, 405)
            if word not in address:
                pages.append((address, answer.get_data(as_text=True)))
    assert found(published.planted, pages) == []
    assert found(published.planted, [("log", caplog.text)]) == []
