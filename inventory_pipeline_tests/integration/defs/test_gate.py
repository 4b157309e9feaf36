"""The front gate: which file it opens, what it says of a broken one, and that it calls nobody."""

import os
import re
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from inventory_pipeline.definitions import find_gate, open_gate
from inventory_pipeline.errors import ConfigError
from inventory_pipeline_tests.support.roof import configure_pair
from inventory_pipeline_tests.support.shop import Shop

ROOT = Path(__file__).parents[3]
OPEN = "from inventory_pipeline.definitions import defs, find_gate; print(find_gate())"
# The gate must open while every way out of the machine is shut.
SHUT = """
import socket
def refuse(*_arguments, **_more):
    raise SystemExit("somebody was called")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
"""


@pytest.mark.slow
def test_importing_it_calls_nobody(shop: Shop) -> None:
    configure_pair(shop)

    done = subprocess.run(
        [sys.executable, "-c", SHUT + OPEN],
        cwd=ROOT,
        env={**os.environ, "INVENTORY_CONFIG": str(shop.config), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (done.returncode, done.stdout.strip()) == (0, str(shop.config)), done.stderr


def test_the_environment_names_the_file(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVENTORY_CONFIG", str(shop.config))

    assert find_gate() == shop.config


def test_else_the_file_lies_in_the_folder(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    configure_pair(shop)
    monkeypatch.delenv("INVENTORY_CONFIG", raising=False)
    monkeypatch.chdir(shop.folder)

    assert find_gate() == Path("inventory.yaml")


def test_else_it_is_the_demo_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INVENTORY_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)

    assert find_gate() == ROOT / "data/demo/inventory.yaml"


@pytest.mark.parametrize("text", ["systems: {a: {role: wmss, connector: files}}", "", ": :"])
def test_a_broken_file_is_one_clear_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("INVENTORY_CONFIG", str(path))

    with pytest.raises(ConfigError, match=re.escape(str(path))) as caught:
        open_gate()

    places = [frame.name for frame in traceback.extract_tb(caught.tb)]
    assert places[1:] == ["open_gate"], "the way to the mistake is nobody's business"
    assert caught.value.__suppress_context__


def test_a_name_that_is_no_file_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVENTORY_CONFIG", "nowhere.yaml")

    with pytest.raises(ConfigError, match=r"nowhere\.yaml"):
        open_gate()


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["dagster", "definitions", "validate", "-w", "workspace.yaml"],
        ["dagster", "definitions", "validate"],
        ["dg", "check", "defs"],
    ],
)
def test_every_tool_loads_the_same_definitions(shop: Shop, command: list[str]) -> None:
    configure_pair(shop)
    tool = Path(sys.executable).parent / command[0]

    done = subprocess.run(
        [str(tool), *command[1:]],
        cwd=ROOT,
        env={**os.environ, "INVENTORY_CONFIG": str(shop.config), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
