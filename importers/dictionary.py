"""What the words of headers mean: roles of columns, and the words for each, the best first.

Words are folded: NFKC, small letters, without blanks.
"""

from __future__ import annotations

from typing import Final

DATE: Final = "date"
TIME: Final = "time"
AMOUNT: Final = "amount"
OUT: Final = "out"
IN: Final = "in"
FLAG: Final = "flag"
BALANCE: Final = "balance"
NAME: Final = "counterparty"
ACCOUNT: Final = "counterparty_account"
PAYER: Final = "payer_account"
PAYEE: Final = "payee_account"
PAYER_NAME: Final = "payer_name"
PAYEE_NAME: Final = "payee_name"
MEMO: Final = "memo"
REF: Final = "bank_ref"
STATUS: Final = "status"
CURRENCY: Final = "currency"
OWN: Final = "own_account"
FEE: Final = "fee"
#: Beside the role of a column: numbers of the account's own parts, and of the orders that are paid.
SUB: Final = "sub_account"
ORDER: Final = "order"

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    DATE: (
        "交易日期", "记账日期", "记帐日期", "入账日期", "入帐日期", "日期", "交易日", "记账日",
        "业务日期", "发生日期", "交易日期时间", "交易时间", "记账时间", "发生时间", "入账时间",
        "交易创建时间", "时间", "会计日期", "账务日期", "付款时间", "收款时间", "date",
        "transactiondate", "postingdate", "posteddate", "bookingdate", "tradedate", "txndate",
        "datetime", "transdate", "成交日期", "入账日", "完成时间", "创建时间", "交易完成时间",
        "发生日",
        "交易时间戳", "起息日", "起息日期", "valuedate",
    ),
    TIME: ("交易时间", "记账时间", "时间", "入账时间", "交易时刻", "time", "transactiontime"),
    AMOUNT: (
        "金额", "交易金额", "发生额", "收支金额", "发生金额", "记账金额", "入账金额", "交易额",
        "本次发生额", "本次金额", "变动金额", "amount", "transactionamount", "tradeamount",
        "txnamount", "金额(人民币)", "amt", "变动", "收支金额", "收入/支出金额", "收/支金额",
    ),
    OUT: (
        "支出", "支出金额", "借方", "借方金额", "借方发生额", "取出金额", "支取金额", "转出金额",
        "付款金额", "付出金额", "支取", "转出", "取出", "付出", "借方发生金额", "交易金额(支出)",
        "记账金额(支出)", "借", "付方金额", "扣款金额", "debit", "debits", "debitamount",
        "withdrawal", "withdrawals", "withdrawalamount", "paidout", "moneyout", "outflow",
        "paymentamount", "payments", "支付金额", "出账金额", "付方发生额", "支取额", "转出额",
        "支出额", "出账额",
    ),
    IN: (
        "收入", "收入金额", "贷方", "贷方金额", "贷方发生额", "存入金额", "转入金额", "收款金额",
        "存入", "转入", "贷方发生金额", "交易金额(收入)", "记账金额(收入)", "贷", "收方金额",
        "credit", "credits", "creditamount", "deposit", "deposits", "depositamount", "paidin",
        "moneyin", "inflow", "receipts", "入账金额(收入)", "进账金额", "收方发生额", "存入额",
        "转入额", "收入额", "进账额",
    ),
    FLAG: (
        "借贷标志", "借贷标识", "借贷方向", "借贷", "借/贷", "借贷别", "收/支", "收支", "收支标志",
        "收支标识", "收支类型", "收支方向", "收付标志", "收付方向", "收/付", "收付", "交易方向",
        "资金流向", "方向", "资金方向", "dr/cr", "drcr", "cr/dr", "debit/credit", "direction",
        "收入/支出", "收入/支出标志", "借贷标记", "往来账标志", "来往账标志", "d/c", "出入账标志",
        "存取", "存/取", "存取标志", "付/收", "出/入", "进/出", "dc", "drcrindicator",
    ),
    BALANCE: (
        "余额", "账户余额", "帐户余额", "本次余额", "账户结余", "结余", "交易后余额", "联机余额",
        "当前余额", "账面余额", "卡余额", "balance", "runningbalance", "accountbalance",
        "balanceafter", "closingbalance", "after-transactionbalance", "余额(人民币)", "结存",
        "结存额", "结存金额", "存款余额",
    ),
    NAME: (
        "对方户名", "对方账户名", "对方帐户名", "对方名称", "交易对方", "对方单位", "对手名称",
        "交易对手名称", "对手信息", "对方账户名称", "对方单位名称", "交易对手", "对方信息",
        "收(付)方名称", "收付方名称", "对手户名", "对方", "往来单位", "对方账号名称", "对方姓名",
        "counterparty", "counterpartyname", "payee", "name", "payee/payer", "beneficiary",
        "对方帐号名称", "收/付方名称", "交易对方名称", "商户名称", "对手方",
    ),
    ACCOUNT: (
        "对方账号", "对方帐号", "对方账户", "对方卡号/账号", "交易对手账号", "收(付)方账号",
        "收付方账号", "对手账号", "对方卡号", "对方账户账号", "counterpartyaccount",
        "accountnumberofcounterparty", "对方账/卡号", "交易对方账号", "对方账户号",
    ),
    PAYER: (
        "付款人账号", "付款账号", "付款方账号", "付款人帐号", "debitaccountno.", "payeraccount",
    ),
    PAYEE: (
        "收款人账号", "收款账号", "收款方账号", "收款人帐号", "payee'saccountnumber",
        "payeeaccount",
    ),
    PAYER_NAME: ("付款人名称", "付款方名称", "付款人", "付款户名", "payer'sname", "付款人户名"),
    PAYEE_NAME: ("收款人名称", "收款方名称", "收款人", "收款户名", "payee'sname", "收款人户名"),
    MEMO: (
        "摘要", "附言", "用途", "备注", "交易摘要", "交易附言", "说明", "商品", "商品说明",
        "交易用途", "摘要代码", "交易说明", "交易备注", "业务摘要", "客户附言", "留言", "商品名称",
        "个性化信息", "memo", "description", "details", "particulars", "narrative", "remarks",
        "reference", "transactiondetails", "transactiondescription", "remark", "交易类型",
        "业务类型", "交易名称", "业务名称", "交易分类", "交易种类", "type", "transactiontype",
        "附加信息", "text", "订单标题", "交易描述", "描述", "备注说明", "业务描述", "事由",
        "款项说明",
    ),
    REF: (
        "交易流水号", "流水号", "交易单号", "日志号", "交易日志号", "凭证号", "交易订单号",
        "资金流水单号", "账务流水号", "核心流水号", "银行流水号", "账户明细编号-交易流水号",
        "交易参考号", "交易编号", "交易号", "柜员流水号", "业务流水号", "transactionid",
        "referenceno", "referenceno.", "refno", "referencenumber", "transactionreference",
        "回单编号",
        "transactionreferencenumber", "chequenumber", "账户明细编号",
    ),
    STATUS: ("当前状态", "交易状态", "状态", "status", "资金状态", "处理状态"),
    CURRENCY: ("币种", "币别", "货币", "交易币种", "记账币种", "currency", "ccy", "交易货币"),
    OWN: ("本方账号", "本方帐号", "账号", "帐号", "卡号", "账户", "借记卡号", "accountnumber"),
    FEE: ("手续费", "手续费总额", "服务费", "fee", "charges"),
}  # fmt: skip

