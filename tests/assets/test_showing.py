"""What ``mingbai show`` opens of assets, by the code on a label or on a sheet."""

from __future__ import annotations

from tests.assets.keeping import Keeping
from tests.cli.command import Told, mingbai


def show(keeping: Keeping, ref: str, *more: str) -> Told:
    return mingbai("show", keeping.registry.folder, ref, *more)


def test_an_asset_is_shown_with_what_happened_to_it(keeping: Keeping) -> None:
    code = keeping.own()
    keeping.wear("2026-03")
    told = show(keeping, code)
    assert told.status == 0 and "166.67" in told.out and "办公室 301" in told.out
    data = show(keeping, f"gong/{code}", "--json").json
    assert (data["ref"], data["net"]) == ("gong/FA-00001", "11833.33")
    assert [step["what"] for step in data["history"]] == ["added", "cost", "depreciation"]


def test_a_request_is_shown_with_its_assets(keeping: Keeping) -> None:
    row = keeping.handed("loan", keeping.own())
    data = show(keeping, row.code, "--json").json
    assert (data["kind"], data["state"], data["assets"]) == ("loan", "handed", ["FA-00001"])
    assert row.sign_paper in show(keeping, row.code).out


def test_what_is_not_there_is_said(keeping: Keeping) -> None:
    for ref in ("FA-00009", "jie/FA-00001", "ZB2026-0099-9"):
        told = show(keeping, ref)
        assert (told.status, "→" in told.err) == (1, True)
