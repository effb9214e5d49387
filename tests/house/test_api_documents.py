"""The OpenAPI documents in docs/api are what the services say today; the page's types are generated from them."""

from pathlib import Path

import pytest

import export_api


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return {name: export_api.as_text(document) for name, document in export_api.documents().items()}


def test_the_documents_are_what_the_code_says(exported: dict[str, str]) -> None:
    """After a change of a route: run `.venv/bin/python scripts/export_api.py` and generate the page's types again."""
    written = {file.stem: file.read_text(encoding="utf-8") for file in export_api.FOLDER.glob("*.json")}
    assert set(written) == set(exported)
    stale = [name for name, text in exported.items() if written[name] != text]
    assert stale == []


def test_internal_routes_are_in_no_document(exported: dict[str, str]) -> None:
    """What only services may call is described in docs/security/routes.md, and offered to nobody."""
    assert not any('"/internal' in text or '"/metrics"' in text for text in exported.values())
