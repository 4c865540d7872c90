"""What every page of the desk shares: its unit, its findings, and the papers of its forms."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import make_response, render_template, request

from ledger.account import account_code, account_label
from ledger.choosing import initials
from ledger.errors import Refused, Words, finding
from ledger.registry import entries, papers, users
from reports.web.access import IN_UNIT, current_user, desk, holds
from reports.web.units import find_unit
from reports.web.work.shown import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

    from ledger.errors import Finding

#: All files of one form together.
LARGEST_FORM: Final = 24 * 1024 * 1024
_MOST_PAPERS: Final = 20

_NUMBER: Final = r"([0-9]{1,9})"
#: What an address may say was done, and how a page tells it.
_TOLD: Final = (
    ("proposed", "草稿已送审核。", "The draft waits for a checker."),
    ("amended", "草稿已改正，重新送审核。", "Corrected; it waits for a checker again."),
    ("reversed", "冲销草稿已送审核。", "The reversal waits for a checker."),
    ("template", "模板已保存。", "The template is kept."),
    ("answered", "已处理。下面是下一笔。", "Done. Here is the next one."),
    ("finished", "已处理，没有更多要回答的流水。", "Done; nothing else waits for an answer."),
    ("second", "已审核；金额超过限额，还需另一位审核人。",
     "Approved; above the limit, another checker is needed."),
    ("returned", "已退回制单人。", "Returned to its maker."),
    ("withdrawn", "已撤回。", "Withdrawn."),
    ("disposed", "已记下这一行的去向。", "What became of the row is noted."),
    (f"layout {_NUMBER}", "版式已保存，对账单已导入（文件 {0}）。",
     "The layout is kept, and the statement imported as file {0}."),
    (f"imported {_NUMBER}", "对账单已导入（文件 {0}）。", "The statement is imported as file {0}."),
    ("undone", "这份对账单的导入已撤销。", "The statement's import was undone."),
    (f"undoing {_NUMBER}", "正在撤销：{0} 张冲销凭证已送审核，全部记账后即可重新导入。",
     "Being undone: {0} reversals wait for a checker; then the file may be imported again."),
    ("kept", "不再撤销，这份对账单保留。", "The statement stays; it is not undone."),
    (f"posted {_NUMBER}", "已记账 {0} 张。", "{0} posted."),
    (r"posted (\w-[0-9]{6}-[0-9]{1,9})", "已记账 {0}。下面是下一张。",
     "{0} is posted. Here is the next one."),
    (f"matched {_NUMBER}", "新配上 {0} 笔。", "{0} more matched."),
    (f"rules {_NUMBER}", "已换上 {0} 条规则。可再试一次未回答的流水。",
     "{0} rules are in place. Open questions may be tried again."),
    (f"keys {_NUMBER}", "已登记 {0} 个号码。可再试一次未回答的流水。",
     "{0} numbers registered. Open questions may be tried again."),
    ("key removed", "已移除这个子账号。", "The sub-account was taken out."),
    (f"members {_NUMBER}", "已登记 {0} 名会员。", "{0} members are entered."),
    (f"compared {_NUMBER}", "名单中的变动已登记：{0} 名会员。", "{0} members have a new version."),
    ("member changed", "变动已登记为新的版本。", "Recorded as a new version."),
    ("transfer asked", "已请新单位接收；接收以前一切照旧。",
     "The new unit is asked; nothing changes until it accepts."),
    ("transfer accepted", "已接收。以后各月由本单位收缴。",
     "Accepted: the months to come are this unit's."),
    ("transfer closed", "转接已结束，会员留在原单位。", "The member stays where they were."),
    ("transfer-refused", "已记下拒收。", "The refusal is kept."),
    ("transfer-closed", "已了结。", "Closed."),
    ("transfer-matched", "已指明所属调拨。", "It is known where it belongs."),
    (f"plan {_NUMBER}", "第 {0} 版已提出，待他人审核。", "Version {0} waits for a checker."),
    ("promised", "已登记，待另一位审批。", "Entered; somebody else confirms it."),
    ("allocation-confirmed", "已审批。", "Confirmed."),
    ("allocation-refused", "未通过，记录保留。", "Refused; what was entered stays."),
    ("allocation-waits", "已登记，待另一位审批。", "Entered; somebody else confirms it."),
    ("allocation-released", "已登记下达。", "The release is entered."),
    ("unit done", "已登记。", "Entered."),
    ("unit proposed", "已提出移交，两本账簿的草稿待他人审核；审核后由管理员撤销单位。",
     "Proposed: the drafts in both books wait for a checker; then an administrator closes it."),
    ("contract-signed", "合同已登记，待另一人确认。",
     "The contract is entered; another person confirms it."),
    ("contract-amended", "新的一版已登记，待另一人确认。",
     "Another version is entered; another person confirms it."),
    ("contract-confirmed", "已确认，合同开始履行。", "Confirmed: it is in force."),
    ("contract-withdrawn", "待确认的版本已撤回。", "The version that waited was taken back."),
    ("contract-closed", "合同已办结。", "The contract is over."),
    ("milestone-delivered", "交付已登记，待另一人验收。",
     "Delivered; another person has to accept it."),
    ("milestone-accepted", "已验收，可以收付。", "Accepted: it may be received for or paid."),
    ("milestone-refused", "已退回，须重新交付。", "Refused; it has to be delivered again."),
    ("venue-waits", "已登记，待另一人审批。", "Entered; another person approves it."),
    ("venue-approved", "已审批。", "Approved."),
    ("venue-withdrawn", "已撤回。", "Taken back."),
    ("venue-entered", "已登记。", "Entered."),
    ("booking-asked", "已预约，待另一人确认。", "Asked for; another person confirms it."),
    ("booking-confirmed", "预约已确认。", "The booking is confirmed."),
    ("booking-refused", "预约未同意。", "The booking is refused."),
    ("booking-cancelled", "预约已取消。", "The booking is cancelled."),
    ("venue-used", "使用情况已登记。", "The use is entered."),
    ("venue-used-outside", "使用情况已登记；注意：超出开放时间，且没有决策文号。",
     "The use is entered; note that it is outside opening hours, without a decision."),
    ("venue-taken-back", "已冲回这一条。", "The line is taken back."),
    ("decision-recorded", "决策已登记。", "The decision is recorded."),
    ("decision-reported", "报告已登记。", "Its report is entered."),
    ("decision-step", "已登记这一步。", "The step is entered."),
    ("decision-withdrawn", "登记已撤回。", "The record was taken back."),
    ("objection-entered", "意见已登记。", "It is entered."),
    ("objection-answered", "答复待另一人确认。", "The answer waits for another person."),
    ("objection-confirmed", "答复已公开。", "The answer is published."),
    ("objection-back", "答复已退回。", "The answer is sent back."),
    ("finding-opened", "已提出，等单位答复。", "Opened; the unit answers it."),
    ("finding-answered", "已答复，等审计人员核对。", "Answered; an auditor looks at it."),
    ("finding-returned", "已退回单位重新答复。", "Returned; the unit answers once more."),
    ("finding-closed", "已办结。", "Closed."),
    ("finding-withdrawn", "审计发现已撤回。", "The finding is withdrawn."),
    ("audit-kept", "已留作底稿。", "Kept as a working paper."),
    ("audit-noted", "已注明。", "Noted."),
    ("evaluation-added", "评价待另一位审计人员确认。", "It waits for another auditor."),
    ("evaluation-confirmed", "评价已公开，下次发布网站时出现。",
     "The evaluation is public; the next publication of the site shows it."),
    ("evaluation-back", "评价已退回。", "The evaluation is sent back."),
    ("merged", "已合并；两个编号都仍有效。", "Merged; both numbers stay valid."),
    ("unmerged", "合并已撤销。", "Taken apart again."),
    (r"closed ([0-9]{4}-[0-9]{2})", "{0} 已结账。", "{0} is closed."),
    (r"reopen-asked ([0-9]{4}-[0-9]{2})", "已申请重开 {0}；由另一人确认。",
     "Opening {0} again is asked for; another person has to confirm it."),
    (r"reopened ([0-9]{4}-[0-9]{2})", "{0} 已重开。", "{0} is open again."),
    (r"reopen-withdrawn ([0-9]{4}-[0-9]{2})", "{0} 的重开申请已撤回。",
     "What was asked for {0} is taken back."),
    ("waiver-asked", "已申请；由另一人确认。", "Asked for; another person has to confirm it."),
    ("waiver-counted", "已登记；由另一人确认。", "Entered; another person has to confirm it."),
    ("waiver-confirmed", "已确认。", "Confirmed."),
    ("waiver-ended", "已了结。", "Ended."),
    ("waiver-declined", "没有同意，申请已结束。", "Declined; it is over."),
    (r"sealed ([0-9]{4}-[0-9]{2})", "{0} 已封存。", "{0} is sealed."),
    (r"seal-requested ([0-9]{4}-[0-9]{2})", "{0} 的请求文件已生成，下载后由密钥签名。",
     "The request for {0} is there: download it and have the key sign it."),
    ("seal-key-asked", "已申请换钥；由另一人确认。", "Asked for; another person confirms it."),
    ("seal-key-confirmed", "已换钥，用于下一次封存。", "Changed; it counts for the next seal."),
    ("seal-key-withdrawn", "换钥申请已结束。", "The change is not wanted any more."),
    (r"published ([0-9]{4}(?:-Q?[0-9]{1,2})?) ([0-9]{1,9})", "{0} 第 {1} 版已公开。",
     "Version {1} of {0} is published."),
    (r"signed ([0-9]{4}(?:-Q?[0-9]{1,2})?) ([0-9]{1,9})", "{0} 第 {1} 版的签名已保存。",
     "The signature of version {1} of {0} is kept."),
    (f"year-end {_NUMBER}", "已起草 {0} 张结转凭证，待审核。",
     "{0} drafts of the carrying over wait for a checker."),
    (r"receipt ([0-9]{4}-[0-9]{6})", "收据 {0} 已开出，款项待审核入账。",
     "Receipt {0} is given; a checker has to approve the entry."),
    (r"void ([0-9]{4}-[0-9]{6})", "收据 {0} 已作废。", "Receipt {0} is void."),
    ("refund", "退款草稿已送审核。", "The refund waits for a checker."),
    (r"write-off (WO[0-9]{4}-[0-9]{4,9}-[0-9X])", "核销 {0} 已提出，须两位审核人审核。",
     "Write-off {0} is proposed; two checkers have to approve it."),
    ("off once", "已审核；还需另一位审核人。", "Approved; another checker has to."),
    ("off twice", "两人已审核，此笔已核销。", "Approved by two: it is written off."),
    ("off refused", "核销已退回。", "The write-off is refused."),
    ("off reopened", "已恢复应收。", "It is owed again."),
    (r"assessed ([0-9]{4}-[0-9]{2})", "{0} 的会费已登记。", "The dues of {0} are entered."),
    (r"remit ([0-9]{1,9})", "已起草 {0} 张上缴凭证，待审核。", "{0} drafts wait for a checker."),
    (r"bound ([A-Za-z0-9-]{1,24})", "资金 {0} 已受此规则约束。", "Fund {0} is bound by the rule."),
    (f"budget {_NUMBER} waits", "第 {0} 版预算已送审批。", "Version {0} waits for approval."),
    (f"budget {_NUMBER} approved", "第 {0} 版预算已批准，已写入账簿。",
     "Version {0} is approved and stands in the book."),
    (f"budget {_NUMBER} withdrawn", "第 {0} 版预算已撤回。", "Version {0} is taken back."),
    (r"aid (BF[0-9]{4}-[0-9]{4,9}-[0-9])", "批次 {0} 已登记，草稿待审核。",
     "Batch {0} is entered; its draft waits for a checker."),
    ("gift-entered", "捐赠已登记。", "The gift is recorded."),
    ("gift-promised", "承诺已登记，等各期到账。", "The pledge is entered."),
    ("gift-asked", "已提出，待另一人审批。", "Asked; somebody else approves it."),
    ("gift-approved", "已审批。", "Approved."),
    ("campaign-asked", "已提出，待另一人审批。", "Asked; somebody else approves it."),
    ("campaign-closing", "已申请结束，待另一人审批。", "Asked; somebody else closes it."),
    ("campaign-approved", "已审批。", "Approved."),
    ("campaign-back", "已退回。", "Sent back."),
    (f"donors {_NUMBER}", "已登记 {0} 位捐赠人。", "{0} donors are entered."),
    ("donor-consent", "公开方式已登记。", "The consent is kept."),
    ("donor-erased", "个人信息已删除；旧备份中的钥匙须一并销毁。",
     "Erased; destroy the key in old backups as well."),
    ("asset-entered", "卡片已登记。", "The card is made."),
    ("asset-drafted", "已登记，凭证草稿待审核。", "Entered; its draft waits for a checker."),
    ("asset-asked", "申请已提出，待另一人审批。", "Asked; somebody else approves it."),
    ("asset-approved", "已批准。", "Approved."),
    ("asset-agreed", "已同意接收；对方交接后登记入账。",
     "Agreed: once it is handed over it is entered here."),
    ("asset-refused", "不予批准，记录保留。", "Refused; the request stays on record."),
    ("asset-withdrawn", "申请已撤回。", "The request was taken back."),
    ("asset-handed", "交接已登记。", "Handed over."),
    ("asset-back", "归还已登记。", "It is back."),
    ("asset-received", "已登记，凭证草稿待审核。", "Entered; the drafts wait for a checker."),
    ("asset-use", "工作量已登记。", "Its use is entered."),
    (r"depreciation ([0-9]{4}-[0-9]{2}) ([0-9]{1,9})", "{0} 的折旧已起草 {1} 张凭证，待审核。",
     "{0}: {1} drafts of depreciation wait for a checker."),
    (r"stocktake-open (PD[0-9]{4}-[0-9]{4,9}-[0-9])", "盘点 {0} 已开始。", "{0} has begun."),
    ("stocktake-withdrawn", "盘点已撤回。", "The stocktake was taken back."),
    (f"stocktake-closed {_NUMBER}", "盘点已结束，{0} 项差异待处理。",
     "Closed; {0} differences are to be settled."),
    ("difference-proposed", "处理已提出，待另一人审批。", "Another person approves it."),
    ("difference-approved", "差异已处理。", "The difference is resolved."),
    ("difference-refused", "已退回，差异仍未处理。", "Sent back; the difference is open."),
    ("employer", "缴费单位已登记。", "The employer is registered."),
    (r"declared ([0-9]{1,9})", "已登记 {0} 家单位的申报。", "{0} declarations are entered."),
    (r"announced ([A-Z]{2}[0-9]{4}-[0-9]{4,9}-[0-9X])", "已登记：到账时应注明 {0}。",
     "Expected: the deposit carries {0}."),
    ("announced", "已登记：到账时应注明所填文号。", "Expected: the deposit carries the document."),
)  # fmt: skip

#: What a paper may be: its suffix, and how such a file begins.
_KINDS: Final[dict[str, tuple[bytes, ...]]] = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".ofd": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
}


def page(
    template: str,
    unit: str,
    *,
    findings: Sequence[Finding] = (),
    status: int = 200,
    **values: object,
) -> Response:
    """A page of the desk; with findings it says what has to be corrected."""
    facts = find_unit(desk().folder, unit)
    user = current_user()
    return make_response(
        render_template(
            template,
            unit=unit,
            unit_name=facts.name if facts else Words(unit, unit),
            rights=frozenset(right for right in IN_UNIT if holds(user, right, unit)),
            findings=findings,
            told=told_of(request.args.get("done", "")),
            **values,
        ),
        422 if findings and status == 200 else status,
    )


def told_of(done: str) -> Words | None:
    """What was just done, from the address; only what one of these patterns says."""
    for pattern, zh, en in _TOLD:
        if found := re.fullmatch(pattern, done):
            return Words(zh.format(*found.groups()), en.format(*found.groups()))
    return None


def logins() -> dict[str, str]:
    """The login names of users by their ids: pages show who, not a number."""
    with desk().registry.read() as conn:
        return {user.id: user.login for user in users.all_users(conn)}


def bad_row(place: int, what: str) -> Finding:
    """A finding about one row of a form. ``what`` is Chinese and then English."""
    zh, en = words(what)
    return finding(
        "bad-row",
        f"第 {place} 行：{zh}",
        f"row {place}: {en or zh}",
        "改正这一行后再提交",
        "correct the row and send it again",
        line=place,
    )


def form_key() -> str:
    """A key that makes one form one draft, however often it is sent."""
    return secrets.token_hex(8)


# ---- choices -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """An account or fund to choose: what is sent, and what is shown and searched beside it."""

    value: str
    label: str


def account_choices(unit: str, below: str = "") -> list[Choice]:
    """Open accounts, found by code, pinyin initials or name while typing; those of a root alone."""
    with desk().registry.read() as conn:
        known = entries.accounts(conn, unit)
    return [
        Choice(account_code(name) or name, f"{account_label(name)} {initials(account_label(name))}")
        for name, row in sorted(known.items(), key=lambda item: account_code(item[0]))
        if row.closed is None and name.startswith(below)
    ]


def fund_choices(unit: str) -> list[Choice]:
    with desk().registry.read() as conn:
        known = entries.funds(conn, unit)
    return [Choice(code, row.name) for code, row in sorted(known.items()) if row.closed is None]


# ---- papers ------------------------------------------------------------------------------------


def sent_papers(field: str = "papers") -> list[tuple[str, bytes]]:
    """The papers of the form, looked at; Refused if one is not what its name says."""
    found: list[tuple[str, bytes]] = []
    faults: list[Finding] = []
    for file in request.files.getlist(field):
        name = Path(file.filename or "").name
        if not name:
            continue
        data = file.read()
        kind = _KINDS.get(Path(name).suffix.lower())
        if kind is None or not data.startswith(kind):
            faults.append(
                finding(
                    "paper-kind",
                    "附件须为 PDF、PNG、JPEG、OFD 或 XLSX，且内容与扩展名相符",
                    "a paper is a PDF, PNG, JPEG, OFD or XLSX file, and is what its name says",
                    "扫描或拍照后另存为 PDF 或图片",
                    "scan or photograph it and save it as PDF or picture",
                )
            )
        else:
            found.append((name, data))
    if len(found) > _MOST_PAPERS:
        faults.append(
            finding(
                "papers-many",
                f"一次最多 {_MOST_PAPERS} 份附件",
                f"at most {_MOST_PAPERS} papers at a time",
                "合并为一个 PDF",
                "put them into one PDF",
            )
        )
    if faults:
        raise Refused(*faults)
    return found


def keep_papers(unit: str, sent: list[tuple[str, bytes]]) -> tuple[str, ...]:
    """Store the papers beside the book; their digests, each once."""
    user, now = current_user().id, desk().clock()
    return tuple(
        dict.fromkeys(
            papers.store_bytes(desk().registry, unit, data, name, user=user, now=now)
            for name, data in sent
        )
    )
