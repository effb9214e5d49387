"""No traces of one machine: nothing in the repository names where its packages came from or where it once lay."""

import re

from tests.house.repository import files, text_of

# A letter in brackets is the same letter, so that this file does not find itself.
ADDRESS = re.compile(
    r"[p]ypi\.org|[p]ythonhosted\.org|[r]egistry\.npmjs|[r]egistry\.yarnpkg|[n]pmmirror|[a]rtifactory"
    r"|(?:^|\s)--(?:extra-)?[i]ndex-url[ =]\S|--[f]ind-links|[t]rusted-host|^[r]egistry\s*=",
    re.MULTILINE | re.IGNORECASE,
)
# The option by which lock files leave the addresses out.
LEAVING_OUT = re.compile(r"--no-emit-[i]ndex-url")
MACHINE_PATH = re.compile(
    r"(?<![\w.$}~/-])/(?:[w]ork|[r]oot|[h]ome|[U]sers|[m]nt|[w]orkspaces?)/[\w.-]+|[A-Z]:\\{1,2}[U]sers\\{1,2}\w"
)
RESOLVED = re.compile(r'"resolved"\s*:\s*"https?:')


def test_no_file_names_a_registry() -> None:
    """Whoever builds this decides where packages come from; hashes decide whether they are the right ones."""
    assert [name for name in files() if ADDRESS.search(LEAVING_OUT.sub("", text_of(name)))] == []


def test_the_page_lock_leaves_addresses_out() -> None:
    """The lock of the page's packages has their hashes, and npm knows its registry from its own settings."""
    locks = [name for name in files() if name.endswith("package-lock.json")]
    assert locks
    assert [name for name in locks if RESOLVED.search(text_of(name))] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    """A path that exists on one machine only is a mistake on all the others."""
    found = [(name, match.group(0)) for name in files() for match in MACHINE_PATH.finditer(text_of(name))]
    assert found == []
