"""What a username, an e-mail address and a password must be like."""

import re
import unicodedata
from typing import ClassVar

from service_kit.errors import ServiceError

USERNAME_SHAPE = re.compile(r"[a-z0-9._@+-]{3,64}")
EMAIL_SHAPE = re.compile(r"[^\s@]+@[^\s@]+")
PASSWORD_MAX_CHARS = 128
# What samples, manuals and habit put where a password should be. Compared without case.
KNOWN_PASSWORDS = frozenset(
    {
        *("12345678", "123456789", "1234567890", "11111111", "00000000", "abcd1234", "qwertyui", "qwertyuiop"),
        *("password", "password1", "password12", "password123", "passw0rd", "p@ssw0rd", "p@ssword", "iloveyou"),
        *("admin123", "admin1234", "administrator", "adminadmin", "admin@123", "changeme", "change-me", "change_me"),
        *("changeme123", "changeit", "letmein1", "welcome1", "welcome123", "default1", "your-password", "yourpassword"),
        *("your-super-secret-key-here", "parley123", "parleyparley", "qwerty123", "1q2w3e4r", "trustno1"),
    }
)


class PasswordTooWeak(ServiceError):
    status: ClassVar[int] = 422
    code: ClassVar[str] = "password_too_weak"
    detail = "Choose another password: this one is too easy to guess."


def normal_username(text: str) -> str:
    """Return the one form of a username, so that look-alikes by case or width are the same name."""
    # Folding may undo the normal form, and normalising may undo the folding of rare letters: once more settles it.
    folded = unicodedata.normalize("NFKC", text.strip()).casefold()
    return unicodedata.normalize("NFKC", folded)


def is_username(text: str) -> bool:
    """Tell whether a normal form is acceptable as a username."""
    return USERNAME_SHAPE.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Tell whether a text has the shape of an e-mail address; only a mail sent there could tell more."""
    return text.isprintable() and EMAIL_SHAPE.fullmatch(text) is not None


def ensure_strong_enough(password: str, *, username: str, min_chars: int) -> None:
    """Refuse a password (in normal form) that is too short or that anybody would try first."""
    if len(password) < min_chars:
        raise PasswordTooWeak(f"Use a password of at least {min_chars} characters.")
    folded = password.casefold()
    if folded == username.casefold():
        raise PasswordTooWeak("Use a password that is not your username.")
    if folded in KNOWN_PASSWORDS or len(set(folded)) == 1:
        raise PasswordTooWeak
