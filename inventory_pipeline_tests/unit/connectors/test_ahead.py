"""Work ahead keeps the order, stays a few items ahead, and hands on what went wrong."""

import threading
import time

import pytest

from inventory_pipeline.connectors.ahead import WORKERS, map_ahead


def test_results_come_in_the_order_of_the_items() -> None:
    def work(number: int) -> int:
        time.sleep(0.01 if number % 3 == 0 else 0)
        return number * number

    assert list(map_ahead(work, range(20))) == [number * number for number in range(20)]
    assert list(map_ahead(work, [])) == []


def test_no_more_items_are_taken_than_are_worked_on() -> None:
    taken = []

    def take():
        for number in range(100):
            taken.append(number)
            yield number

    results = map_ahead(lambda number: number, take())
    next(results)
    assert len(taken) <= WORKERS + 1
    results.close()
    assert len(taken) <= WORKERS + 1


def test_an_error_comes_where_its_result_would_and_no_thread_stays() -> None:
    def work(number: int) -> int:
        if number == 3:
            raise ValueError("three")
        return number

    seen: list[int] = []
    with pytest.raises(ValueError, match="three"):
        seen.extend(map_ahead(work, range(100)))
    assert seen == [0, 1, 2]
    assert not [one for one in threading.enumerate() if one.name.startswith("read-ahead")]
