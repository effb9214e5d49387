"""Names, addresses and passwords."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth_service.users.rules import PasswordTooWeak, ensure_strong_enough, is_email, is_username, normal_username


@given(st.text(max_size=80))
def test_normalising_a_name_twice_changes_nothing(text: str) -> None:
    once = normal_username(text)

    if is_username(once):
        assert normal_username(once) == once
        assert once.isascii()


@pytest.mark.parametrize("text", ["ada", "a.b_c@d+e-f", "123", "x" * 64])
def test_a_name_may_be(text: str) -> None:
    assert is_username(text)


@pytest.mark.parametrize("text", ["", "ab", "x" * 65, "Ada", "a b c", "ada\n", "ad\u00e4", "a/b", "<b>"])
def test_a_name_may_not_be(text: str) -> None:
    assert not is_username(text)


@pytest.mark.parametrize("text", ["a@b", "ada@example.org", "a+b@c.d", "\u00e4@\u00f6.de"])
def test_an_address_may_be(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize("text", ["", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\n", "a@b\x00"])
def test_an_address_may_not_be(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize(
    "password", ["testpass123", "correct horse", "\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801", "x" * 7 + "y"]
)
def test_an_ordinary_password_is_accepted(password: str) -> None:
    ensure_strong_enough(password, username="ada", min_chars=8)


@pytest.mark.parametrize("password", ["", "seven77", "Password123", "ADMIN123", "ADA.LOVELACE", "eeeeeeeee"])
def test_a_first_guess_is_not(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        ensure_strong_enough(password, username="ada.lovelace", min_chars=8)
