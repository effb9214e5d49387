"""The arguments that a model wrote: an object that fits the schema, found out in bounded time and without a network."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_service.tools.arguments import MAX_ARGUMENT_CHARS, MAX_MESSAGE_CHARS, check, decoded
from chat_service.tools.port import ToolFailed

SEARCH: dict[str, Any] = {
    "type": "object",
    "properties": {
        "query": {"type": "string", "minLength": 1},
        "limit": {"type": "integer", "minimum": 1, "maximum": 10},
        "kind": {"enum": ["text", "image"]},
        "filters": {"type": "array", "items": {"$ref": "#/$defs/filter"}},
    },
    "required": ["query"],
    "additionalProperties": False,
    "$defs": {"filter": {"type": "object", "required": ["field"]}},
}


@pytest.mark.parametrize(
    ("text", "arguments"),
    [('{"a": 1}', {"a": 1}), ("", {}), (" \n", {}), ("{}", {}), ('{"a": "\\u0000"}', {"a": "\0"})],
)
def test_an_object_is_taken(text: str, arguments: dict[str, Any]) -> None:
    assert decoded(text) == arguments


@pytest.mark.parametrize(
    "text", ["[]", "1", '"a"', "null", "{", "{'a': 1}", '{"a": NaN}', '{"a": "\ud800"}', "[" * 5_000, '{"a":' * 5_000]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ToolFailed, match="JSON"):
        decoded(text)


def test_too_much_is_refused() -> None:
    with pytest.raises(ToolFailed, match="longer than"):
        decoded(f'{{"a": "{"x" * MAX_ARGUMENT_CHARS}"}}')


@given(st.text())
def test_any_text_is_arguments_or_a_refusal(text: str) -> None:
    with suppress(ToolFailed):
        assert isinstance(decoded(text), dict)


@pytest.mark.parametrize(
    "arguments",
    [
        {"query": "q"},
        {"query": "q", "limit": 10, "kind": "image", "filters": [{"field": "x"}]},
    ],
)
def test_arguments_that_fit_pass(arguments: dict[str, Any]) -> None:
    check(arguments, SEARCH)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({}, "'query' is a required property"),
        ({"query": 5}, "query: 5 is not of type 'string'"),
        ({"query": ""}, "query: "),
        ({"query": "q", "limit": 11}, "limit: 11 is greater than the maximum"),
        ({"query": "q", "limit": 1.5}, "limit: "),
        ({"query": "q", "limit": True}, "limit: "),
        ({"query": "q", "kind": "sound"}, "kind: "),
        ({"query": "q", "filters": [{"field": 1}, {}]}, "filters.1: 'field' is a required property"),
        ({"query": "q", "other": 1}, "'other' was unexpected"),
    ],
)
def test_arguments_that_break_the_schema_are_refused_with_the_place(arguments: dict[str, Any], why: str) -> None:
    with pytest.raises(ToolFailed) as refused:
        check(arguments, SEARCH)
    assert why in str(refused.value)
    assert len(str(refused.value)) <= MAX_MESSAGE_CHARS


def test_a_refusal_is_short_however_long_the_arguments_are() -> None:
    with pytest.raises(ToolFailed) as refused:
        check({"query": ["x" * 50_000]}, SEARCH)
    assert len(str(refused.value)) <= MAX_MESSAGE_CHARS


DOUBLING: dict[str, Any] = {
    "$ref": "#/$defs/d0",
    "$defs": {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(60)} | {"d60": {}},
}


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"pattern": "^(a+)+$"}}},
        {"patternProperties": {"^(a+)+$": {}}, "additionalProperties": False},
        {"propertyNames": {"pattern": "^(a+)+$"}},
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "#"},
        {"$ref": "#/nowhere"},
        {"properties": {"a": {"items": ["not", "a", "schema"], "type": 5}}},
        {"type": "no such type"},
        {"required": 5},
        {"properties": []},
        DOUBLING,
    ],
)
def test_a_schema_that_would_keep_us_busy_or_send_us_out_is_left_to_its_server(schema: dict[str, Any]) -> None:
    """Were one of these followed, this test would hang, or fail with a refused connection."""
    check({"a" * 60 + "!": 1, "a": "a" * 60 + "!"}, schema)
