"""Which test runs which function: a pytest plugin that writes it down, with each test's time."""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType

import pytest

from benchmarks.mutation.scope import PACKAGE, SCOPE

ROOT = Path(__file__).parents[2]
TARGET = "MUTATION_CALLS"
ROOMS = tuple(str(ROOT / PACKAGE / room) for room in SCOPE.rooms)


class Recorder:
    """Code objects of the rooms that ran since it was last asked."""

    def __init__(self) -> None:
        self.seen: set[CodeType] = set()
        self.rows: dict[str, dict[str, object]] = {}

    def note(self, frame: FrameType, event: str, arg: object) -> None:
        """Take note of a call; no line of it is followed."""
        self.seen.add(frame.f_code)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.seen = set()
        started = time.perf_counter()
        sys.settrace(self.note)
        yield
        sys.settrace(None)
        self.rows[item.nodeid] = {
            "seconds": round(time.perf_counter() - started, 3),
            "calls": sorted({name for code in self.seen if (name := _name(code))}),
        }

    def pytest_sessionfinish(self) -> None:
        Path(os.environ[TARGET]).write_text(json.dumps(self.rows), encoding="utf-8")


def _name(code: CodeType) -> str:
    if not code.co_filename.startswith(ROOMS):
        return ""
    return f"{Path(code.co_filename).relative_to(ROOT)}:{code.co_qualname}"


def pytest_configure(config: pytest.Config) -> None:
    """Watch the session, where somebody wants to know."""
    if os.environ.get(TARGET):
        config.pluginmanager.register(Recorder())
