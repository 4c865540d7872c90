"""Bills of wallets and platforms, and of merchants' accounts, as these write them."""

from __future__ import annotations

from tests.importers import files
from tests.importers.layouts import (
    Grid,
    Layout,
    balance,
    came_or_zero,
    count_in,
    count_out,
    fixed,
    lines,
    memo,
    moment,
    money_in,
    money_out,
    name,
    nothing,
    number,
    ref,
    signed,
    size,
    table,
    words,
)
from tests.importers.truth import Movement, yuan


def _counts(rows: list[Movement], neutral: str) -> Grid:
    return [
        [f"共{len(rows)}笔记录"],
        [f"收入：{count_in(rows)}笔 {yuan(money_in(rows))}元"],
        [f"支出：{count_out(rows)}笔 {yuan(money_out(rows))}元"],
        [f"{neutral}：0笔 0.00元"],
    ]


def _wechat(rows: list[Movement], *, numbers: bool, notes: int) -> Grid:
    above: Grid = [
        ["微信支付账单明细"], ["微信昵称：[测试]"],
        ["起始时间：[2026-03-01 00:00:00] 终止时间：[2026-04-30 23:59:59]"],
        ["导出类型：[全部]"], ["导出时间：[2026-05-01 16:05:22]"], [],
        *_counts(rows, "中性交易"), ["注："],
        ["1. 充值/提现/理财通购买/零钱通存取/信用卡还款等交易，将计入中性交易"],
        *lines(*(f"{note}. 本明细仅供个人对账使用" for note in range(2, notes + 1))),
        [], ["----------------------微信支付账单明细列表--------------------"],
    ]  # fmt: skip
    body = table(
        rows,
        {
            "交易时间": moment, "交易类型": words("二维码收款", "扫二维码付款"), "交易对方": name,
            "商品": memo, "收/支": words("收入", "支出"),
            "金额(元)": number(size) if numbers else (lambda row: f"¥{row.size}"),
            "支付方式": fixed("零钱"), "当前状态": words("已收钱", "已转账"),
            "交易单号": lambda row: f"{row.ref}\t", "商户单号": fixed("/\t"), "备注": fixed("/"),
        },
    )  # fmt: skip
    return [*above, *body]


def wechat_csv_2024(rows: list[Movement]) -> bytes:
    """Sixteen lines, the header on line 17, ¥ before amounts, a tab after ids."""
    return files.text(_wechat(rows, numbers=False, notes=3))


def wechat_csv_with_two_remarks(rows: list[Movement]) -> bytes:
    """A twelfth column: 备注 stands twice."""
    grid = _wechat(rows, numbers=False, notes=3)
    top = len(grid) - len(rows) - 1
    grid[top].append("备注")
    for row in grid[top + 1 :]:
        row.append("/")
    return files.text(grid)


def wechat_xlsx_2025(rows: list[Movement]) -> bytes:
    """The workbook of mid-2025: amounts are still ¥ text."""
    return files.xlsx(_wechat(rows, numbers=False, notes=3))


def wechat_xlsx_2026(rows: list[Movement]) -> bytes:
    """The workbook of March 2026: one more note, and amounts are numbers."""
    return files.xlsx(_wechat(rows, numbers=True, notes=4))


def _alipay(rows: list[Movement], company: str) -> bytes:
    above: Grid = [
        ["-" * 84], ["导出信息："], ["姓名：示例"], ["支付宝账户：x@example.com"],
        ["起始时间：[2026-03-01 00:00:00]    终止时间：[2026-04-30 23:59:59]"],
        ["导出交易类型：[全部]"], ["导出时间：[2026-05-01 09:12:52]"],
        *_counts(rows, "不计收支"), [], ["特别提示："],
        *lines(*(f"{note}.本回单内容仅供对账使用；" for note in range(1, 10))), [],
        [f"{'-' * 24}{company}  电子客户回单{'-' * 24}"],
    ]  # fmt: skip
    body = table(
        rows,
        {
            "交易时间            ": lambda row: f"{moment(row)} ",
            "交易分类      ": fixed("转账红包"),
            "交易对方     ": name, "对方账号    ": fixed("abc***@example.com"),
            "商品说明   ": memo, "收/支    ": words("收入", "支出"),
            "金额     ": lambda row: f"{row.size}     ",
            "收/付款方式   ": fixed("信用卡(6428)&红包"),
            "交易状态    ": fixed("交易成功"), "交易订单号   ": lambda row: f"{row.ref}\t",
            "商家订单号  ": fixed("\t"), "备注   ": nothing, "": nothing,
        },
    )  # fmt: skip
    return files.text([*above, *body], "gb18030")


def alipay_app(rows: list[Movement]) -> bytes:
    """GB18030, padded headers, a comma at the end of each line, tabs after ids; newest first."""
    return _alipay(rows[::-1], "支付宝（中国）网络技术有限公司")


def alipay_app_of_the_new_company(rows: list[Movement]) -> bytes:
    return _alipay(rows, "支付宝支付科技有限公司")


