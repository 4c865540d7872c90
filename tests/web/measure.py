"""What a page costs after one more voucher: ``python -m tests.web.measure [VOUCHERS]``.

Writes a random book of that size in a scratch folder, takes it over into a journal, and asks pages
of the app itself: once as they stand, and three times with a voucher posted before each.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import cast

from ledger import clock, journal, rebuild, workflow
from ledger.cli.bench import books
from ledger.entry import Draft, Posting
from ledger.loaded_book import LoadedBook
from ledger.money import Money
from ledger.registry import Registry, users
from reports.web.app import create_app
from reports.web.handing import Shelf
from tests.house import PASSWORD
from tests.web.browser import sign_in

PAGES = (
    "extension/Funds/",
    "api/journal_page?page=1&order=desc",
    "api/income_statement",
    "api/balance_sheet",
    "api/trial_balance",
    f"api/account_report?a={books.ACCOUNTS[1].name}",
)


def main(vouchers: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        books.write_random_book(folder, vouchers)
        registry = Registry.create(folder, id="bench", name="测量", url="sqlite:///registry.db")
        rebuild.journal_from_text(registry, books.UNIT, "u-BENCH00000", clock.now())
        journal.write_book_file(registry, books.UNIT)
        with registry.write() as conn:
            maker, checker = (
                users.add(
                    conn, login=login, password=PASSWORD, now=clock.now(),
                    roles=frozenset({(books.UNIT, role)}),
                )
                for login, role in (("maker", "treasurer"), ("checker", "checker"))
            )  # fmt: skip
        app = create_app(folder, clock=clock.now)
        client = app.test_client()
        sign_in(client, "maker")

        def asked(page: str) -> tuple[float, float]:
            """Seconds by the clock and of this process."""
            began, worked = time.perf_counter(), time.process_time()
            answer = client.get(f"/books/{books.UNIT}/{page}")
            assert answer.status_code == 200, (page, answer.status_code)
            return time.perf_counter() - began, time.process_time() - worked

        def posted(number: int) -> None:
            bank, dues = books.ACCOUNTS[1].name, books.ACCOUNTS[6].name
            lines = (
                Posting(bank, Money(100 + number), "F01"),
                Posting(dues, Money(-100 - number), "F01"),
            )
            draft = Draft(
                books.UNIT, date(2025, 12, 30), "收", "又一笔", lines, source=f"measure:{number}"
            )
            waiting = workflow.propose(registry, draft, maker, clock.now())
            workflow.approve(registry, waiting, checker, clock.now())

        print(f"{vouchers:,} vouchers; opening the book: {asked(PAGES[0])[0]:.1f} s")
        number = 0
        for page in PAGES:
            asked(page)
            shown = []
            for _ in range(3):
                number += 1
                posted(number)
                shown.append(asked(page))
            elapsed, worked = min(shown)
            print(f"{elapsed:6.2f} s, {worked:.2f} s of work  {page}")
        opened = cast("Shelf", app.extensions["mingbai-shelf"]).book(books.UNIT)
        assert opened is not None
        read = cast("LoadedBook", opened.ledgers.book.loaded)
        print(f"whole readings: {read.whole_readings}; read last: {read.files_read[-1]}")
        registry.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
