"""mingbai publish: packs and the site of a period, for the public or for members."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.cli import acting, seal_key_files
from ledger.cli.files import write
from ledger.errors import CannotRun, Finding, finding

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.registry import Registry, User
    from ledger.registry.packs import PackRow
    from ledger.sealing.signing import SigningKey
    from reports.packs.publication import Gathered


_NOT_OF_THIS_KEY: Final = "没有公开包以此密钥封存 no pack was sealed with this key"


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("publish", help="公开 packs and the site of a period")
    acting.add_folder(parser)
    acting.add_unit(parser, required=False)
    parser.add_argument(
        "--period", required=True, type=acting.period, metavar="P",
        help="2026、2026-Q1 或 2026-03 a period",
    )  # fmt: skip
    parser.add_argument(
        "--audience", choices=["public", "members"], default="public",
        help="给谁看：公众或会员 for whom",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", required=True, type=Path, metavar="OUT",
        help="写到此目录，其中的旧公开整个换掉 into this folder, in place of an older publication",
    )  # fmt: skip
    parser.add_argument(
        "--explain", default="", metavar="TEXT",
        help="与已公开的不同时，作为更正公开的原因 why, where it differs from what is published",
    )  # fmt: skip
    how = parser.add_mutually_exclusive_group()
    seal_key_files.add_key(how)
    seal_key_files.add_elsewhere(how)
    seal_key_files.add_passphrase(parser)
    acting.add_json(parser)
    acting.add_user(parser)
    parser.set_defaults(run=run_publish)


def run_publish(options: argparse.Namespace) -> int:
    """Without a user what is written is the same, but what is new of it is a draft."""
    from ledger import clock
    from reports.packs import keeping, publication

    now = clock.now()
    away = options.request or options.response
    if away and options.unit is None:
        raise CannotRun(_one_unit())
    with acting.opened(options.folder) as registry:
        if options.unit is not None:
            acting.known_unit(registry, options.unit)
        user = acting.user_or_none(registry, options, now)
        if user is None and (options.key or away):
            user = acting.acting_user(registry, options, now)
        key = seal_key_files.own_key(options) if user is not None and not away else None
        publication.demand_place(options.output, options.folder)
        found = publication.gather(
            registry,
            options.period,
            options.audience,
            asked=options.unit,
            explanation=options.explain,
        )
        entered, signed = [], None
        if user is not None:
            found = publication.only_by(found, user)
            entered = keeping.publish(registry, list(found.turns.values()), user, now)
            signed = _sign(options, registry, found, user, now, key)
        told = publication.write(
            registry, found, options.period, options.audience, options.output, key
        )
    findings = [*found.left_out, *(f for one in found.turns.values() for f in one.built.findings)]
    drafts = [] if user is not None else [
        unit for unit, one in found.turns.items() if one.row is None
    ]  # fmt: skip
    warnings = [_draft(drafts)] if drafts else []
    if options.json:
        rows = [{"unit": row.unit, "version": row.version, "digest": row.digest} for row in entered]
        said = {**told, "entered": rows, "drafts": drafts, **acting.as_json(warnings)}
        print(json.dumps(said, ensure_ascii=False))
        return 0
    for one in dict.fromkeys(map(str, findings)):
        print(one, file=sys.stderr)
    _say(options, told, drafts, warnings)
    if signed is not None:
        count, mine = signed
        print(f"已签名 signed: {count}" if mine else _NOT_OF_THIS_KEY)
    return 0


def _sign(
    options: argparse.Namespace, registry: Registry, found: Gathered, user: User, now: datetime,
    key: SigningKey | None,
) -> tuple[int, int] | None:  # fmt: skip
    """Sign with the key at hand what it sealed; or write what goes elsewhere, or take it back.

    With a key: how many packs are signed now, and how many of them it sealed.
    """
    from ledger.sealing import signing
    from reports.packs import keeping, signatures

    if key is not None:
        rows = keeping.kept(registry, options.audience, [row.id for row in found.rows])
        mine = signatures.sign(registry, rows, key, user, now)
        return sum(signatures.is_signed(registry.folder, row) for row in mine), len(mine)
    if options.response is not None:
        answer = signing.read_signature(seal_key_files.small_file(options.response))
        signatures.answer(registry, _row(options, registry), answer, user, now)
    elif options.request is not None:
        write(options.request, signatures.request_of(registry, _row(options, registry)))
    return None


def _row(options: argparse.Namespace, registry: Registry) -> PackRow:
    """The version of the named unit's pack that was published last."""
    from ledger.registry import packs

    with registry.read() as conn:
        return packs.versions(conn, options.unit, str(options.period), options.audience)[-1]


def _one_unit() -> Finding:
    return finding(
        "one-unit", "在别处签名的是一个单位的公开包", "what is signed elsewhere is one unit's pack",
        "用 --unit 指明单位", "name the unit with --unit",
    )  # fmt: skip


def _say(
    options: argparse.Namespace, told: dict[str, Any], drafts: list[str], warnings: list[Finding]
) -> None:
    print(f"已写入 wrote {options.output}：{len(told['packs'])} 个公开包 packs，{options.period}")
    newest = {pack["unit"]: pack for pack in told["packs"]}
    for pack in told["packs"]:
        is_draft = pack["unit"] in drafts and pack is newest[pack["unit"]]
        mark = "  草稿 draft" if is_draft else ""
        print(f"  {pack['unit']} {pack['period']} v{pack['version']}  {pack['digest']}{mark}")
    for one in warnings:
        print(f"注意 note: {one}")
    if options.request is not None:
        print(f"请求文件已写出 request written: {options.request}\n{seal_key_files.SIGNED_WITH}")
        print("  然后 then: mingbai publish … --response RESPONSE")
    print(f"核对 verify: python {options.output}/verify.py {options.output}")
    print(f"打开 open:   {options.output}/index.html")


def _draft(units: list[str]) -> Finding:
    """What was written without a user: a draft, which is not to be handed out."""
    names = "、".join(units[:5]) + (f" 等 {len(units)} 个单位" if len(units) > 5 else "")
    names_en = ", ".join(units[:5]) + (f" and {len(units) - 5} more" if len(units) > 5 else "")
    return finding(
        "publication-draft",
        f"未登录，所写的只是草稿：{names} 的新公开包没有登记为已公开，公开日历不计；"
        "其中五人以上的合计也没有记下，下次可能另行合并",
        f"nobody is logged in, so this is a draft: the new packs of {names_en} are entered nowhere "
        "and count for no duty; the sums of five persons that they show are not remembered, and "
        "may be grouped otherwise the next time",
        "不要把草稿发出去；由会计登录后再公开：mingbai login DIR --user 登录名，或加 --user 登录名",
        "hand no draft out; log in as who records, and publish: mingbai login DIR --user LOGIN, or "
        "add --user LOGIN",
        severity="warning",
    )  # fmt: skip
