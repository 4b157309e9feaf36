"""The command line's entry: finds the command, and turns every error into one clear message.

Exit codes: 0 done, nothing needs a person; 1 done, and something does; 2 could not be done.
A command's module is imported only when it is called, so that ``--help`` answers at once.
"""

import importlib
import logging
import os
import sys
import traceback
from collections.abc import Sequence

import click

from inventory_pipeline.cli.text import clean
from inventory_pipeline.errors import InventoryPipelineError

PROGRAM = "inventory-pipeline"
# The names and their one-line help, in the order people meet them; module cli/<name>.py.
COMMANDS = {
    "init": "Write a commented starting inventory.yaml and sample files into a folder.",
    "check": "Validate the configuration and print the authority exercise.",
    "schema": "Print the JSON Schema of the configuration, for editors.",
    "run": "Reconcile one hour: ingest, compare, diagnose, propose.",
    "backfill": "Recompute stored hours with today's configuration.",
    "report": "Write the daily summary; --send mails it, once.",
    "watch": "Say from outside whether the pipeline is alive and all is clear.",
    "explain": "Show everything known about one item, and why it is off.",
    "trace": "Follow one item through every system; name the first that is off.",
    "audit": "Take the quarter's item end to end; name overdue reviews.",
    "export": "Write a table as CSV, JSON or Parquet.",
    "findings": "List what disagrees.",
    "proposals": "List corrections that are proposed or were decided.",
    "approve": "Say yes to a proposal: it becomes a receipt.",
    "reject": "Say no to a proposal.",
    "change": "Tell mirrors of a sale, a restock, a return or a manual fix at once.",
    "receipts": "List what is on its way to other systems, and what arrived.",
    "deliver": "Run the outbox worker.",
    "settle": "Say what became of a receipt that nobody else can settle.",
    "resume": "Let corrections go on that were stopped.",
    "tasks": "List bins to count and numbers to set by hand.",
    "count": "Tell what was counted in a bin.",
    "doctor": "Say what is wrong with this installation.",
    "demo": "Simulate a small shop with known faults and reconcile it.",
    "simulate": "Write a simulated shop's exports, and the truth beside them.",
    "notify": "Send the notices that are due.",
}
INTERRUPTED = 130
READER_LEFT = 141


class LazyGroup(click.Group):
    """A group whose commands are modules beside this one, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"inventory_pipeline.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib  # noqa: PLC0415 only where somebody mistyped

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            guess = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{guess}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    metavar="FILE",
    help="The configuration; default $INVENTORY_CONFIG, then ./inventory.yaml.",
)
@click.option("--verbose", "-v", is_flag=True, help="Log each step on stderr.")
@click.option("--debug", is_flag=True, help="Show the trace of an unexpected error.")
@click.version_option(package_name="inventory-pipeline", prog_name=PROGRAM)
@click.pass_context
def group(ctx: click.Context, config: str | None, verbose: bool, debug: bool) -> None:
    """Reconcile every system's stock against the owner of each fact."""
    ctx.obj = config
    level = logging.INFO if verbose or debug else logging.WARNING
    # The handler filters, too: Dagster lowers the level of our own loggers for its event log.
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(level)
    logging.basicConfig(
        level=level,
        handlers=[handler],
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: Sequence[str]) -> int:
    """Run one command; return its exit code. Never raises, never shows a traceback unasked."""
    is_debug = "--debug" in arguments
    try:
        code = _invoke(arguments)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        return _leave_quietly()
    except InventoryPipelineError as error:
        return _say(str(error))
    except OSError as error:
        return _say(_describe_refusal(error) or _describe_unexpected(error, show=is_debug))
    except Exception as error:
        return _say(_describe_unexpected(error, show=is_debug))
    return code


def _invoke(arguments: Sequence[str]) -> int:
    """Call the command; not ``group.main()``, to which a reader that left is a failure."""
    try:
        with group.make_context(PROGRAM, list(arguments)) as ctx:
            group.invoke(ctx)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return 0


def _say(message: str) -> int:
    lines = [clean(line) for line in message.split("\n")]
    head = f"Error: {len(lines)} things to mend\n" if len(lines) > 1 else "Error: "
    click.echo(head + "\n".join(lines), err=True)
    return 2


def _describe_refusal(error: OSError) -> str:
    """Say what the operating system refused: disk full, no right; '' if it did not say."""
    if not error.strerror:
        return ""
    place = f" ({error.filename})" if error.filename else ""
    return f"the system refused: {error.strerror}{place}; mend that and run again"


def _describe_unexpected(error: Exception, *, show: bool) -> str:
    """Name the error's type and place, not its text: a text may carry a secret."""
    if show:
        traceback.print_exc()
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "inventory_pipeline" in frame.filename] or frames
    place = f"{ours[-1].filename.rpartition('inventory_pipeline/')[2]}:{ours[-1].lineno}"
    cure = "see the trace above" if show else f"run '{PROGRAM} --debug ...' to see the trace"
    return f"unexpected {type(error).__name__} at {place}; this is a fault of the program: {cure}"


def _leave_quietly() -> int:
    """Stop writing: the reader of our output (``| head``) has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return READER_LEFT


if __name__ == "__main__":
    main()
