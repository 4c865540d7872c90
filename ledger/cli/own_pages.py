"""mingbai dues page, gift page: the address at which one's own dues or gift are read."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.cli.files import write

if TYPE_CHECKING:
    from ledger.disclosing.own_addresses import OwnPage


def add_dues(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``page`` to the deeds of ``dues``."""
    page = acting.add_part(
        parts, "page", "会员查看自己会费的网址 where a member reads their own dues",
        code=("MEMBER", "会员编号或代号 m-… number or id"),
    )  # fmt: skip
    _end(page, of_dues=True)


def add_gift(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``page`` to the parts of ``gift``."""
    page = acting.add_part(
        parts, "page", "捐赠人查看自己捐赠的网址 where a donor follows their gift",
        code=("GIFT", "捐赠编号 code: JZ2026-0001-7"),
    )  # fmt: skip
    _end(page, of_dues=False)


def _end(parser: argparse.ArgumentParser, *, of_dues: bool) -> None:
    parser.add_argument(
        "-o", "--output", type=Path, metavar="F.pdf", help="写成一张带二维码的纸条 a slip of paper"
    )
    acting.add_json(parser)
    parser.set_defaults(run=run, of_dues=of_dues)


def run(options: argparse.Namespace) -> int:
    from ledger.disclosing.own_addresses import dues_page, gift_page
    from ledger.registry import units

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        tell = dues_page if options.of_dues else gift_page
        page = tell(registry, unit, options.code, user, now)
        with registry.read() as conn:
            name = units.find(conn, page.unit).name
    if options.output is not None:
        from reports.pdf.own_page import draw_slip

        write(options.output, draw_slip(name, page, now.date(), of_dues=options.of_dues))
    acting.told(options, page.as_json(), list(_lines(page, of_dues=options.of_dues)))
    return 0


def _lines(page: OwnPage, *, of_dues: bool) -> list[str]:
    said = [f"{page.whose}  {page.address or page.path}"]
    if of_dues:
        said.append(f"  查询码 code: {page.token}")
    if not page.address:
        table = "members" if of_dues else "public"
        said.append(
            f"  federation.toml 的 [{table}] address 写明网站地址后，这里给出完整网址 "
            "the whole address stands here once that names the site"
        )
    return said
