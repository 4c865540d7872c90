"""mingbai audit evaluation: what an auditor says of a period or a project, for everybody."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.cli import acting

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.audit.evaluation_standing import Evaluation
    from ledger.registry.audit_evaluations import EvaluationRow

_CODE = ("CODE", "评价编号 its code: PJ2026-0001-5")
_RESULTS = ("unqualified", "remarks", "adverse", "none")


def add_parts(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    group = parts.add_parser("evaluation", help="第三方监督评价 what an auditor says for everybody")
    steps = group.add_subparsers(dest="step", required=True, metavar="STEP")
    add = acting.add_part(
        steps, "add", "写评价或更正，待另一人确认 write one, or a correction; another confirms",
        run=run_add,
    )  # fmt: skip
    add.add_argument(
        "--period", required=True, type=acting.period, help="评价的期间 of which period"
    )
    of = add.add_mutually_exclusive_group()
    of.add_argument("--campaign", default="", metavar="CODE", help="募捐活动 of a campaign")
    of.add_argument("--fund", default="", metavar="F", help="资金 of a fund")
    of.add_argument("--allocation", default="", metavar="CODE", help="拨款 of an allocation")
    add.add_argument(
        "--result", required=True, choices=_RESULTS,
        help="无保留、有意见、否定、不表示意见 what it says",
    )  # fmt: skip
    add.add_argument(
        "--words", required=True, metavar="TEXT",
        help="评价全文，将公开，不写人名、号码 its words, published; no names or numbers",
    )  # fmt: skip
    add.add_argument(
        "--finding", action="append", metavar="CODE",
        help="所依据的审计发现；期间评价缺省为全部 a finding behind it; of a period all",
    )  # fmt: skip
    add.add_argument("--corrects", default="", metavar="CODE", help="更正哪一项 which it corrects")
    add.add_argument("--note", default="", metavar="TEXT", help="更正的说明 why another version")
    for name, help, run in (
        ("confirm", "确认并公开另一人的评价 publish what another wrote", run_confirm),
        ("back", "退回待确认的评价 send one back", run_back),
    ):
        acting.add_part(steps, name, help, code=_CODE, run=run)
    acting.add_part(steps, "list", "列出评价 list them", of_one_unit=False, run=run_list)


def run_add(options: argparse.Namespace) -> int:
    from ledger.audit.evaluations import Said, add

    scopes = {"campaign": options.campaign, "fund": options.fund, "allocation": options.allocation}
    scope, subject = next(((k, v) for k, v in scopes.items() if v), ("period", ""))
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        found = None if options.finding is None else tuple(options.finding)
        said = Said(
            unit, str(options.period), options.result, options.words, scope, subject, found,
            options.corrects, options.note,
        )  # fmt: skip
        row = add(registry, said, user, now)
    return _tell(options, row)


def run_confirm(options: argparse.Namespace) -> int:
    from ledger.audit.evaluations import confirm

    return _done(options, confirm)


def run_back(options: argparse.Namespace) -> int:
    from ledger.audit.evaluations import send_back

    return _done(options, send_back)


def _done(options: argparse.Namespace, deed: Callable[..., EvaluationRow]) -> int:
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        return _tell(options, deed(registry, unit, options.code, user, now))


def _tell(options: argparse.Namespace, row: EvaluationRow) -> int:
    from ledger.audit.evaluation_standing import STATE_WORDS

    words = STATE_WORDS[row.state]
    acting.told(
        options, {"code": row.code, "version": row.version, "state": row.state},
        [f"{row.code} 第 {row.version} 版 version {row.version}：{words.zh} {words.en}"],
    )  # fmt: skip
    return 0


def run_list(options: argparse.Namespace) -> int:
    from ledger.audit.evaluation_standing import evaluations

    with acting.looking(options, options.unit) as (registry, user, now):
        units = [options.unit] if options.unit else acting.units_seen(registry, user)
        found = evaluations(registry, units, now.date())
    acting.told(
        options, {"evaluations": [one.as_json() for one in found]},
        [line for one in found for line in _lines(one)] or ["没有评价 no evaluation was written"],
    )  # fmt: skip
    return 0


def _lines(one: Evaluation) -> Iterator[str]:
    from ledger.audit.evaluation_standing import RESULT_WORDS, SCOPE_WORDS, STATE_WORDS
    from ledger.audit.standing import SEVERITY_WORDS
    from ledger.audit.standing import STATE_WORDS as OF_FINDINGS

    for version in one.versions:
        row = version.row
        scope, result = SCOPE_WORDS[row.scope], RESULT_WORDS[row.result]
        state = STATE_WORDS[row.state]
        subject = f" {row.subject}" if row.subject else ""
        yield (
            f"{one.code}  第 {row.version} 版  {one.unit} {scope.zh} {scope.en}{subject}  "
            f"{row.period}  {result.zh} {result.en}  {state.zh} {state.en}  {row.day or ''}"
        ).rstrip()
        yield f"  {row.words}"
        if row.note:
            yield f"  说明 note: {row.note}"
        for count in version.counts:
            severity, of = SEVERITY_WORDS[count["severity"]], OF_FINDINGS[count["state"]]
            yield f"  {severity.zh} {severity.en} · {of.zh} {of.en}: {count['count']}"
