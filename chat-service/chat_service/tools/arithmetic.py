"""Arithmetic in bounded time: decimal numbers of a hundred digits, whose exponents cannot grow without end.

Every operation works on so many digits and no more, and an expression has so many characters and no more. So there is
no expression that takes long, and no need for a clock or a thread to stop one.
"""

import ast
import math
import operator
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from typing import Final

MAX_CHARS: Final = 1_000
MAX_DEPTH: Final = 60
MAX_POWER: Final = 100_000
MAX_FACTORIAL: Final = 1_000
DIGITS: Final = 100
SHOWN_DIGITS: Final = 28
# Sine and the like are computed in binary, where the last digits of small results are noise.
TRUE_PLACES: Final = 15

EXACT: Final = Context(
    prec=DIGITS, Emax=9_999, Emin=-9_999, rounding=ROUND_HALF_EVEN, traps=[Overflow, InvalidOperation, DivisionByZero]
)
SHOWN: Final = Context(prec=SHOWN_DIGITS, Emax=9_999, Emin=-9_999, rounding=ROUND_HALF_EVEN, traps=[])
CONSTANTS: Final = {
    "pi": Decimal("3.14159265358979323846264338327950288419716939937510582097494459"),
    "e": EXACT.exp(Decimal(1)),
}
# How people write what Python writes otherwise: signs for times, divided by, minus, pi and root. A caret is a power
# here, because nobody asks a calculator for XOR.
SPELLINGS: Final = str.maketrans(
    {"\u00d7": "*", "\u00b7": "*", "\u00f7": "/", "\u2212": "-", "^": "**", "\u03c0": "pi", "\u221a": "sqrt"}
)


class NotComputable(Exception):
    """The expression is not arithmetic, has no result, or has one that is too large."""


def evaluate(expression: str) -> str:
    """Return the value of an expression as people write numbers; raises NotComputable."""
    if len(expression) > MAX_CHARS:
        raise NotComputable(f"The expression is longer than {MAX_CHARS} characters.")
    source = " ".join(expression.translate(SPELLINGS).split())
    if not source.isascii():
        raise NotComputable("The expression has characters that are not arithmetic.")
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotComputable("The expression cannot be read. Write it like (2 + 3) * sqrt(16) / 7 ** 2.") from None
    try:
        with localcontext(EXACT):
            return shown(_Evaluation(source).value_of(tree.body, depth=0))
    except DivisionByZero:
        raise NotComputable("That divides by zero.") from None
    except (Overflow, OverflowError):
        raise NotComputable("The result is too large.") from None
    except (DecimalException, ArithmeticError, ValueError, TypeError):
        raise NotComputable("That has no result among the real numbers.") from None


def shown(number: Decimal) -> str:
    """Write a number: integers whole as far as they are exact, others to 28 digits, very large and small with an E."""
    if number == 0:
        return "0"
    if number == number.to_integral_value() and number.adjusted() < DIGITS:
        return f"{number:.0f}"
    rounded = SHOWN.normalize(number)
    return f"{rounded:f}" if -7 <= rounded.adjusted() < SHOWN_DIGITS else f"{rounded:E}"


