"""Write the OpenAPI documents of the services to docs/api: `.venv/bin/python scripts/export_api.py`."""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "api"
PACKAGES = ("service-kit", "auth-service", "chat-service", "analytics-service")
# Only good for describing the routes; no service is started.
PLACEHOLDER = "0123456789abcdef0123456789abcdef"


def documents() -> dict[str, dict[str, Any]]:
    """Return the document of every service by its name."""
    from analytics_service.main import build as build_analytics
    from analytics_service.settings import AnalyticsSettings
    from auth_service.main import build as build_auth
    from auth_service.settings import AuthSettings
    from chat_service.main import build as build_chat
    from chat_service.settings import ChatSettings

    apps = (
        build_auth(AuthSettings(internal_api_token=PLACEHOLDER, auth_secret_key=PLACEHOLDER, _env_file=None)),
        build_chat(ChatSettings(internal_api_token=PLACEHOLDER, _env_file=None)),
        build_analytics(AnalyticsSettings(internal_api_token=PLACEHOLDER, _env_file=None)),
    )
    return {app.title: app.openapi() for app in apps}


def as_text(document: dict[str, Any]) -> str:
    """Return a document as it stands in the repository."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    """Write all documents."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, document in documents().items():
        (FOLDER / f"{name}.json").write_text(as_text(document), encoding="utf-8")


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / package) for package in PACKAGES]
    main()
