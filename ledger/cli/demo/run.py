"""``mingbai demo``: the unit's March, from bank files to signed-off books, statements and PDFs,
and the quarter, sealed and published.

Everything goes the way it goes in real life: the same functions that the commands call, with users
who have the roles for it. Only the clock is set to the days of the story.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from importers import payroll, staging
from importers.drafting import OtherSide
from importers.read import read_bytes
from ledger import checking, clock, closing, rebuild, workflow
from ledger.cli import acting
from ledger.cli.demo import files, publishing, roll
from ledger.cli.demo.ending import hand_over, tell_end
from ledger.cli.demo.facts import FOLDER, Facts, read_facts, register
from ledger.cli.demo.month import MonthOfMovements, Payer, march
from ledger.cli.demo.start import AID, LEVY, UPPER
from ledger.cli.demo.steps import Steps
from ledger.clock import CHINA
from ledger.entry import Voucher
from ledger.errors import CannotRun, NotAllowed, finding
from ledger.layout import unit_folder
from ledger.money import Money
from ledger.period import Month, Period
from ledger.reference import make_code
from ledger.registry import Registry, User, claims, ids
from ledger.registry.settings import DEFAULT_URL
from reports.packs import publication

if TYPE_CHECKING:
    from importers.staging import OpenLine

MARCH: Final = Month(2026, 3)
QUARTER: Final = Period.parse("2026-Q1")
PAYROLL: Final = "payroll-2026-03.csv"
REFUNDABLE: Final = "Liabilities:215-其他应付款:01-待退会费"
_REPORTS: Final = (
    "balance-sheet",
    "income-statement",
    "funds",
    "bank-reconciliation",
    "journal",
    "operation-log",
    "dues-roll",
    "dues-use",
    "collection",
)


def run_demo(target: Path, seed: int, *, url: str | None = None, by_hand: bool = False) -> int:
    """Live March in ``target``, a folder that is not there yet or is empty; the exit status.

    The same seed gives the same books and reports, byte for byte. With ``by_hand`` only what March
    begins with is made: the taken-over books, the claims, and the files that banks send.
    """
    refuse_used(target)
    if not by_hand:
        publication.demand_place(publishing.public_folder(target), target)
    story = _Story(target, read_facts(), seed, url or DEFAULT_URL)
    with ids.drawn_from(seed):
        if by_hand:
            story.begin_only()
        else:
            story.tell()
    return 0


def refuse_used(target: Path) -> None:
    """CannotRun unless ``target`` is a folder that is not there yet, or empty."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CannotRun(
            finding(
                "folder-in-use",
                "目录不是空的",
                "the folder is not empty",
                "演示只写入新目录：换一个目录",
                "the demonstration writes into a fresh folder only: choose another",
                file=str(target),
            )
        )


