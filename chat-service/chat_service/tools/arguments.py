"""The arguments that a model wrote for a tool: decoded and checked against the tool's schema, in bounded time.

A schema comes from somebody else's server and the arguments from a model, so neither may keep this process busy or make
it fetch something. What could is left to the server, which checks its own arguments anyway: regular expressions, the
comparison of each item with each, and references that lead out of the schema.
"""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import create
from referencing import Registry

from chat_service.tools.port import ToolFailed
from service_kit.json_body import decode_json

MAX_ARGUMENT_CHARS: Final = 65_536
MAX_CHECKS: Final = 20_000
MAX_MESSAGE_CHARS: Final = 300
CHECKED_KEYWORDS: Final = (
    *("type", "enum", "const", "$ref", "allOf", "anyOf", "oneOf", "not", "if"),
    *("properties", "required", "dependentRequired", "minProperties", "maxProperties"),
    *("items", "prefixItems", "contains", "minItems", "maxItems"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"),
)

Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError]]


class _TooMuchToCheck(Exception):
    """The schema and the arguments together ask for more work than we do."""


_left: ContextVar[list[int]] = ContextVar("checks_left")


def decoded(text: str) -> dict[str, Any]:
    """Return the arguments as the object that they must be; no text at all means no arguments."""
    if len(text) > MAX_ARGUMENT_CHARS:
        raise ToolFailed(f"The arguments are longer than {MAX_ARGUMENT_CHARS} characters.")
    try:
        arguments = decode_json(text) if text.strip() else {}
    except ValueError:
        raise ToolFailed("The arguments are not valid JSON.") from None
    if not isinstance(arguments, dict):
        raise ToolFailed("The arguments must be a JSON object.")
    return arguments


def check(arguments: dict[str, Any], schema: dict[str, Any]) -> None:
    """Refuse arguments that break the schema, with a sentence that helps the model to do better."""
    _left.set([MAX_CHECKS])
    try:
        broken = next(_Checker(schema, registry=Registry()).iter_errors(arguments), None)
    except Exception:  # noqa: BLE001 - whatever a foreign schema does to the checker, its own server still checks.
        return
    if broken is not None:
        place = ".".join(str(part) for part in broken.absolute_path)
        sentence = f"The arguments do not fit the tool: {place + ': ' if place else ''}{broken.message}"
        raise ToolFailed(sentence[:MAX_MESSAGE_CHARS])


def _counted(keyword: Keyword) -> Keyword:
    def counted(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        left = _left.get()
        left[0] -= 1
        if left[0] < 0:
            raise _TooMuchToCheck
        yield from keyword(validator, value, instance, schema) or ()

    return counted


def _no_others(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    # Which properties are others depends on the patterns, where there are some.
    if "patternProperties" not in schema:
        yield from Draft202012Validator.VALIDATORS["additionalProperties"](validator, value, instance, schema) or ()


_Checker = create(
    meta_schema=Draft202012Validator.META_SCHEMA,
    validators={
        **{name: _counted(Draft202012Validator.VALIDATORS[name]) for name in CHECKED_KEYWORDS},
        "additionalProperties": _counted(_no_others),
    },
)
