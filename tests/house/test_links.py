"""Links: what the papers point at exists, so that nobody is sent to an empty place."""

import re
from pathlib import PurePosixPath
from posixpath import normpath

import pytest
from tests.house.repository import ROOT, files, files_ending, prose_of, text_of

LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)")
ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
NAMED_PAPER = re.compile(r"(?<![\w./-])docs/[\w./-]+\.(?:md|json)\b")


def anchors(name: str) -> set[str]:
    """The anchors of a paper's headings, as they are made where it is shown."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose_of(name)))
    return {heading.replace(" ", "-") for heading in plain}


def missing(paper: str, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = normpath(str(PurePosixPath(paper).parent / path)) if path else paper
    if not (ROOT / file).exists():
        return True
    return bool(anchor) and file.endswith(".md") and anchor not in anchors(file)


@pytest.mark.parametrize("paper", files_ending(".md"))
def test_links_lead_somewhere(paper: str) -> None:
    """Files and headings are renamed; the links to them are not, unless somebody looks."""
    targets = [target for target in LINK.findall(prose_of(paper)) if not ELSEWHERE.match(target)]
    assert [target for target in targets if missing(paper, target)] == []


def test_papers_named_in_sources_exist() -> None:
    """Comments and docstrings send readers to the papers too."""
    named = {
        (name, paper)
        for name in files()
        if name.endswith((".py", ".ts", ".tsx", ".example", ".yml"))
        for paper in NAMED_PAPER.findall(text_of(name))
    }
    assert {(name, paper) for name, paper in named if not (ROOT / paper).is_file()} == set()


def test_every_decision_record_is_listed() -> None:
    """A decision that is in no list is found by nobody who does not know it already."""
    records = {name for name in files() if re.fullmatch(r"docs/adr/\d{4}-[a-z0-9-]+\.md", name)}
    listed = {normpath(f"docs/adr/{target}") for target in LINK.findall(prose_of("docs/adr/README.md"))}
    assert records
    assert records <= listed


def test_decision_records_are_numbered_without_gaps() -> None:
    """A missing number looks like a decision that somebody wanted to hide."""
    numbers = sorted(int(name.split("/")[2][:4]) for name in files() if re.match(r"docs/adr/\d{4}-", name))
    assert numbers == list(range(1, len(numbers) + 1))