class _Evaluation:
    """One expression; its text is kept because a float of the syntax tree has lost the digits that were written."""

    def __init__(self, source: str) -> None:
        self._source = source

    def value_of(self, node: ast.expr, *, depth: int) -> Decimal:
        if depth > MAX_DEPTH:
            raise NotComputable(f"The expression is nested more than {MAX_DEPTH} deep.")
        match node:
            case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
                return self._literal(node)
            case ast.Name(id=name) if name in CONSTANTS:
                return CONSTANTS[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.value_of(operand, depth=depth + 1)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return +self.value_of(operand, depth=depth + 1)
            case ast.BinOp():
                return self._value_of_chain(node, depth=depth)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
                return _finite(FUNCTIONS[name](*(self.value_of(each, depth=depth + 1) for each in arguments)))
        raise NotComputable(UNKNOWN)

    def _value_of_chain(self, node: ast.expr, *, depth: int) -> Decimal:
        """Compute 1 + 2 + 3 + ... from the left: a long sum is nested deeply only in the eyes of the parser."""
        chain: list[ast.BinOp] = []
        while isinstance(node, ast.BinOp):
            chain.append(node)
            node = node.left
        value = self.value_of(node, depth=depth + 1)
        for link in reversed(chain):
            operation = OPERATIONS.get(type(link.op))
            if operation is None:
                raise NotComputable(UNKNOWN)
            value = operation(value, self.value_of(link.right, depth=depth + 1))
        return value

    def _literal(self, node: ast.Constant) -> Decimal:
        if isinstance(node.value, int):
            return +Decimal(node.value)
        return +Decimal(self._source[node.col_offset : node.end_col_offset])


def _finite(number: Decimal) -> Decimal:
    # The logarithm of zero is an infinity in decimal arithmetic.
    if not number.is_finite():
        raise ArithmeticError
    return number


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if abs(exponent) > MAX_POWER:
        raise NotComputable(f"An exponent is at most {MAX_POWER}.")
    return base**exponent


def _modulo(left: Decimal, right: Decimal) -> Decimal:
    if not right:
        raise DivisionByZero
    # The sign follows the divisor, as in Python and unlike in decimal arithmetic.
    rest = left % right
    return rest + right if rest and (rest < 0) != (right < 0) else rest


def _floor_divide(left: Decimal, right: Decimal) -> Decimal:
    return ((left - _modulo(left, right)) / right).to_integral_value()


def _log(number: Decimal, base: Decimal | None = None) -> Decimal:
    if base is None:
        return number.ln()
    # Two rounded logarithms give 2.999... for log(8, 2); rounded to the digits that are shown it is 3.
    return SHOWN.plus(number.ln() / base.ln())


def _rounded(number: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    if abs(places) > DIGITS:
        raise NotComputable(f"Numbers are rounded to at most {DIGITS} places.")
    return number.quantize(Decimal(1).scaleb(-_whole(places)), ROUND_HALF_UP)


def _factorial(number: Decimal) -> Decimal:
    if not 0 <= number <= MAX_FACTORIAL:
        raise NotComputable(f"Factorials are known from 0 to {MAX_FACTORIAL}.")
    return +Decimal(math.factorial(_whole(number)))


def _whole(number: Decimal) -> int:
    if number != number.to_integral_value() or number.adjusted() > DIGITS:
        raise NotComputable("That wants a whole number of a reasonable size.")
    return int(number)


def _in_binary(function: Callable[[float], float]) -> Callable[[Decimal], Decimal]:
    def compute(number: Decimal) -> Decimal:
        return Decimal(repr(round(function(float(number)), TRUE_PLACES)))

    return compute


OPERATIONS: Final[dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: _floor_divide,
    ast.Mod: _modulo,
    ast.Pow: _power,
}
FUNCTIONS: Final[dict[str, Callable[..., Decimal]]] = {
    "abs": abs,
    "ceil": lambda number: number.to_integral_value(ROUND_CEILING),
    "floor": lambda number: number.to_integral_value(ROUND_FLOOR),
    "round": _rounded,
    "min": lambda *numbers: min(numbers),
    "max": lambda *numbers: max(numbers),
    "sum": lambda *numbers: sum(numbers, Decimal(0)),
    "sqrt": Decimal.sqrt,
    "exp": Decimal.exp,
    "ln": Decimal.ln,
    "log": _log,
    "log2": lambda number: _log(number, Decimal(2)),
    "log10": Decimal.log10,
    "factorial": _factorial,
    "gcd": lambda *numbers: Decimal(math.gcd(*(_whole(number) for number in numbers))),
    "degrees": lambda number: number * 180 / CONSTANTS["pi"],
    "radians": lambda number: number * CONSTANTS["pi"] / 180,
    **{
        name: _in_binary(getattr(math, name))
        for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")
    },
}
UNKNOWN: Final = (
    f"Only numbers, + - * / // % **, parentheses and these are known: {', '.join(sorted([*FUNCTIONS, *CONSTANTS]))}."
)
