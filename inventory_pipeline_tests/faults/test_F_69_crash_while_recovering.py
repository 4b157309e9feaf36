"""F-69: a worker dies while it recovers from a death, again and again; recovery is idempotent."""

import random
import signal
from pathlib import Path

import pytest

from inventory_pipeline_tests.support.crash import (
    START,
    Counting,
    Place,
    die,
    finish,
    read_end,
    work,
)


def find_points(names: list[str], point: str) -> list[int]:
    """Return the places of a named point in a run."""
    return [number for number, name in enumerate(names, start=1) if name == point]


@pytest.fixture
def whole(tmp_path: Path) -> Place:
    """Return a place where nobody died."""
    place = Place(tmp_path / "whole")
    place.open(())
    return place


@pytest.mark.parametrize("point", ["after_lease", "before_send", "after_send"])
def test_F_69_deaths_during_recovery_change_nothing(
    whole: Place, tmp_path: Path, point: str
) -> None:
    names = Counting()
    work(whole, "batch", names, start=START)
    place = Place(tmp_path / "died")
    place.open(())
    [first, *_] = find_points(names.names, point)
    assert die(place, "batch", dies_at=first) == -signal.SIGKILL
    dice = random.Random(point)

    # What is told is there already; from here on every process begins with the recovery.
    for number in [1, 2, 3, 4, *(dice.randint(1, 12) for _ in range(4))]:
        assert die(place, "batch", dies_at=number) == -signal.SIGKILL
    finish(place, "batch")

    assert read_end(place) == read_end(whole)


def test_F_69_recovering_twice_is_recovering_once(tmp_path: Path) -> None:
    place = Place(tmp_path / "died")
    place.open(())
    names = Counting()
    other = Place(tmp_path / "whole")
    other.open(())
    work(other, "new", names, start=START)
    [first, *_] = find_points(names.names, "before_send")
    die(place, "new", dies_at=first)

    finish(place, "new")
    once = read_end(place)
    finish(place, "new")

    assert read_end(place) == once
