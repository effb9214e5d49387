"""The models of the browser tests: a plain one, one that can do everything, one to fall back to, and a hostile name."""

import json
from pathlib import Path

from tests.browser.hostile import MODEL_NAME

PLAIN = "scripted"
ABLE = "able"
SPARE = "spare"

_CAPABILITIES = {ABLE: ["images", "tools", "reasoning"]}
_FALLBACKS = {ABLE: [SPARE]}


def write_catalogue(folder: Path, provider_url: str) -> Path:
    """Write the catalogue file of a system whose provider is the scripted one; the first model is the default."""
    lines = ["[[providers]]", 'name = "openai-compatible"', 'kind = "openai-compatible"']
    lines.append(f"base_url = {json.dumps(provider_url)}")
    for name in (PLAIN, ABLE, SPARE, MODEL_NAME):
        lines += ["[[models]]", f"name = {json.dumps(name)}", 'provider = "openai-compatible"']
        lines += ["context_window = 128000", f"capabilities = {json.dumps(_CAPABILITIES.get(name, []))}"]
        lines.append(f"fallbacks = {json.dumps(_FALLBACKS.get(name, []))}")
    path = folder / "models.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
