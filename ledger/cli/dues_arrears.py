"""mingbai dues arrears, remind: what is unpaid on a day, and letters for those who owe it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ledger.cli import acting
from ledger.cli.files import write


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    arrears = commands.add_parser("arrears", help="欠缴与账龄 what is unpaid, by member and age")
    acting.add_folder(arrears)
    acting.add_unit(arrears)
    arrears.add_argument("--on", type=acting.day, metavar="DAY", help="截至，缺省今天 today")
    arrears.add_argument("--xlsx", type=Path, metavar="F", help="写成工作簿 a workbook as well")
    acting.add_json(arrears)
    acting.add_user(arrears)
    arrears.set_defaults(run=run_arrears)

    remind = commands.add_parser(
        "remind", help="催缴提示：信件或短信名单，本程序不发送 letters, or a list for messages"
    )
    acting.add_folder(remind)
    acting.add_unit(remind)
    remind.add_argument("--on", type=acting.day, metavar="DAY", help="截至，缺省今天 today")
    remind.add_argument(
        "--member", action="append", default=[], metavar="NUMBER", help="只提示此会员 only these"
    )
    what = remind.add_mutually_exclusive_group(required=True)
    what.add_argument("--letters", type=Path, metavar="F.pdf", help="信件，一人一页 a page each")
    what.add_argument(
        "--sms", type=Path, metavar="F.csv", help="短信名单 number, phone, amount, code"
    )
    acting.add_json(remind)
    acting.add_user(remind)
    remind.set_defaults(run=run_remind)


def run_arrears(options: argparse.Namespace) -> int:
    from ledger import clock, workflow
    from ledger.dues.arrears import arrears_on
    from ledger.errors import Words
    from ledger.registry import units
    from reports.arrears import arrears_statement, arrears_text

    now = clock.now()
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "browse", unit)
        found = arrears_on(registry, unit, options.on or now.date())
        with registry.read() as conn:
            row = units.find(conn, unit)
    if options.xlsx is not None:
        from reports.xlsx import render_xlsx

        statement = arrears_statement(found, Words(row.name, row.name_en or row.name))
        write(options.xlsx, render_xlsx(statement))
    print(json.dumps(found.as_json(), ensure_ascii=False) if options.json else arrears_text(found))
    return 0


def run_remind(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.dues.reminding import remind, sms_csv
    from ledger.registry import reminders

    now = clock.now()
    how = reminders.LETTER if options.letters is not None else reminders.SMS
    with acting.opened(options.folder) as registry:
        unit = acting.known_unit(registry, options.unit)
        user = acting.acting_user(registry, options, now)
        found = remind(registry, unit, options.on or now.date(), how, user, now, options.member)
    if options.letters is not None and found.reminders:
        from reports.pdf.letters import draw_reminders

        write(options.letters, draw_reminders(found))
    elif options.sms is not None:
        write(options.sms, sms_csv(found))
    told = {
        "how": how, "on": found.on.isoformat(), "reminded": [r.number for r in found.reminders],
        "opted_out": list(found.opted_out), "unreachable": list(found.unreachable),
    }  # fmt: skip
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(
            f"提示 reminded {len(found.reminders)}，不愿收到 opted out {len(found.opted_out)}，"
            f"无法联系 unreachable {len(found.unreachable)}"
        )
    return 0
