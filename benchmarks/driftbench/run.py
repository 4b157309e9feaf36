"""Run: all shops of a plan, two at a time."""

import logging
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from benchmarks.driftbench.answer import Result
from benchmarks.driftbench.plan import Plan
from benchmarks.driftbench.shop import run_shop

WORKERS = 2


def run_shops(plans: Sequence[Plan]) -> Iterator[Result]:
    """Yield the result of every shop as it is done, each in a process that knows no other."""
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=spawning, initializer=_hush) as pool:
        waiting = [pool.submit(run_shop, plan) for plan in plans]
        try:
            for done in as_completed(waiting):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _hush() -> None:
    """A shop is full of faults on purpose: its warnings are no news."""
    logging.disable(logging.CRITICAL)
