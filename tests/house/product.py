"""The product's own modules and applications, as the house tests look at them."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from types import ModuleType

from fastapi import FastAPI
from pydantic import SecretStr

from analytics_service.main import build as build_analytics
from analytics_service.settings import AnalyticsSettings
from auth_service.main import build as build_auth
from auth_service.settings import AuthSettings
from chat_service.main import build as build_chat
from chat_service.settings import ChatSettings
from service_kit.settings import ServiceSettings

PACKAGES = ("service_kit", "auth_service", "chat_service", "analytics_service")
SETTINGS: dict[str, type[ServiceSettings]] = {
    "auth-service": AuthSettings,
    "chat-service": ChatSettings,
    "analytics-service": AnalyticsSettings,
}
# Only good for looking at routes; nothing is started with them.
SECRET = SecretStr("0123456789abcdef0123456789abcdef")
# The first starts a service when it is imported, the others ask for a migration that is going on.
NOT_TO_IMPORT = re.compile(r"\.(__main__|migrations|migration_environment)\b")
FOLDER = Path(gettempdir()) / "parley-house"


@cache
def apps() -> tuple[FastAPI, ...]:
    """Build every service as its own start does."""
    return (
        build_auth(AuthSettings(internal_api_token=SECRET, auth_secret_key=SECRET, data_dir=FOLDER)),
        build_chat(ChatSettings(internal_api_token=SECRET, data_dir=FOLDER)),
        build_analytics(AnalyticsSettings(internal_api_token=SECRET, data_dir=FOLDER)),
    )


@cache
def modules() -> tuple[ModuleType, ...]:
    """Import every module of the kit and of the services."""
    return tuple(importlib.import_module(name) for name in _module_names())


def _module_names() -> Iterator[str]:
    for package in PACKAGES:
        yield package
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not NOT_TO_IMPORT.search(found.name):
                yield found.name
