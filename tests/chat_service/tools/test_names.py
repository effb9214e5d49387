"""The names under which tools of servers are offered."""

import re

from hypothesis import given
from hypothesis import strategies as st

from chat_service.tools.names import cleaned, offered_names

ALLOWED = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def test_a_good_name_is_kept_behind_its_server() -> None:
    assert offered_names("files", ["read", "write_all"]) == {"files__read": "read", "files__write_all": "write_all"}


def test_what_the_protocol_forbids_is_replaced() -> None:
    assert offered_names("web", ["search.web", "päge"]) == {"web__search_web": "search.web", "web__p_ge": "päge"}


def test_names_that_meet_are_told_apart_whatever_the_order() -> None:
    """A server may list in any order, and a name must not mean another tool after a restart."""
    names = offered_names("s", ["a.b", "a_b", "a/b"])
    assert names == offered_names("s", ["a/b", "a.b", "a_b"])
    assert names["s__a_b"] == "a_b"
    assert sorted(names.values()) == ["a.b", "a/b", "a_b"]


def test_long_names_that_begin_alike_stay_two() -> None:
    names = offered_names("s", ["x" * 100 + "1", "x" * 100 + "2"])
    assert len(names) == 2


@given(st.lists(st.text(max_size=80), unique=True, max_size=20))
def test_every_tool_has_an_allowed_name(tools: list[str]) -> None:
    names = offered_names("server-1", tools)
    assert all(ALLOWED.fullmatch(name) for name in names)
    assert all(name.startswith("server-1__") for name in names)
    assert sorted(names.values()) == sorted(tools)


@given(st.text())
def test_a_name_that_a_model_made_up_can_be_sent_back(name: str) -> None:
    assert ALLOWED.fullmatch(cleaned(name))
