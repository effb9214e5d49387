"""A catalogue of models for the tests: one that takes everything, served from an address of the tests' own."""

from pathlib import Path

MODEL = "double-1"
CATALOGUE = """
[[providers]]
name = "double"
kind = "openai-compatible"
base_url = "{url}"

[[models]]
name = "{model}"
provider = "double"
context_window = 32000
capabilities = ["tools"]
"""


def offering(url: str, *, folder: Path) -> dict[str, str]:
    """Write the catalogue into a folder and return the settings with which chat-service reads it."""
    file = folder / "models.toml"
    file.write_text(CATALOGUE.format(url=url, model=MODEL), encoding="utf-8")
    return {"MODELS_FILE": str(file)}
