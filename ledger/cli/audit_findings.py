"""mingbai audit finding: what an auditor found, the unit's answer, and how it ended."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting
from ledger.errors import Refused, finding

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.audit.correcting import Correction
    from ledger.audit.standing import Standing
    from ledger.registry import Registry

_CODE = ("CODE", "发现编号 its code: SJ2026-0001-5")
_SEVERITIES = ("low", "medium", "high")
_OUTCOMES = ("corrected", "explained", "accepted")
_STATES = ("open", "answered", "returned", "closed", "withdrawn")


def add_parts(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = parts.add_parser("finding", help="审计发现 what an auditor found")
    steps = group.add_subparsers(dest="step", required=True, metavar="STEP")
    _add_open(steps)
    answer = acting.add_part(
        steps, "answer", "单位答复 the unit answers", code=_CODE, run=run_answer
    )
    _add_text(answer, "答复 the answer")
    answer.add_argument(
        "--voucher", default="", metavar="NUMBER",
        help="更正它的凭证号 the posted voucher that corrects it",
    )  # fmt: skip
    for name, help, run in (
        ("return", "退回答复，说明原因 return the answer with a reason", run_return),
        ("withdraw", "撤回自己提错的发现 take one's own finding back", run_withdraw),
    ):
        _add_text(acting.add_part(steps, name, help, code=_CODE, run=run), "原因 the reason")
    close = acting.add_part(
        steps, "close", "办结，说明原因 close it with a reason", code=_CODE, run=run_close
    )
    close.add_argument(
        "--as", required=True, dest="outcome", choices=_OUTCOMES,
        help="已更正、已说明、接受风险 how it ended",
    )  # fmt: skip
    _add_text(close, "原因 the reason")
    listed = acting.add_part(
        steps, "list", "列出审计发现 list them", of_one_unit=False, run=run_list
    )
    listed.add_argument("--state", choices=_STATES, help="只列这种状态 in this state only")
    listed.add_argument("--severity", choices=_SEVERITIES, help="只列这种程度 so grave only")
    listed.add_argument("--open", action="store_true", help="只列未了结的 not over yet only")
    acting.add_part(
        steps, "show", "一项发现的经过与更正 one, with its history", code=_CODE, run=run_show
    )


def _add_open(steps: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = acting.add_part(steps, "open", "提出一项审计发现 open a finding", run=run_open)
    parser.add_argument(
        "--ref", default="", metavar="REF",
        help="所指：U/付-202603-0001、报表数字、sha256:…、U/FA-…、U/JZ…；不写为整体 "
        "what it is about; left out for the whole",
    )  # fmt: skip
    parser.add_argument("--period", type=acting.period, help="期间；凭证和数字的可不写 its period")
    parser.add_argument(
        "--severity", required=True, choices=_SEVERITIES, help="轻微、一般、重大 how grave"
    )
    _add_text(parser, "发现 what was found; it is sealed")
    origin = parser.add_mutually_exclusive_group()
    origin.add_argument("--test", default="", metavar="NAME", help="来自审计测试 of which test")
    origin.add_argument("--sample", default="", metavar="ID", help="来自抽样 of which sample")
    parser.add_argument(
        "--digest", default="", metavar="SHA256", help="测试的总体摘要 the test's population digest"
    )


def _add_text(parser: argparse.ArgumentParser, help: str) -> None:
    text = parser.add_mutually_exclusive_group(required=True)
    text.add_argument("--text", metavar="TEXT", help=help)
    text.add_argument("--file", type=Path, metavar="FILE", help="文字在此文件 a file with the text")


def _text(options: argparse.Namespace) -> str:
    if options.text is not None:
        return str(options.text)
    try:
        return acting.paper(options.file)[1].decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Refused(
            finding(
                "not-text", "文件不是 UTF-8 文字", "the file is not text in UTF-8",
                "存为 UTF-8 文本", "save it as text in UTF-8", file=options.file.name,
            )
        ) from fault  # fmt: skip


def run_open(options: argparse.Namespace) -> int:
    from ledger.audit.findings import Said, open_finding
    from ledger.cli.showing import show

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        origin = "test" if options.test else "sample" if options.sample else "free"
        said = Said(
            unit, options.ref, str(options.period or ""), options.severity, _text(options),
            origin, options.test or options.sample, options.digest,
        )  # fmt: skip
        row = open_finding(
            registry, said, user, now, lambda ref: show(registry.folder, ref, as_json=True)
        )
    acting.told(
        options, {"code": row.code, "subject": row.kind, "period": row.period, "state": "open"},
        [f"已提出 opened: {row.code}"],
    )  # fmt: skip
    return 0


def run_answer(options: argparse.Namespace) -> int:
    from ledger.audit.findings import answer

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        return _tell(
            options, answer(
                registry, unit, options.code, _text(options), user, now, options.voucher
            ),
        )  # fmt: skip


def run_return(options: argparse.Namespace) -> int:
    from ledger.audit.findings import send_back

    return _done(options, send_back)


def run_withdraw(options: argparse.Namespace) -> int:
    from ledger.audit.findings import withdraw

    return _done(options, withdraw)


def _done(options: argparse.Namespace, deed: Callable[..., Standing]) -> int:
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        return _tell(options, deed(registry, unit, options.code, _text(options), user, now))


def run_close(options: argparse.Namespace) -> int:
    from ledger.audit.findings import close

    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        return _tell(
            options,
            close(registry, unit, options.code, options.outcome, _text(options), user, now),
        )


def _tell(options: argparse.Namespace, found: Standing) -> int:
    from ledger.audit.standing import STATE_WORDS

    words = STATE_WORDS[found.state]
    acting.told(options, found.as_json(), [f"{found.row.code}：{words.zh} {words.en}"])
    return 0


def run_list(options: argparse.Namespace) -> int:
    from ledger.audit.standing import counts, standings

    with acting.looking(options, options.unit) as (registry, user, _now):
        asked = [options.unit] if options.unit else acting.units_seen(registry, user)
        found = standings(registry, asked)
    chosen = [
        one
        for one in found
        if options.state in (None, one.state)
        and options.severity in (None, one.row.severity)
        and (one.is_open or not options.open)
    ]
    acting.told(
        options,
        {"findings": [one.as_json() for one in chosen], "counts": counts(chosen)},
        [_line(one) for one in chosen] or ["没有审计发现 nothing was found"],
    )
    return 0


def run_show(options: argparse.Namespace) -> int:
    from ledger.audit.correcting import corrections
    from ledger.audit.findings import texts_of
    from ledger.audit.standing import standing

    with acting.looking(options, options.unit) as (registry, user, _now):
        with registry.read() as conn:
            found = standing(conn, options.unit, options.code)
            every = corrections(conn, found.row, found.acts)
        texts = None if user is None else texts_of(registry, found, user)
        names = _logins(registry)
    fields = found.as_json() | {
        "corrections": [
            {"number": one.number, "day": one.day.isoformat(), "how": one.how, "said": one.said}
            for one in every
        ],
        "texts": texts,
    }
    acting.told(options, fields, list(_lines(found, every, texts, names)))
    return 0


def _logins(registry: Registry) -> dict[str, str]:
    from ledger.registry import users

    with registry.read() as conn:
        return {user.id: user.login for user in users.all_users(conn)}


def _line(one: Standing) -> str:
    from ledger.audit.standing import SEVERITY_WORDS, STATE_WORDS, WAITS_WORDS
    from ledger.audit.subjects import KIND_WORDS

    severity, state = SEVERITY_WORDS[one.row.severity], STATE_WORDS[one.state]
    waits = WAITS_WORDS[one.waits_for] if one.waits_for else None
    told = f"  等 waits for {waits.zh} {waits.en}" if waits else ""
    kind = KIND_WORDS[one.row.kind]
    about = one.reference or f"{one.row.unit} {kind.zh} {kind.en}"
    return (
        f"{one.row.code}  {one.day}  {severity.zh} {severity.en}  {about}  {one.row.period}  "
        f"{state.zh} {state.en}{told}"
    )


def _lines(
    one: Standing, every: Sequence[Correction], texts: Sequence[str] | None, names: dict[str, str]
) -> Iterator[str]:
    from ledger.audit.correcting import HOW_WORDS
    from ledger.audit.standing import ORIGIN_WORDS, OUTCOME_WORDS, STATE_WORDS

    yield _line(one)
    origin, row = ORIGIN_WORDS[one.row.origin], one.row
    yield f"  来源 from: {origin.zh} {origin.en} {row.origin_name} {row.digest}".rstrip()
    for correction in every:
        words = HOW_WORDS[correction.how]
        said = "  单位所说 as the unit said" if correction.said else ""
        yield (
            f"  更正 correction: {row.unit}/{correction.number}  {correction.day}  "
            f"{words.zh} {words.en}{said}"
        )
    if texts is None:
        yield "  文字须登录后查看 log in to read what was written"
        return
    yield f"  {row.at[:16]}  {names.get(row.user, row.user)}  {texts[0]}"
    for act, text in zip(one.acts, texts[1:], strict=True):
        state = STATE_WORDS[act.act]
        outcome = OUTCOME_WORDS[act.outcome] if act.outcome else None
        how = f"（{outcome.zh} {outcome.en}）" if outcome else ""
        voucher = f"  {act.voucher}" if act.voucher else ""
        yield (
            f"  {act.at[:16]}  {names.get(act.user, act.user)}  {state.zh} {state.en}{how}"
            f"{voucher}  {text}"
        )