def alipay_web(rows: list[Movement]) -> bytes:
    above: Grid = [
        ["支付宝交易记录明细查询"], ["账号:[x@example.com]"],
        ["起始日期:[2026-03-01 00:00:00]    终止日期:[2026-05-01 00:00:00]"],
        [f"{'-' * 35}交易记录明细列表{'-' * 35}"],
    ]  # fmt: skip
    body = table(
        rows,
        {
            "交易号       ": lambda row: f"{row.ref}\t", "商家订单号   ": nothing,
            "交易创建时间  ": moment, "付款时间   ": moment, "最近修改时间   ": moment,
            "交易来源地  ": fixed("其他"), "类型  ": fixed("即时到账交易"), "交易对方   ": name,
            "商品名称  ": memo, "金额（元）  ": size, "收/支  ": words("收入", "支出"),
            "交易状态  ": fixed("交易成功"), "服务费（元）  ": fixed("0.00"),
            "成功退款（元）  ": fixed("0.00"), "备注  ": nothing,
            "资金状态  ": words("已收入", "已支出"), "": nothing,
        },
    )  # fmt: skip
    below: Grid = [
        ["-" * 100], [f"共{len(rows)}笔记录"],
        [f"已收入:{count_in(rows)}笔", f"{yuan(money_in(rows))}元"], ["待收入:0笔", "0.00元"],
        [f"已支出:{count_out(rows)}笔", f"{yuan(money_out(rows))}元"],
        ["导出时间:[2026-05-01 10:00:00]    用户:示例"],
    ]  # fmt: skip
    return files.text([*above, *body, *below], "gb18030")


def jd(rows: list[Movement]) -> bytes:
    above: Grid = [
        ["导出信息："], ["京东账号名：ceshi"], ["日期区间：2026-03-01 至 2026-04-30"],
        *_counts(rows, "不计收支"), [], ["特别提示："], [],
    ]  # fmt: skip
    body = table(
        rows,
        {
            "交易时间": lambda row: f"{moment(row)}\t", "商户名称": name, "交易说明": memo,
            "金额": lambda row: row.size if row.came else f"{row.size}(已退款0.01)",
            "收/付款方式": fixed("微信支付"), "交易状态": words("退款成功", "交易成功"),
            "收/支": words("收入", "支出"), "交易分类": fixed("食品酒饮"),
            "交易订单号": lambda row: f"{row.ref}\t", "商家订单号": fixed("9\t"), "备注": nothing,
        },
    )  # fmt: skip
    return files.text([*above, *body])


def meituan(rows: list[Movement]) -> bytes:
    """What was ordered and what was paid differ; the second moved."""
    body = table(
        rows,
        {
            "交易创建时间": moment, "交易成功时间": moment, "交易类型": words("退款", "支付"),
            "订单标题": memo, "收/支": words("收入", "支出"), "支付方式": fixed("美团余额"),
            "订单金额": lambda row: f"¥{yuan(abs(row.fen) + 300)}",
            "实付金额": lambda row: f"¥{row.size}", "交易单号": lambda row: f"{row.ref}\t",
            "商家单号": fixed("9\t"), "备注": fixed("/"),
        },
    )  # fmt: skip
    return files.text([["美团支付账单明细"], *_counts(rows, "不计收支"), [], *body])


# ---- merchants ---------------------------------------------------------------------------------


def _ticked(grid: Grid) -> Grid:
    return [[f"`{cell}" for cell in row] for row in grid]


def wechat_merchant_fund(rows: list[Movement]) -> bytes:
    """A backtick before every value; counts and sums in the last two lines."""
    head, *body = table(
        rows,
        {
            "记账时间": moment, "微信支付业务单号": lambda row: f"42{row.ref}", "资金流水单号": ref,
            "业务名称": words("交易", "退款"), "业务类型": words("交易", "退款"),
            "收支类型": words("收入", "支出"), "收支金额(元)": size, "账户结余(元)": balance,
            "资金变更提交申请人": fixed("system"), "备注": memo, "业务凭证号": fixed("M1"),
        },
    )  # fmt: skip
    totals: Grid = [
        [f"{len(rows)}.0", f"{count_in(rows)}.0", yuan(money_in(rows)), f"{count_out(rows)}.0",
         yuan(money_out(rows))]
    ]  # fmt: skip
    names: list[object] = ["资金流水总笔数", "收入笔数", "收入金额", "支出笔数", "支出金额"]
    return files.text([head, *_ticked(body), names, *_ticked(totals)])


def wechat_merchant_fund_gzipped(rows: list[Movement]) -> bytes:
    return files.gzipped(wechat_merchant_fund(rows))


