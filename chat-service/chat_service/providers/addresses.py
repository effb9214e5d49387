"""Keys and addresses of providers: made usable, or refused at the start with the name of the setting at fault."""

from urllib.parse import urlsplit

from service_kit.settings import ConfigurationError


def sendable_key(api_key: str, *, setting: str) -> str:
    """Return the key without blanks around it; refuse one that no header can carry, without showing it."""
    key = api_key.strip()
    if not (key.isascii() and key.isprintable()):
        raise ConfigurationError(f"{setting} holds characters that no key has; copy it once more")
    return key


def base_address(address: str, *, setting: str) -> str:
    """Return the base of an address that may have been pasted whole; refuse one that is none."""
    base = address.strip().rstrip("/").removesuffix("/chat/completions")
    if not is_base_address(base):
        raise ConfigurationError(f"{setting} takes an address like http://localhost:11434/v1, without a query")
    return base


def is_base_address(address: str) -> bool:
    """Tell whether paths can be put behind this."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.query
    except ValueError:
        return False