class _Story:
    """The month, step by step."""

    def __init__(self, target: Path, facts: Facts, seed: int, url: str) -> None:
        self._target = target
        self._facts = facts
        self._unit = facts.id
        self._seed = seed
        self._url = url
        self._steps = Steps(12)
        self._people: dict[str, User] = {}

    def begin_only(self) -> None:
        """What March begins with, for a person who lives it by hand."""
        self._steps = Steps(3)
        self._first_of_march().close()
        hand_over(self._target, self._facts)

    def _first_of_march(self) -> Registry:
        """The books of January and February, March's claims, and the files that will come."""
        steps = self._steps
        with steps.step("建立联合会，接管一二月的账", "January and February taken over"):
            registry = self._begin()
        try:
            with steps.step("会费核定与代扣清单", "dues are assessed, and the payroll list"):
                payers, list_code = self._claim(registry)
            with steps.step("银行、微信、支付宝的对账单", "statements of bank, WeChat and Alipay"):
                self._write_statements(march(payers, list_code, self._seed))
                self._write_list(payers, list_code)
        except BaseException:
            registry.close()
            raise
        return registry

    def tell(self) -> None:
        """All of it."""
        steps = self._steps
        registry = self._first_of_march()
        try:
            with steps.step("登记代扣清单", "the payroll list is entered"):
                self._enter_list(registry)
            with steps.step("导入对账单", "the statements are imported"):
                self._import(registry)
            with steps.step("财务人员回答问题", "the treasurer answers what is open"):
                self._answer(registry)
            with steps.step("审核", "checkers approve"):
                self._approve(registry)
            with steps.step("结账", "March is closed"):
                self._close(registry)
            with steps.step("报表", "statements in every format"):
                self._report(registry)
            with steps.step("核对", "everything is verified"):
                self._check(registry)
            with steps.step("封存", "January to March are sealed, signed with an example key"):
                self._seal(registry)
            with steps.step("公开", "the first quarter is published, and proven as visitors do"):
                self._publish(registry)
            # So that the commands of the README can follow.
            acting.log_in(registry, self._people["zhou"], clock.now())
        finally:
            registry.close()
        tell_end(self._target, self._facts, self._steps.seconds)

    def _at(self, day: int, hour: int, month: int = 3) -> datetime:
        return datetime(2026, month, day, hour, 0, 0, tzinfo=CHINA)

    # ---- 1 and 2 -------------------------------------------------------------------------------

    def _begin(self) -> Registry:
        federation = self._facts.unit["federation"]
        registry = Registry.create(
            self._target,
            id=federation["id"],
            name=federation["name"],
            name_en=federation["name_en"],
            url=self._url,
        )
        folder = unit_folder(self._target, self._unit)
        for path in sorted(FOLDER.rglob("*.bean")):
            place = folder / path.relative_to(FOLDER)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        now = self._at(1, 9)
        admin = next(row["id"] for row in self._facts.unit["user"] if row["login"] == "admin")
        count = rebuild.journal_from_text(registry, self._unit, admin, now)
        self._people = register(registry, self._facts, now)
        rules = (FOLDER / "rules.toml").read_text(encoding="utf-8")
        staging.replace_rules(registry, self._unit, rules, self._people["zhou"], now)
        self._steps.say(
            f"{self._facts.unit['unit']['name']}：{len(self._facts.members)} 名会员 members，"
            f"{count} 条账簿记录 entries，哈希链完好 the chain holds"
        )
        return registry

    def _claim(self, registry: Registry) -> tuple[list[Payer], str]:
        """The dues of January to March by the rule; what March owes, and the code of the list."""
        zhou = self._people["zhou"]
        roll.enter_roll(registry, self._facts, zhou, self._at(1, 10))
        done = roll.assess(registry, self._unit, zhou, self._at(1, 10))
        for one in done:
            self._steps.say(
                f"{one.month}：{one.owing} 人应缴 owe，合计 total {one.total.grouped}"
                f"（{one.table}）"
            )
        with registry.read() as conn:
            owed = {row.member: row for row in claims.of_month(conn, self._unit, str(MARCH))}
        payers = [
            Payer(one.number, owed[one.id].code, Money(owed[one.id].fen), one.pays_by)
            for one in self._facts.members
        ]
        return payers, make_code("DK", 2026, 3)

    # ---- 3 to 5 --------------------------------------------------------------------------------

    def _write_statements(self, month: MonthOfMovements) -> None:
        folder = self._target / "statements"
        folder.mkdir()
        for name, data in files.statements(month, self._facts).items():
            (folder / name).write_bytes(data)
            self._steps.say(f"statements/{name}  {len(data):,} bytes")

    def _write_list(self, payers: list[Payer], list_code: str) -> None:
        names = {one.number: one.name for one in self._facts.members}
        listed = [payer for payer in payers if payer.pays_by == "list"]
        data = files.payroll_list(listed, names, list_code)
        (self._target / "statements" / PAYROLL).write_bytes(data)
        self._steps.say(f"statements/{PAYROLL}  {len(data):,} bytes")

    def _enter_list(self, registry: Registry) -> None:
        data = (self._target / "statements" / PAYROLL).read_bytes()
        done = payroll.enter_list(
            registry, self._unit, data, PAYROLL, self._people["zhou"], self._at(4, 10)
        )
        self._steps.say(f"{done.code}：{done.members} 人 members，合计 total {done.amount.grouped}")

    def _import(self, registry: Registry) -> None:
        order = (
            ("bank-1.csv", 21),
            ("bank-2.csv", 31),  # overlaps the first
            ("bank-1.csv", 31),  # the same file once more
            ("wechat.csv", 31),
            ("alipay.csv", 31),
        )
        for name, day in order:
            data = (self._target / "statements" / name).read_bytes()
            done = staging.import_statement(
                registry, self._unit, read_bytes(data, name), data, self._people["zhou"],
                self._at(day, 11), account=files.ACCOUNTS[name],
            )  # fmt: skip
            proofs = " ".join(f"{key} {value}" for key, value in done.proofs.items())
            what = (
                "没有变化 nothing new"
                if done.again
                else f"新 new {done.new}，重叠 known {done.known}，草稿 drafts {len(done.drafts)}，"
                f"问题 questions {len(done.questions)}"
            )
            self._steps.say(f"{name}：{what}（{proofs}）")

    # ---- 6 -------------------------------------------------------------------------------------

    def _answer(self, registry: Registry) -> None:
        for question in staging.inbox(registry, self._unit).questions:
            sides, narration, decision = self._decide(question)
            staging.answer(
                registry, self._unit, question.number, sides, self._people["zhou"],
                self._at(1, 10, month=4), narration=narration, decision=decision,
            )  # fmt: skip
            self._steps.say(
                f"{question.number} {question.day} {question.amount.grouped}：{narration}"
            )

    def _decide(self, question: OpenLine) -> tuple[list[OtherSide], str, str]:
        """What the treasurer knows that no rule does."""
        amount = question.amount
        if "工会经费" in question.memo and amount.fen > 0:
            own, upper = amount.split([60, 40])
            sides = [OtherSide(LEVY, "F02", own), OtherSide(UPPER, "F02", upper)]
            return sides, "税务代收 2 月工会经费，四成应付上级", ""
        if "帮扶" in question.memo:
            return [OtherSide(AID, "F04", amount)], "困难职工帮扶", "春工〔2026〕4号（示例）"
        if "会费" in question.memo and amount.fen > 0:
            return [OtherSide(REFUNDABLE, "F01", amount)], "重复缴纳的会费，待退", ""
        if "退" in question.memo or "退" in question.reason:
            return [OtherSide(REFUNDABLE, "F01", amount)], "退回重复缴纳的会费", ""
        raise LookupError(f"nobody told the treasurer what line {question.number} is")

    # ---- 7 to 10 -------------------------------------------------------------------------------

    def _approve(self, registry: Registry) -> None:
        waits = workflow.waiting(registry, self._unit)
        both = replace(
            self._people["zhou"],
            roles=self._people["zhou"].roles | {(self._unit, "accountant")},
        )
        try:
            workflow.approve(registry, waits[0].id, both, self._at(1, 11, month=4))
        except NotAllowed as fault:
            self._steps.say(f"制单人自审被拒 a maker is refused: {fault.findings[0].what.zh}")
        for login, hour in (("lin", 14), ("gao", 16)):
            user = self._people[login]
            ids = [
                row.id
                for row in workflow.waiting(registry, self._unit)
                if user.id not in row.approvals
            ]
            done = workflow.approve_many(
                registry, self._unit, ids, user, self._at(1, hour, month=4)
            )
            posted = sum(isinstance(result, Voucher) for result in done)
            self._steps.say(
                f"{login} 审核 approves {len(ids)}：记账 posted {posted}，"
                f"待第二人 need another {len(ids) - posted}"
            )

    def _close(self, registry: Registry) -> None:
        done = closing.close_month(
            registry, self._unit, MARCH, self._people["zhou"], self._at(2, 9, month=4)
        )
        for warning in done.warnings:
            self._steps.say(str(warning))
        self._steps.say(f"{MARCH} 摘要 digest {done.digest[:16]}…  {done.checked}")

    def _report(self, registry: Registry) -> None:
        from reports.render import FORMATS, render
        from reports.sources import known_source
        from reports.statements.catalogue import build, with_annex

        folder = self._target / "reports"
        folder.mkdir()
        period = Period.parse(str(MARCH))
        for name in _REPORTS:
            source = known_source(registry, self._unit, name, period)
            plain = build(name, source, period)
            full = with_annex(source, plain)
            for form, ending in FORMATS.items():
                statement = full if form in ("pdf", "xlsx") else plain
                (folder / f"{name}-{MARCH}{ending}").write_bytes(render(statement, form))
            self._steps.say(f"reports/{name}-{MARCH}.pdf  .xlsx .csv .json .txt")

    def _check(self, registry: Registry) -> None:
        found = checking.check_federation(registry)
        if found:
            raise CannotRun(*found)
        self._steps.say(
            "两份见证逐字节一致，哈希链、附件、操作日志完好，Beancount 无错误\n"
            "witnesses equal byte for byte; chain, papers and log hold; Beancount finds nothing"
        )

    # ---- 11 and 12 -----------------------------------------------------------------------------

    def _seal(self, registry: Registry) -> None:
        key = publishing.example_key(self._target, self._seed)
        months = [Month(2026, number) for number in (1, 2, 3)]
        for seal in publishing.seal_months(
            registry, self._unit, months, key, self._people["zhou"], self._at(2, 10, month=4)
        ):
            self._steps.say(f"{seal.month} 根 root {seal.root[:16]}…  {seal.size} 条 entries")
        self._steps.say(
            f"{publishing.KEY}：示例密钥，不可用于真实账目 an example, never for real books"
        )

    def _publish(self, registry: Registry) -> None:
        out = publishing.public_folder(self._target)
        key = publishing.example_key(self._target, self._seed)
        told = publishing.publish(
            registry, QUARTER, out, self._people["zhou"], self._at(3, 9, month=4), key
        )
        for pack in told["packs"]:
            self._steps.say(f"{pack['place']} 摘要 digest {pack['digest'][:16]}…")
        publishing.prove(out, self._steps)
