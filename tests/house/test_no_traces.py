"""No traces of one machine: nothing in the repository names where its packages came from or where it once lay."""

import re

from tests.house.repository import files, text_of

# Written apart, so that this file does not find itself.
REGISTRY = re.compile(
    r"py"
    r"pi\.org|python"
    r"hosted\.org|registry\.np"
    r"mjs|registry\.ya"
    r"rnpkg|np"
    r"mmirror|arti"
    r"factory|"
    r"(?:^|\s)--(?:extra-)?index"
    r"-url[ =]\S|--find"
    r"-links|trusted"
    r"-host|^registry\s*=",
    re.MULTILINE | re.IGNORECASE,
)
# The options by which lock files leave the addresses out.
LEAVING_OUT = re.compile(r"--no-emit-index" r"-url")
MACHINE_PATH = re.compile(
    r"(?<![\w.$}~/-])/(?:wo"
    r"rk|ro"
    r"ot|ho"
    r"me|Us"
    r"ers|m"
    r"nt|wor"
    r"kspaces?)/[\w.-]+|[A-Z]:\\{1,2}Us"
    r"ers\\{1,2}\w"
)
RESOLVED = re.compile(r'"resolved"\s*:\s*"https?:')


def test_no_file_names_a_registry() -> None:
    """Whoever builds this decides where packages come from; hashes decide whether they are the right ones."""
    assert [name for name in files() if REGISTRY.search(LEAVING_OUT.sub("", text_of(name)))] == []


def test_the_page_lock_leaves_addresses_out() -> None:
    """The lock of the page's packages has their hashes, and npm knows its registry from its own settings."""
    locks = [name for name in files() if name.endswith("package-lock.json")]
    assert locks
    assert [name for name in locks if RESOLVED.search(text_of(name))] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    """A path that exists on one machine only is a mistake on all the others."""
    found = [(name, match.group(0)) for name in files() for match in MACHINE_PATH.finditer(text_of(name))]
    assert found == []
