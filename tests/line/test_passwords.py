"""Which passwords are refused, and where secrets come from."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.inquiry import load_inquiry
from intake.line import codes
from intake.line.passwords import CONTEXT_WORDS, LONGEST, SHORTEST, PasswordRules

RULES = PasswordRules(load_inquiry())
LINE = Path(codes.__file__).parent


@pytest.mark.parametrize(
    "password",
    [
        "1234567890123",
        "iloveyouforever",
        "Iloveyouforever",
        "zxcvbnm,./123",
        "abcdefghijklm",
        "aaaaaaaaaaaaaaa",
        "ababababababab",
    ],
)
def test_leaked_passwords_are_refused(password: str) -> None:
    assert RULES.fault(password, "jo.b") == "common"


@pytest.mark.parametrize(
    "password",
    [
        "heardheardheard",
        "Inquiry-2026-Inquiry",
        "phoneline-password1",
        "joanna.b-joanna.b",
        "ShareYourExperience!",
        "Truth Testimony 12",
    ],
)
def test_words_of_this_service_are_no_password(password: str) -> None:
    assert RULES.fault(password, "joanna.b") == "context"
    assert all(word == word.casefold() for word in CONTEXT_WORDS)


@pytest.mark.parametrize(
    "password",
    [
        "four quiet herons",
        "vjqpwzkxmrtu",
        "VJQPWZKXMRTU",
        "850274916305",
        "ödipussi mag käse",
        "тихий вечер у реки",
        "🐦🌊🌿🍂🪶🐚🪨🌙⭐🌾🍄🐝 abcdefgh",
        " " * 4 + "leading spaces",
    ],
)
def test_any_signs_will_do(password: str) -> None:
    assert RULES.fault(password, "jo.b") == ""


@given(st.text(max_size=SHORTEST - 1))
def test_shorter_ones_are_refused(password: str) -> None:
    assert RULES.fault(password, "jo.b") == "short"


@given(st.text(min_size=SHORTEST, max_size=LONGEST + 5))
def test_whatever_is_typed_gets_an_answer(password: str) -> None:
    assert RULES.fault(password, "jo.b") in {"", "long", "context", "common"}


def sources(text: str) -> set[str]:
    """Return the modules of random numbers that a program imports."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module))
    return found & {"random", "secrets", "uuid", "numpy", "time"}


def test_secrets_come_from_the_systems_random_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line imports no other; what it makes changes when that one is replaced."""
    for path in LINE.rglob("*.py"):
        assert not sources(path.read_text("utf-8")) & {"random", "uuid", "numpy"}, path
    assert sources("import random\nfrom uuid import uuid4") == {"random", "uuid"}
    monkeypatch.setattr("secrets.choice", lambda signs: signs[7])
    monkeypatch.setattr("secrets.token_urlsafe", lambda size: "t" * size)
    assert codes.new_code() == "-".join(["7777"] * 6)
    assert codes.new_token() == "t" * 32
    assert len(codes.new_seed()) == 32
