"""A child process answers, or ends; what it does to itself does not reach us."""

from __future__ import annotations

import resource

import pytest

from ledger import child


def test_a_child_answers_what_it_was_given_and_knows_nothing_else() -> None:
    told = child.ask(
        ["-I", "-c", "import json, os, sys; json.dump([sys.stdin.read(), os.getcwd(),"
         " sorted(k for k in os.environ if k != 'LC_CTYPE')], sys.stdout)"],
        b"hello", seconds=20,
    )  # fmt: skip
    assert told == ["hello", "/", ["LC_ALL", "PATH"]]


@pytest.mark.parametrize(
    ("words", "slow"),
    [
        ("import time; time.sleep(60)", True),
        ("raise SystemExit(3)", False),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", False),
        ("print('no json')", False),
        ("print('[' + '1,' * 2000 + '1]')", False),
    ],
)
def test_a_child_that_does_not_answer_says_why(words: str, slow: bool) -> None:
    with pytest.raises(child.NoAnswer) as fault:
        child.ask(["-I", "-c", words], seconds=2, largest=1000)
    assert fault.value.slow is slow


def test_a_program_that_cannot_be_started_is_no_answer() -> None:
    with pytest.raises(child.NoAnswer):
        child.ask(["-c", "1"], seconds=5, folder="/none/such")


def test_a_child_bounds_itself() -> None:
    words = (
        "import sys; sys.path[:0] = sys.argv[1:2]; import resource; from ledger import child;"
        "child.bound([(resource.RLIMIT_AS, 400 * 1024**2), (resource.RLIMIT_CORE, 0)]);"
        "print(list(resource.getrlimit(resource.RLIMIT_AS))); bytearray(10**9)"
    )
    folder = child.__file__.rsplit("/", 2)[0]
    with pytest.raises(child.NoAnswer) as fault:
        child.ask(["-I", "-c", words, folder], seconds=20)
    assert not fault.value.slow
    told = child.ask(["-I", "-c", words.replace("; bytearray(10**9)", ""), folder], seconds=20)
    assert told == [400 * 1024**2] * 2
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != 400 * 1024**2
