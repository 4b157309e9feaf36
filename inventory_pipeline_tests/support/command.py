"""Call the command line as a person does, in this process or in one of its own."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inventory_pipeline.cli.main import run_command


@dataclass(frozen=True)
class Outcome:
    """What one call printed, and its exit code."""

    code: int
    out: str
    err: str


def call(*arguments: object) -> Outcome:
    """Run one command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_command([str(argument) for argument in arguments])
    return Outcome(code, out.getvalue(), err.getvalue())


def start(
    *arguments: object, folder: Path, environment: Mapping[str, str] | None = None
) -> Outcome:
    """Run one command in a process of its own, standing in ``folder``."""
    done = subprocess.run(
        [sys.executable, "-m", "inventory_pipeline.cli.main", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def write_config(folder: Path, text: str) -> Path:
    """Write ``inventory.yaml`` and return its path."""
    path = folder / "inventory.yaml"
    path.write_text(text, encoding="utf-8")
    return path
