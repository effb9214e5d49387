"""Fault points: each has a name of its own, is described, and is a place where the sweep can kill a process."""

from tests.faults.points import NAME, points
from tests.house.repository import rows, section, text_of

PAPER = "docs/fault-points.md"


def test_there_are_fault_points() -> None:
    """A search that finds nothing would let everything below pass."""
    assert len(points()) >= 15


def test_a_name_means_one_place() -> None:
    """A process that dies at one of two places has shown nothing about the other."""
    names = [point.name for point in points()]
    assert sorted(names) == sorted(set(names))


def test_every_name_is_written_out_in_dotted_lower_case() -> None:
    """The sweep finds points by their names, so a name that is put together at run time would be left out."""
    assert [point for point in points() if not NAME.fullmatch(point.name)] == []


def test_the_paper_describes_exactly_the_fault_points() -> None:
    """Whoever adds a point says what is true there and what must hold whatever happens."""
    told = rows(section(PAPER, "## The points"))
    assert sorted(row[0] for row in told) == sorted(point.name for point in points())
    assert all(all(cell for cell in row) for row in told)


def test_the_sweep_takes_every_point_and_every_mode() -> None:
    """The sweep enumerates as this test does; a list of its own would be forgotten."""
    sweep = text_of("tests/faults/test_crash_points.py")
    assert "from tests.faults.points import" in sweep
    assert all(mode in sweep for mode in ('"kill"', '"raise"', '"delay"'))
