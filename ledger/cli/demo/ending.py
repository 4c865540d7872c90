"""What the demonstration says when it is done: what it wrote, and commands that can be copied."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from ledger.cli.demo.facts import Facts
from ledger.cli.demo.publishing import KEY, public_folder
from reports.packs.building import place_of


def program() -> str:
    """How this program is called from the shell that called it."""
    own = Path(sys.argv[0])
    found = shutil.which("mingbai")
    if own.name != "mingbai" or (found and Path(found).resolve() == own.resolve()):
        return "mingbai"
    return shlex.quote(str(own))


def _logins(facts: Facts) -> str:
    rows = facts.unit["user"]
    widest = max(len(row["login"]) for row in rows)
    return "\n".join(
        f"    {row['login']:<{widest}}  {row['password']:<20}  {row['roles'][0]}" for row in rows
    )


def tell_end(target: Path, facts: Facts, seconds: float) -> None:
    """After the whole month."""
    call, folder, unit = program(), shlex.quote(str(target)), facts.id
    public = public_folder(target)
    out, script = shlex.quote(str(public)), shlex.quote(f"{public}/verify.py")
    page = shlex.quote(f"{public}/index.html")
    book = shlex.quote(f"{public}/{place_of(unit, '2026-Q1', 'public', 1)}/book/2026/03.bean")
    print(
        f"\n写好了 written: {target}（{seconds:.0f} 秒 s）\n"
        f"  账簿 book        units/{unit}/book.bean（bean-check 可读）\n"
        f"  报表 statements  reports/*.pdf\n"
        f"  对账单 files     statements/（外来原件，含姓名，勿外传 as they came, with names）\n"
        f"  公开 public      {public}（不含姓名 no names）\n"
        f"  密钥 key         {KEY}（示例，勿用于真实账目 an example only）\n"
        f"打开 open it:\n"
        f"  {call} serve {folder}        → http://127.0.0.1:5000/\n"
        f"  登录 logins:\n{_logins(facts)}\n"
        f"  {call} show {folder} {unit}/balance-sheet/2026-03/assets\n"
        f"  {call} show {folder} {facts.members[0].id}\n"
        f"  {call} dues explain {folder} {facts.members[0].id} 2026-03\n"
        f"  {call} report {folder} --unit {unit} funds --period 2026-03\n"
        f"  {call} inbox {folder} --unit {unit}\n"
        f"  {call} check {folder}\n"
        f"公开的一季度 the quarter as published:\n"
        f"  {call} verify {out}\n"
        f"  {call} validate {out}\n"
        f"  打开网站 open the site:            {page}\n"
        f"  核验 verify, with Python alone:   python3 {script} {out}\n"
        f"  改一个字节，核验就失败 alter one byte, and it fails:\n"
        f"    printf x | dd of={book} bs=1 seek=800 conv=notrunc; python3 {script} {out}"
    )


def hand_over(target: Path, facts: Facts) -> None:
    """After the beginning of March, for a person who goes on by hand."""
    call, folder, unit = program(), shlex.quote(str(target)), facts.id
    files = shlex.quote(str(target / "statements"))
    print(
        f"\n三月初 the first of March: {target}\n"
        f"  登录 logins:\n{_logins(facts)}\n"
        f"接着 go on:\n"
        f"  {call} login {folder} --user zhou\n"
        f"  {call} payroll {folder} --unit {unit} {files}/payroll-2026-03.csv\n"
        f"  {call} import {folder} --unit {unit} {files}/bank-1.csv\n"
        f"  {call} inbox {folder} --unit {unit}"
    )
