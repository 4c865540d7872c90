"""Our own sheets for papers that come in no fixed layout, as data: what each column holds.

Payroll offices, tax offices, finance bureaus and donation platforms each write lists as they like.
A template asks them for the columns that are needed, checks them while they are typed
(:mod:`importers.template_sheet`), and is read back strictly (:mod:`importers.lists`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from ledger.errors import Refused, Words, finding

#: What a cell may hold.
TEXT, MONEY, DAY, MONTH, COUNT, CHOICE = "text", "money", "day", "month", "count", "choice"
#: A reference code of ours, with its check digit.
CODE: Final = "code"
#: A weight or a rate with at most four decimals.
DECIMAL: Final = "decimal"

#: What each kind asks for.
ASKS: Final = {
    TEXT: Words("文字", "text"),
    MONEY: Words("金额，元，至多两位小数", "an amount in yuan with at most two decimals"),
    DAY: Words("日期，如 2026-03-15", "a day such as 2026-03-15"),
    MONTH: Words("月份，如 2026-03", "a month such as 2026-03"),
    COUNT: Words("整数", "a whole number"),
    DECIMAL: Words("小数，如 1.2，至多四位", "a decimal such as 1.2 with at most four places"),
    CODE: Words("清单编号，末位是校验码", "a list code with its check digit"),
    CHOICE: Words("从列表中选择", "one of the list"),
}

_NONE: Final = Words("", "")


@dataclass(frozen=True, slots=True)
class Field:
    """One column, or one fact above the table. ``choices`` belong to :data:`CHOICE` fields.

    ``also`` are other names under which offices write it; ``positive`` money is above zero, and
    codes begin with ``prefix``.
    """

    key: str
    name: Words
    kind: str = TEXT
    required: bool = True
    choices: tuple[str, ...] = ()
    width: int = 14
    note: Words = _NONE
    also: tuple[str, ...] = ()
    positive: bool = False
    prefix: str = ""


def asks(field: Field) -> Words:
    """What a cell of this column has to hold."""
    if field.choices:
        return Words("、".join(field.choices), " / ".join(field.choices))
    if field.positive:
        return Words("大于零的金额，元，至多两位小数", "an amount above zero, in yuan")
    return ASKS[field.kind]


@dataclass(frozen=True, slots=True)
class Template:
    """A sheet: facts above, a table below. ``unique`` names the columns that tell rows apart;
    ``sum_of`` the money column whose sum is the list's total. In every row the first column of
    ``adds`` is the sum of the others, and the first of ``at_most`` no more than the second; it has
    ``least`` rows at least and ``most`` at the most."""

    name: str
    title: Words
    facts: tuple[Field, ...]
    columns: tuple[Field, ...]
    unique: tuple[str, ...] = ()
    sum_of: str = ""
    adds: tuple[str, ...] = ()
    at_most: tuple[str, str] | None = None
    most: int = 20_000
    least: int = 1

    def asking(self, *columns: str, facts: tuple[str, ...] = (), sum_of: str = "") -> Template:
        """The same sheet where only these columns and facts have to be filled in."""
        return replace(
            self,
            facts=tuple(replace(one, required=one.key in facts) for one in self.facts),
            columns=tuple(replace(one, required=one.key in columns) for one in self.columns),
            sum_of=sum_of or self.sum_of,
        )


def _f(
    key: str, zh: str, en: str, kind: str = TEXT, *, required: bool = True,
    choices: tuple[str, ...] = (), width: int = 14, note: tuple[str, str] = ("", ""),
    also: tuple[str, ...] = (), positive: bool = False, prefix: str = "",
) -> Field:  # fmt: skip
    return Field(
        key, Words(zh, en), kind, required, choices, width, Words(*note), also, positive, prefix
    )


def _code(prefix: str, example: str) -> Field:
    return _f(
        "code", "清单编号", "list code", CODE, required=False, width=20, prefix=prefix,
        note=(f"如 {example}；付款附言中写同一编号；留空则登记时给出",
              f"such as {example}; the payment carries the same code; given when entered if empty"),
    )  # fmt: skip


_UNIT = _f("unit", "单位名称", "unit", width=28)
_PERIOD = _f("month", "所属月份", "month", MONTH, note=("如 2026-03", "such as 2026-03"))
_REMARK = _f("remark", "备注", "remark", required=False, width=24)

DUES_LIST: Final = Template(
    "dues-list",
    Words("工资代扣会费清单", "payroll dues list"),
    (_UNIT, _code("DK", "DK2026-0003-8"), _PERIOD),
    (
        _f("number", "会员编号", "member number", also=("编号", "会员号", "number")),
        _f("name", "姓名", "name", required=False),
        _f("department", "部门", "department", required=False, width=18),
        _f("base", "工资基数", "wage base", MONEY, required=False,
           note=("岗位工资与薪级工资之和", "post wage and grade wage")),
        _f("months", "月数", "months", COUNT, required=False),
        _f("due", "应缴", "due", MONEY, required=False, also=("金额", "amount"), positive=True),
        _f("amount", "实缴", "withheld", MONEY, positive=True,
           also=("代扣金额", "金额", "amount")),
        _REMARK,
    ),
    unique=("number",),
    sum_of="amount",
)  # fmt: skip

UNION_FEE_LIST: Final = Template(
    "union-fee-list",
    Words("税务代收工会经费清单", "union fees collected by the tax office"),
    (
        _UNIT,
        _code("DS", "DS2026-0001-2"),
        _PERIOD,
        _f(
            "payer",
            "代收机关",
            "collected by",
            required=False,
            width=28,
            note=("汇款的税务机关", "the tax office that pays it over"),
        ),
    ),
    (
        _f("employer", "缴费单位", "employer", width=28),
        _f("credit_code", "统一社会信用代码", "social credit code", width=22),
        _f("payroll", "职工工资总额", "payroll", MONEY),
        _f("rate", "比例", "rate", required=False, note=("如 2%", "such as 2%")),
        _f("due", "应缴", "due", MONEY, required=False),
        _f("amount", "实缴", "paid", MONEY, positive=True),
        _f("paid_on", "入库日期", "received on", DAY, required=False),
        _f("receipt", "税票号码", "tax receipt", required=False, width=22),
        _REMARK,
    ),
    unique=("credit_code", "receipt"),
    sum_of="amount",
)

LEVY_DECLARATION: Final = Template(
    "levy-declaration",
    Words("工会经费工资总额申报表", "payrolls declared for the levy"),
    (_UNIT, _PERIOD),
    (
        _f("employer", "缴费单位", "employer", width=28),
        _f("credit_code", "统一社会信用代码", "social credit code", required=False, width=22),
        _f("payroll", "职工工资总额", "payroll", MONEY),
        _f("union", "建会情况", "union", CHOICE, required=False, choices=("已建会", "未建会")),
        _REMARK,
    ),
    unique=("employer",),
    sum_of="payroll",
)  # fmt: skip

ALLOTMENT_NOTICE: Final = Template(
    "allotment-notice",
    Words("财政拨款通知单", "finance allotment notice"),
    (
        _f("unit", "收款单位", "receiving unit", width=28),
        _f("document", "文号", "document number", width=24),
        _f("issued", "发文日期", "issued", DAY),
        _f("year", "预算年度", "budget year", COUNT),
        _f("level", "财政级次", "level", CHOICE,
           choices=("中央", "省级", "市级", "县级", "乡级")),
        _f("payer", "拨款单位", "paid by", required=False, width=28),
    ),
    (
        _f("item", "项目名称", "item", width=28),
        _f("item_code", "项目编码", "item code", required=False, width=18),
        _f("nature", "类别", "nature", CHOICE, choices=("一般性", "专项")),
        _f("use", "支出性质", "use", CHOICE, choices=("基本支出", "项目支出")),
        _f("approved", "批复数", "approved", MONEY),
        _f("amount", "本次下达", "released now", MONEY, positive=True),
        _f("means", "支付方式", "means", CHOICE, required=False,
           choices=("直接支付", "授权支付", "实拨资金")),
        _REMARK,
    ),
    unique=("item", "item_code"),
    sum_of="amount",
    at_most=("amount", "approved"),
)  # fmt: skip

DONATION_EXPORT: Final = Template(
    "donation-export",
    Words("捐赠平台收款清单", "donation platform list"),
    (
        _UNIT,
        _code("PT", "PT2026-0001-9"),
        _f("platform", "平台", "platform", width=18),
        _f("campaign", "募捐项目", "campaign", width=28),
        _f("paid_out", "结算日期", "paid out on", DAY),
    ),
    (
        _f("order", "订单号", "order", width=30),
        _f("at", "捐赠日期", "given on", DAY),
        _f("donor", "捐赠人", "donor", required=False, width=18,
           note=("不愿公开者留空", "empty if the donor wants to stay unnamed")),
        _f("donor_kind", "捐赠人类别", "kind of donor", CHOICE, required=False,
           choices=("个人", "单位"), note=("留空为个人", "a person if empty")),
        _f("donor_id", "捐赠人编号", "donor's number", required=False, width=16,
           note=("已登记的捐赠人写 d-…", "d-… of a donor who is known")),
        _f("consent", "公开方式", "consent", CHOICE, choices=("实名", "隐名", "匿名")),
        _f("gross", "捐赠金额", "gross", MONEY, positive=True),
        _f("fee", "平台费用", "fee", MONEY),
        _f("amount", "到账金额", "net", MONEY),
        _f("purpose", "意向用途", "purpose", required=False, width=24),
        _REMARK,
    ),
    unique=("order",),
    sum_of="amount",
    adds=("gross", "fee", "amount"),
)  # fmt: skip

MEMBERS: Final = Template(
    "members",
    Words("会员名册", "list of members"),
    (_UNIT,),
    (
        _f("number", "会员编号", "member number", also=("编号", "会员号", "number")),
        _f("name", "姓名", "name"),
        _f("joined", "入会日期", "joined", DAY,
           note=("转入的写转入日期", "of who was transferred in: the day of the transfer")),
        _f("state", "状态", "state", CHOICE, required=False,
           choices=("在籍", "试用", "退休", "困难减免", "免交", "转入", "转出", "退会")),
        _f("status", "缴费身份", "status", required=False,
           note=("规则表中的身份，代号或名称；mingbai dues rules 列出",
                 "a status of the rule's table, by id or Chinese name")),
        _f("since", "起始日期", "since", DAY, required=False,
           note=("状态、基数、单位等自此日起；新会员留空即入会日期",
                 "from when status, base and employer hold; a new member's day of joining")),
        _f("left", "离会日期", "left", DAY, required=False,
           note=("已不在籍的第一天", "the first day on which they are a member no more")),
        _f("paid_through", "转接缴至", "paid through", MONTH, required=False,
           note=("转入、转出：原单位收至哪一月", "transfers: the old unit's last month")),
        _f("phone", "手机", "phone", required=False, width=16, also=("电话",)),
        _f("identity", "证件号", "identity", required=False, width=22, also=("身份证号",)),
        _f("account", "缴费账号", "payer account", required=False, width=24,
           also=("银行账号", "账号", "account"), note=("多个以顿号分开", "several with commas")),
        _f("base", "工资基数", "wage base", MONEY, required=False,
           also=("基数", "月基数", "base")),
        _f("base_kind", "基数种类", "base kind", required=False,
           note=("如 pay、pension；留空按身份", "such as pay, pension; by status if empty")),
        _f("chosen", "核定数额", "chosen amount", MONEY, required=False,
           note=("规则只给范围时", "where the rule leaves a range")),
        _f("decision", "依据", "decision", required=False, width=22,
           note=("年内重新核定、核定数额、同意按季的文件",
                 "the paper behind a base fixed again, a chosen amount, quarterly payment")),
        _f("frequency", "交纳周期", "frequency", CHOICE, required=False, choices=("按月", "按季")),
        _f("reduced", "减免后数额", "reduced to", MONEY, required=False),
        _f("until", "减免止月", "reduced until", MONTH, required=False,
           note=("此月恢复全额", "the first month of the whole amount")),
        _f("reason", "减免原因", "reason", required=False),
        _f("study", "支部研究", "branch's study", required=False, width=20),
        _f("approval", "上级批准", "approval", required=False, width=20),
        _f("employer", "工作单位", "employer", required=False, width=22, also=("单位",)),
        _f("consent", "同意事项", "consents", required=False,
           note=("工资代扣、实名公示", "payroll-deduction, named-in-roll")),
        _f("rule", "会费规则", "rule", required=False,
           note=("如 party、union-member；全表相同", "such as party; one for the whole list")),
        _f("department", "部门", "department", required=False, width=18),
        _REMARK,
    ),
    unique=("number",),
    most=200_000,
)  # fmt: skip

ASSETS: Final = Template(
    "assets",
    Words("固定资产清册", "list of assets"),
    (_UNIT,),
    (
        _f("number", "资产编号", "asset number", width=16),
        _f("name", "名称", "name", width=24),
        _f("class", "类别", "class", width=18,
           note=("规则中的类别，如 计算机设备、车辆（mingbai dues rules）",
                 "a class of the rule, such as computer, vehicle (mingbai dues rules)")),
        _f("source", "来源", "source", CHOICE, choices=("购置", "拨入", "受赠", "借用（备查）")),
        _f("ownership", "权属", "ownership", CHOICE, choices=("本单位", "国有", "其他单位")),
        _f("acquired", "取得日期", "acquired", DAY),
        _f("cost", "原值", "cost", MONEY, positive=True),
        _f("depreciated", "累计折旧", "accumulated depreciation", MONEY, required=False),
        _f("place", "存放地点", "place", width=20),
        _f("keeper", "保管人编号", "keeper's number", width=14,
           note=("写会员编号，不写姓名", "the member's number, not the name")),
        _f("fund", "资金", "fund", required=False,
           note=("留空用登记时写明的", "as said when it is entered if empty")),
        _f("life", "使用年限（月）", "life in months", COUNT, required=False,
           note=("留空按规则", "by the rule if empty")),
        _f("spec", "规格型号", "model", required=False, width=20),
        _f("papers", "凭证或文号", "papers", required=False, width=22),
        _REMARK,
    ),
    unique=("number",),
    sum_of="cost",
    at_most=("depreciated", "cost"),
)  # fmt: skip

#: What a row of a plan is about.
UNIT, REGION, LEVEL = "单位", "地区", "层级"

PLAN: Final = Template(
    "plan",
    Words("分配方案", "distribution plan"),
    (
        _f("id", "方案代号", "plan id", width=18,
           note=("小写字母、数字、连字符，如 jc-2026；再次办理用同一代号",
                 "small letters, digits, hyphens, such as jc-2026; the same when run again")),
        _f("name", "方案名称", "plan name", width=28),
        _f("payer", "付款单位", "payer", note=("单位代号", "the unit's id")),
        _f("pool", "总额", "pool", MONEY, positive=True),
        _f("due", "限期", "to arrive by", DAY),
        _f("decision", "决议文号", "decision", width=24),
        _f("account", "支出科目", "charged to", width=28,
           note=("编号或全名，如 508", "code or full name, such as 508")),
        _f("fund", "资金", "fund"),
        _f("money", "付款科目", "paid from", width=28),
        _f("base", "分配依据", "divided", CHOICE, choices=("按人数", "固定基数", "按上年所得")),
        _f("on", "人数截至", "heads as of", DAY, required=False,
           note=("按人数时必填", "needed where divided by heads")),
        _f("year", "所得年度", "year of receipts", COUNT, required=False,
           note=("按上年所得时必填", "needed where divided by receipts")),
        _f("below", "全部下级属于", "all units below", required=False,
           note=("上级单位代号；逐个列出单位时留空", "a unit's id; empty where rows name them")),
        _f("level", "只给层级", "only of level", CHOICE, required=False,
           choices=("全国", "省级", "市级", "县级", "乡镇街道", "基层")),
        _f("floor", "每单位下限", "floor for each unit", MONEY, required=False),
        _f("cap", "每单位上限", "cap for each unit", MONEY, required=False),
        _f("floor_per_head", "人均下限", "floor per head", MONEY, required=False),
    ),
    (
        _f("what", "对象", "about", CHOICE, choices=(UNIT, REGION, LEVEL)),
        _f("key", "代号或名称", "id or name", width=20,
           note=("单位代号；或 革命老区、基层 等", "a unit's id; or a region, a level")),
        _f("title", "单位名称", "unit name", required=False, width=24,
           note=("便于核对，不读取", "for people; it is not read")),
        _f("share", "固定基数", "fixed base", COUNT, required=False),
        _f("weight", "权重", "weight", DECIMAL, required=False),
        _f("floor", "下限", "floor", MONEY, required=False),
        _f("cap", "上限", "cap", MONEY, required=False),
        _REMARK,
    ),
    unique=("what", "key"),
    least=0,
)  # fmt: skip

BUDGET: Final = Template(
    "budget",
    Words("年度预算表", "a year's budget"),
    (_UNIT, _f("year", "预算年度", "budget year", COUNT)),
    (
        _f("fund", "资金", "fund", note=("资金代码，如 F01", "the fund's code, such as F01")),
        _f("account", "科目", "account", width=34,
           note=("科目代码或名称；上级科目包括其下各级，如 501",
                 "code or name; an account stands for all below it, such as 501")),
        _f("q1", "一季度", "q1", MONEY),
        _f("q2", "二季度", "q2", MONEY),
        _f("q3", "三季度", "q3", MONEY),
        _f("q4", "四季度", "q4", MONEY, note=("没有的写 0.00", "write 0.00 where there is none")),
        _f("control", "控制", "control", CHOICE, required=False, choices=("硬控", "提示", "不控"),
           note=("硬控：超支拒绝；提示：超支告知；不控或留空：只编计划",
                 "硬控 refuses what goes beyond, 提示 tells it, 不控 or empty only plans")),
        _REMARK,
    ),
    unique=("fund", "account"),
    most=500,
)  # fmt: skip

AID: Final = Template(
    "aid",
    Words("帮扶发放清单", "aid payments"),
    (_f("unit", "单位名称", "unit", required=False, width=28),),
    (
        _f("number", "会员编号", "member number", required=False, also=("编号", "会员号"),
           note=("会员可只写编号与姓名", "of a member, number and name are enough")),
        _f("name", "姓名", "name"),
        _f("identity", "证件号", "identity", required=False, width=22, also=("身份证号",)),
        _f("phone", "手机", "phone", required=False, width=16, also=("电话",)),
        _f("account", "收款账号", "payee account", required=False, width=24,
           also=("银行账号", "银行卡号", "账号", "account")),
        _f("kind", "帮扶类别", "kind of aid", also=("类别", "kind"),
           note=("困难帮扶、大病救助、受灾补助、慰问、生活补贴与工作津贴，或其代号",
                 "hardship, illness, disaster, condolence, allowance, or the Chinese name")),
        _f("reason", "事由", "occasion", required=False, also=("reason",),
           note=("慰问的事由，如 住院慰问 或 hospital", "of a condolence, such as hospital")),
        _f("amount", "发放金额", "amount", MONEY, also=("金额",), positive=True),
    ),
    sum_of="amount",
    most=2_000,
)  # fmt: skip

DONORS: Final = Template(
    "donors",
    Words("捐赠人名册", "list of donors"),
    (_UNIT,),
    (
        _f("id", "捐赠人编号", "donor's number", required=False, width=16,
           note=("已登记的写其编号 d-…；新登记的留空", "d-… of a known one; else empty")),
        _f("kind", "捐赠人类别", "kind of donor", CHOICE, choices=("个人", "单位", "匿名")),
        _f("name", "捐赠人", "donor", required=False, width=24, also=("姓名", "名称", "name"),
           note=("匿名的留空", "empty for an anonymous donor")),
        _f("identity", "证件号或信用代码", "identity or credit code", required=False, width=22,
           also=("证件号", "统一社会信用代码")),
        _f("phone", "手机", "phone", required=False, width=16, also=("电话",)),
        _f("where", "境内境外", "where", CHOICE, required=False, choices=("境内", "境外")),
        _f("consent", "公开方式", "consent", CHOICE, choices=("实名", "隐名", "匿名"),
           note=("没有表示同意的写匿名", "anonymous unless the donor consents")),
        _f("related", "关联方", "related party", CHOICE, required=False, choices=("是", "否")),
        _REMARK,
    ),
)  # fmt: skip

TEMPLATES: Final = {
    template.name: template
    for template in (
        DUES_LIST, UNION_FEE_LIST, LEVY_DECLARATION, ALLOTMENT_NOTICE, DONATION_EXPORT, MEMBERS,
        ASSETS, PLAN, BUDGET, AID, DONORS,
    )
}  # fmt: skip


def template_named(name: str) -> Template:
    """The template of that name; Refused with the names there are.

    >>> template_named("members").title.zh
    '会员名册'
    """
    if name in TEMPLATES:
        return TEMPLATES[name]
    names = ", ".join(TEMPLATES)
    raise Refused(
        finding(
            "no-template",
            f"没有名为 {name[:40]} 的模板",
            f"there is no template {name[:40]}",
            f"可用的模板：{names}",
            f"the templates are: {names}",
        )
    )
