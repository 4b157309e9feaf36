"""F-68, the outbox: SIGKILL at every named point of every stage, under three plans of faults.

The receiver lives in files of its own. After the restart everything is as if nobody had died.
"""

import random
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from inventory_pipeline.model.delivery import DeliveryClass
from inventory_pipeline_tests.support.crash import (
    PLANS,
    STAGES,
    Place,
    die,
    finish,
    prepare,
    read_end,
)

NAMED = {
    f"{when}_{what}"
    for when in ("before", "after")
    for what in ("change", "commit", "lease", "send", "confirmed", "chain", "head")
} | {"after_answer"}  # fmt: skip
SAMPLE = 20


@cache
def see_whole(stage: str, plan: str) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return the points that a run passes and the end it comes to, if nobody dies."""
    with TemporaryDirectory() as folder:
        place = open_place(Path(folder), stage, plan)
        return tuple(finish(place, stage).names), read_end(place)


def open_place(folder: Path, stage: str, plan: str, delivery_class: DeliveryClass = "A") -> Place:
    place = Place(folder / "place", delivery_class)
    place.open(("applied_then_lost",) * (stage == "uncertain") + PLANS[plan])
    prepare(place, stage)
    return place


def find_all() -> Iterator[tuple[str, str, int]]:
    for stage in STAGES:
        for plan in PLANS:
            for number in range(1, len(see_whole(stage, plan)[0]) + 1):
                yield stage, plan, number


def find_difference(stage: str, plan: str, number: int) -> list[object]:
    """Return what a death at one point changes: nothing."""
    with TemporaryDirectory() as folder:
        place = open_place(Path(folder), stage, plan)
        code = die(place, stage, dies_at=number)
        finish(place, stage)
        end, wanted = read_end(place), see_whole(stage, plan)[1]
    found: list[object] = [] if code == -signal.SIGKILL else [f"it was not killed: {code}"]
    return found + [(name, end[name]) for name in wanted if end[name] != wanted[name]]


def find_differences(chosen: list[tuple[str, str, int]]) -> dict[object, object]:
    seen = {
        (*each, see_whole(*each[:2])[0][each[2] - 1]): find_difference(*each) for each in chosen
    }
    return {where: what for where, what in seen.items() if what}


def test_F_68_every_named_point_is_met_and_every_run_ends_well() -> None:
    whole = [see_whole(stage, plan) for stage in STAGES for plan in PLANS]

    assert set().union(*(names for names, _ in whole)) >= NAMED
    for _, end in whole:
        assert end["trouble"] == ""
        assert {row["state"] for row in end["receipts"]} == {"confirmed"}
        assert {times for seen in end["effects"].values() for times in seen.values()} == {1}


@pytest.mark.slow
def test_F_68_a_worker_killed_at_some_of_the_points_leaves_no_trace() -> None:
    every = list(find_all())

    assert find_differences(random.Random(68).sample(every, SAMPLE)) == {}


@pytest.mark.parametrize("delivery_class", ["B", "C", "D"])
def test_F_68_whatever_the_receiver_offers_nothing_is_done_twice_or_forgotten(
    delivery_class: DeliveryClass, tmp_path: Path
) -> None:
    names = see_whole("batch", "none")[0]
    points = [number for number, name in enumerate(names, 1) if "send" in name or "answer" in name]
    for number in random.Random(68).sample(points, 3):
        place = open_place(tmp_path / str(number), "batch", "none", delivery_class)
        die(place, "batch", dies_at=number)
        finish(place, "batch")

        end = read_end(place)
        done = end["effects"]["shop"]
        assert end["trouble"] == ""
        assert all(times == 1 for times in done.values())
        for row in end["receipts"]:
            assert row["waits_for"] == "person" or (
                row["state"] == "confirmed" and done[row["receipt_id"]]
            )


@pytest.mark.slow
@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("stage", STAGES)
def test_F_68_a_worker_killed_at_any_point_leaves_no_trace(stage: str, plan: str) -> None:
    every = [each for each in find_all() if each[:2] == (stage, plan)]

    assert find_differences(every) == {}