def wechat_merchant_trade(rows: list[Movement]) -> bytes:
    """Orders and refunds of orders; the fund bill has the movements."""
    head, *body = table(
        rows,
        {
            "交易时间": moment, "公众账号ID": fixed("wx1"), "商户号": fixed("190"),
            "微信订单号": ref, "商户订单号": fixed("M1"), "用户标识": fixed("o"),
            "交易类型": fixed("JSAPI"), "交易状态": words("SUCCESS", "REFUND"),
            "货币种类": fixed("CNY"), "应结订单金额": came_or_zero, "代金券金额": fixed("0.00"),
            "退款金额": lambda row: "0.00" if row.came else row.size, "商品名称": memo,
            "手续费": fixed("0.15000"), "费率": fixed("0.60%"), "订单金额": came_or_zero,
        },
    )  # fmt: skip
    names: list[object] = ["总交易单数", "应结订单总金额", "退款总金额", "手续费总金额"]
    sums: Grid = [[len(rows), yuan(money_in(rows)), yuan(money_out(rows)), "0.15000"]]
    return files.text([head, *_ticked(body), names, *_ticked(sums)])


def _alipay_merchant(rows: list[Movement], brackets: tuple[str, str], *, lead: bool) -> bytes:
    left, right = brackets
    columns = {
        "账务流水号": lambda row: f"{row.ref}\t", "业务流水号": lambda row: f"2{row.ref}\t",
        "商户订单号": fixed("M1\t"), "商品名称": fixed("会费"), "发生时间": moment,
        "对方账号": fixed("*例(138******00)\t"), f"收入金额{left}+元{right}": came_or_zero,
        f"支出金额{left}-元{right}": lambda row: "0.00" if row.came else yuan(row.fen),
        f"账户余额{left}元{right}": balance, "交易渠道": fixed("支付宝"),
        "业务类型": words("在线支付", "退款"), "备注": memo,
    }  # fmt: skip
    if lead:
        columns = {"": nothing, **columns}
    above: Grid = [
        ["#支付宝账务明细查询"], ["#账号：[20880000000000000156]"],
        ["#起始日期：[2026年03月01日 00:00:00]   终止日期：[2026年05月01日 00:00:00]"],
        [f"#{'-' * 30}账务明细列表{'-' * 30}"],
    ]  # fmt: skip
    below: Grid = [
        [f"#{'-' * 30}账务明细列表结束{'-' * 30}"],
        [f"#支出合计：{count_out(rows)}笔，共-{yuan(money_out(rows))}元"],
        [f"#收入合计：{count_in(rows)}笔，共{yuan(money_in(rows))}元"],
        ["#导出时间：[2026年05月02日 12:00:00]"],
    ]  # fmt: skip
    return files.text([*above, *table(rows, columns), *below], "gb18030")


def alipay_merchant_detail(rows: list[Movement]) -> bytes:
    """Income at least zero, expense negative, counts and sums below."""
    return _alipay_merchant(rows, ("（", "）"), lead=False)


def alipay_merchant_detail_shifted(rows: list[Movement]) -> bytes:
    """Half-width brackets, and an empty column before the others."""
    return _alipay_merchant(rows, ("(", ")"), lead=True)


def alipay_merchant_month(rows: list[Movement]) -> bytes:
    """A month's archive: the detail and a summary that holds no movement."""
    summary = "类型,收入笔数,收入金额（+元）,支出笔数,支出金额（-元）\n合计,1,5.00,0,0.00\n"
    return files.zipped(
        {
            "2088_202603_账务明细.csv": alipay_merchant_detail(rows),
            "2088_202603_账务明细(汇总).csv": summary.encode("gb18030"),
        }
    )


def alipay_merchant_trade(rows: list[Movement]) -> bytes:
    body = table(
        rows,
        {
            "支付宝交易号": lambda row: f"{row.ref}\t", "商户订单号": fixed("M1\t"),
            "业务类型": words("交易", "退款"), "商品名称": fixed("会费"), "创建时间": moment,
            "完成时间": moment, "对方账户": fixed("**例(156******89)"), "订单金额（元）": signed,
            "商家实收（元）": signed, "服务费（元）": fixed("0.00"), "备注": memo,
        },
    )  # fmt: skip
    return files.text([["#支付宝业务明细查询"], *body, ["#业务明细列表结束"]], "gb18030")


def unionpay_zm(rows: list[Movement]) -> bytes:
    """Fields of 3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32 characters; amounts in fen."""
    lines = [
        f"{'S22' if row.came else 'S30'} {'03080010':<11} {'00013060':<11} {place:06d} "
        f"{row.at:%m%d%H%M%S} {row.account[:19]:<19} {abs(row.fen):012d} 8398 07 "
        f"{row.at:%Y%m%d%H%M%S}{place:07d} 01 {row.token[:6]:<32} 000"
        for place, row in enumerate(rows)
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


READ_WHOLE: dict[str, Layout] = {
    make.__name__: make
    for make in (
        wechat_csv_2024, wechat_csv_with_two_remarks, wechat_xlsx_2025, wechat_xlsx_2026,
        alipay_app, alipay_app_of_the_new_company, alipay_web, jd, meituan, wechat_merchant_fund,
        wechat_merchant_fund_gzipped, alipay_merchant_detail, alipay_merchant_detail_shifted,
        alipay_merchant_month,
    )
}  # fmt: skip
ORDERS: dict[str, Layout] = {
    make.__name__: make for make in (wechat_merchant_trade, alipay_merchant_trade, unionpay_zm)
}