#: What a column says beside its role: an order number may be the only serial of a layout, too.
BESIDE: Final[dict[str, tuple[str, ...]]] = {
    SUB: (
        "子账号", "子账户", "子帐号", "子账户号", "子账户账号", "子账号编号", "子账户编号",
        "虚拟账号", "虚拟账户", "虚拟帐号", "虚拟子账号", "虚拟子账户", "虚拟子账户号",
        "虚拟子账户账号", "分账户", "分账号", "分账户号", "分簿账号", "分账簿", "分账簿号",
        "分账簿编号", "账簿号", "账簿编号", "记账子单元", "记账子单元编号", "记账子单元号",
        "记账子单元账号", "本方子账号", "本方子账户", "本方虚拟账号", "收款虚拟账号", "收款子账号",
        "subaccount", "subaccountno", "subaccountnumber", "virtualaccount", "virtualaccountno",
        "virtualaccountnumber",
    ),
    ORDER: (
        "商户订单号", "商家订单号", "商户单号", "商户交易号", "商户退款单号", "微信订单号",
        "微信支付业务单号", "支付宝交易号", "业务凭证号", "业务基础订单号", "外部订单号",
        "原订单号", "原商户订单号", "订单号", "订单编号", "平台订单号", "交易订单号", "交易单号",
        "merchantorderno", "merchantordernumber", "outtradeno", "orderid", "orderno", "ordernumber",
    ),
}  # fmt: skip
