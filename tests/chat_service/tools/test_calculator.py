"""The calculator: exact where there is an exact result, and a refusal, never a hang, for everything hostile."""

import math
from contextlib import suppress
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_service.tools.arithmetic import FUNCTIONS, MAX_CHARS, NotComputable, evaluate
from chat_service.tools.calculator import Calculator
from chat_service.tools.port import ToolFailed
from service_kit.auth import Scope

CALLER = Scope(uuid4(), uuid4())


async def computed(expression: str) -> str:
    return await Calculator().run({"expression": expression}, caller=CALLER)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("0.1 + 0.2", "0.3"),
        ("(17.5 + 3) * 12 / 4", "61.5"),
        ("2 ** 3 ** 2", "512"),
        ("2^10", "1024"),
        ("-2 ** 2", "-4"),
        ("-7 // 2", "-4"),
        ("-7 % 3", "2"),
        ("7 % -3", "-2"),
        ("2 ** 200", str(2**200)),
        ("123456789 * 987654321", "121932631112635269"),
        ("1_000 * 0x10", "16000"),
        ("100 / 3 * 3", "100"),
        ("1 / 3", "0.3333333333333333333333333333"),
        ("10 ** -20", "1E-20"),
        ("1e400", "1E+400"),
        ("round(2.5)", "3"),
        ("round(2.675, 2)", "2.68"),
        ("floor(-2.5) + ceil(2.1)", "0"),
        ("min(3, 1, 2) + max(3, 1, 2)", "4"),
        ("log(8, 2)", "3"),
        ("ln(e)", "1"),
        ("sin(pi)", "0"),
        ("degrees(pi)", "180"),
        ("factorial(20)", str(math.factorial(20))),
        ("gcd(12, 18)", "6"),
        ("2 \u00d7 3 \u00f7 4", "1.5"),
        ("5 \u2212 7", "-2"),
        ("1\n + 2", "3"),
        ("+".join(["1"] * 500), "500"),
        ("(" * 199 + "1" + ")" * 199, "1"),
        ("-0", "0"),
    ],
)
async def test_it_computes(expression: str, value: str) -> None:
    assert await computed(expression) == value


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("9**9**9", "exponent"),
        ("10 ** 10000", "too large"),
        ("exp(1e9000)", "too large"),
        ("1e999999", "too large"),
        ("1 / 0", "divides by zero"),
        ("5 % 0", "divides by zero"),
        ("0 / 0", "no result"),
        ("sqrt(-1)", "no result"),
        ("ln(0)", "no result"),
        ("1 / ln(0)", "no result"),
        ("(-8) ** (1/3)", "no result"),
        ("sin(1e9999)", "no result"),
        ("max()", "no result"),
        ("sqrt(1, 2, 3, 4)", "no result"),
        ("factorial(1001)", "Factorials"),
        ("factorial(2.5)", "whole number"),
        ("gcd(1e200, 3)", "whole number"),
        ("round(1, 1e6)", "rounded"),
        ("2 +", "cannot be read"),
        ("", "cannot be read"),
        ("(" * 500, "cannot be read"),
        ("17 %% 3", "cannot be read"),
        ("1 if 1else 2", "(cannot be read|Only numbers)"),
        ("-" * 900 + "1", "nested"),
        ("sqrt(" * 100 + "1" + ")" * 100, "nested"),
        ("1" * (MAX_CHARS + 1), "longer"),
        ("\u0661 + 1", "not arithmetic"),
        ("1 + \x00", "cannot be read"),
        ("__import__('os').system('id')", "Only numbers"),
        ("().__class__.__bases__", "Only numbers"),
        ("'a' * 10 ** 9", "Only numbers"),
        ("[0] * 10 ** 9", "Only numbers"),
        ("1 << 10 ** 9", "Only numbers"),
        ("lambda: 1", "Only numbers"),
        ("True + 1", "Only numbers"),
        ("1j * 1j", "Only numbers"),
        ("open(1)", "Only numbers"),
        ("round(number=1)", "Only numbers"),
        ("max(*[1, 2])", "Only numbers"),
        ("f'{1}'", "Only numbers"),
    ],
)
async def test_it_refuses(expression: str, why: str) -> None:
    with pytest.raises(ToolFailed, match=why):
        await computed(expression)


whole = st.integers(-(10**12), 10**12)


@given(whole, whole.filter(bool), st.sampled_from(["+", "-", "*", "//", "%"]))
def test_whole_numbers_are_computed_as_python_does(left: int, right: int, sign: str) -> None:
    expected = {"+": left + right, "-": left - right, "*": left * right, "//": left // right, "%": left % right}[sign]
    assert evaluate(f"({left}) {sign} ({right})") == str(expected)


@given(whole, whole.filter(bool))
def test_quotients_are_right_to_the_digits_that_are_shown(left: int, right: int) -> None:
    told, true = Fraction(evaluate(f"({left}) / ({right})")), Fraction(left, right)
    assert abs(told - true) <= abs(true) * Fraction(1, 10**27)


words = [*FUNCTIONS, "pi", "e", "1", "0", "0.5", "9", "99999", "1e9999", "1e-9999", "2**", "9**9**", "factorial(1000)"]
signs = ["+", "-", "*", "/", "//", "%", "**", "^", "(", ")", ",", " ", ".", "_", "\n", "'", "[", "]", "=", ":", "\\"]
built = st.recursive(
    st.one_of(st.integers().map(str), st.floats(allow_nan=False).map(repr), st.sampled_from(["pi", "e", "1e9999"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), inner).map(
            lambda p: f"({''.join(p)})"
        ),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), st.lists(inner, max_size=3)).map(
            lambda p: f"{p[0]}({','.join(p[1])})"
        ),
    ),
    max_leaves=30,
)


@settings(max_examples=500)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(words + signs), max_size=150).map("".join), built))
def test_whatever_is_written_there_is_a_number_or_a_refusal(expression: str) -> None:
    """And soon: an expression has a thousand characters, and no operation works on more than a hundred digits."""
    with suppress(NotComputable):
        told = evaluate(expression)
        assert len(told) <= 110
        assert Fraction(told) is not None
