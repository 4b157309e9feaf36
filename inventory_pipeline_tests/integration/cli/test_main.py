import importlib
import subprocess
import sys
import time

import click
import pytest

from inventory_pipeline.cli import main
from inventory_pipeline.cli.text import clean
from inventory_pipeline.errors import ConfigError
from inventory_pipeline_tests.support.command import call, start


def test_help_names_every_command_and_imports_none_of_them(tmp_path):
    script = (
        "import sys; from inventory_pipeline.cli.main import run_command; run_command(['--help']);"
        "heavy = {'polars', 'duckdb', 'pydantic', 'sqlglot', 'numpy', 'rich', 'dagster'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stderr.strip() == "[]"
    assert all(name in done.stdout for name in main.COMMANDS)


def test_help_answers_within_the_time_of_goal_b7(tmp_path):
    times = []
    for _ in range(3):
        began = time.perf_counter()
        assert start("--help", folder=tmp_path).code == 0
        times.append(time.perf_counter() - began)
    assert min(times) < 0.35


@pytest.mark.parametrize("name", ["init", "check", "schema", "doctor"])
def test_the_short_help_of_the_list_has_its_command(name):
    module = importlib.import_module(f"inventory_pipeline.cli.{name}")
    assert isinstance(module.command, click.Command)
    assert call(name, "--help").code == 0


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        (["chek"], "Did you mean 'check'?"),
        (["check", "--nonsense"], "No such option"),
        (["check", "--on", "tomorrow"], "tomorrow"),
        (["init"], "Missing argument 'DIR'"),
        (["schema", "--format", "xml"], "xml"),
        ([], "Usage:"),
    ],
)
def test_bad_usage_ends_with_2_and_says_so_on_stderr(arguments, seen):
    outcome = call(*arguments)
    assert outcome.code == 2
    assert seen in outcome.err
    assert outcome.out == ""


def test_a_missing_configuration_is_one_message_with_the_cure(tmp_path):
    outcome = call("--config", tmp_path / "none.yaml", "check")
    assert outcome.code == 2
    assert outcome.err.startswith("Error: ")
    assert "init DIR" in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_several_mistakes_are_counted_and_listed(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("business: {nam: x}\n", encoding="utf-8")
    outcome = call("--config", path, "check")
    assert outcome.code == 2
    assert outcome.err.splitlines()[0] == "Error: 3 things to mend"


def test_the_environment_names_the_configuration_too(tmp_path):
    outcome = start("check", folder=tmp_path, environment={"INVENTORY_CONFIG": "elsewhere.yaml"})
    assert outcome.code == 2
    assert "elsewhere.yaml" in outcome.err


@pytest.fixture
def add_command(monkeypatch):
    """Put a command of ours beside the real ones, as a module would."""

    def add(function):
        module = type(sys)("inventory_pipeline.cli.trial")
        module.command = click.command("trial")(function)
        monkeypatch.setitem(sys.modules, "inventory_pipeline.cli.trial", module)
        monkeypatch.setitem(main.COMMANDS, "trial", "A trial.")

    return add


def test_an_unexpected_error_shows_its_place_and_not_its_text(add_command):
    def fail():
        raise RuntimeError("token=t0p-s3cret")

    add_command(fail)
    outcome = call("trial")
    assert outcome.code == 2
    assert "unexpected RuntimeError at" in outcome.err
    assert "--debug" in outcome.err
    assert "t0p-s3cret" not in outcome.err
    assert "Traceback" not in outcome.err
    assert "Traceback" in call("--debug", "trial").err


def test_what_the_system_refuses_is_said_as_it_says_it(add_command):
    def fail():
        raise PermissionError(13, "Permission denied", "/srv/stock/x")

    add_command(fail)
    assert call("trial").err == (
        "Error: the system refused: Permission denied (/srv/stock/x); mend that and run again\n"
    )


def test_a_full_disk_behind_the_output_is_one_message(tmp_path):
    with open("/dev/full", "wb") as full:  # noqa: PTH123 a device, no file
        done = subprocess.run(
            [sys.executable, "-m", "inventory_pipeline.cli.main", "schema"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            check=False,
        )
    assert done.returncode == 2
    assert "Error: the system refused: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_our_own_errors_are_their_text(add_command):
    def fail():
        raise ConfigError("a.yaml:3: systems.x: is wrong")

    add_command(fail)
    assert call("trial").err == "Error: a.yaml:3: systems.x: is wrong\n"


def test_an_interrupt_ends_with_130(add_command):
    def stop():
        raise KeyboardInterrupt

    add_command(stop)
    assert call("trial").code == 130


@pytest.mark.parametrize("code", [0, 1])
def test_a_commands_own_code_is_kept(add_command, code):
    add_command(lambda: sys.exit(code))
    with pytest.raises(SystemExit) as caught:
        call("trial")
    assert caught.value.code == code
    add_command(lambda: (_ for _ in ()).throw(click.exceptions.Exit(code)))
    assert call("trial").code == code


def test_a_reader_that_leaves_early_is_no_error(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "inventory_pipeline.cli.main", "schema"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) == 141
    assert err == b""


def test_hostile_text_is_made_visible_on_a_terminal():
    assert clean("a\x1b[31mred\u202egnp\nb\ud800") == "a\\x1b[31mred\\u202egnp\\nb\\ud800"
    assert clean("Käse 茶 [bold]") == "Käse 茶 [bold]"


def test_what_lowers_the_level_of_our_loggers_makes_no_command_talk(tmp_path):
    """Dagster does so for its own event log; the terminal hears of warnings alone."""
    script = (
        "import logging; from inventory_pipeline.cli.main import run_command;"
        "run_command(['schema', '--format', 'json']);"
        "log = logging.getLogger('inventory_pipeline.ingest'); log.setLevel(logging.INFO);"
        "log.info('a step'); log.warning('a doubt')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "a doubt" in done.stderr
    assert "a step" not in done.stderr
