"""The first administrator: named by the settings, with a password that nobody else could know."""

from dataclasses import dataclass, field

from auth_service.passwords import normal_form
from auth_service.settings import AuthSettings
from auth_service.users.rules import (
    PASSWORD_MAX_CHARS,
    PasswordTooWeak,
    ensure_strong_enough,
    is_username,
    normal_username,
)
from service_kit.json_body import refuse_unstorable
from service_kit.settings import SAMPLE_SECRETS, ConfigurationError


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """Who administers an empty installation."""

    username: str
    password: str = field(repr=False)

    @classmethod
    def of(cls, settings: AuthSettings) -> "FirstAdmin":
        """Read the first administrator from the settings, or refuse to start with what is missing."""
        username = normal_username(settings.admin_username)
        if not is_username(username):
            raise ConfigurationError("ADMIN_USERNAME must be 3 to 64 characters: letters a-z, digits, and . _ @ + -")
        if settings.admin_password is None:
            raise ConfigurationError(
                "ADMIN_PASSWORD is not set and there is no administrator yet; "
                "run the start command, which makes a random one, or set it for the first start"
            )
        password = normal_form(settings.admin_password.get_secret_value())
        _ensure_good(password, username=username, min_chars=settings.password_min_length)
        return cls(username, password)


def _ensure_good(password: str, *, username: str, min_chars: int) -> None:
    if password.casefold() in SAMPLE_SECRETS:
        raise ConfigurationError("ADMIN_PASSWORD is a sample value; choose a password of your own for the first start")
    try:
        refuse_unstorable(password)
        ensure_strong_enough(password, username=username, min_chars=min_chars)
    except ValueError as error:
        raise ConfigurationError(f"ADMIN_PASSWORD {error}") from None
    except PasswordTooWeak as weakness:
        raise ConfigurationError(f"ADMIN_PASSWORD is too weak. {weakness.detail}") from None
    if len(password) > PASSWORD_MAX_CHARS:
        raise ConfigurationError(f"ADMIN_PASSWORD is longer than {PASSWORD_MAX_CHARS} characters")
