"""``watch``: the outside witness. Half a second, no engine, nothing else need be running."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from inventory_pipeline.config.outline import find_config_path, load_outline
from inventory_pipeline.config.values import parse_duration
from inventory_pipeline.errors import UsageError
from inventory_pipeline.report.watch import VERDICTS, MailRule, Witness, look

MARKS = ("ok", "attention", "SILENT")


@click.command("watch")
@click.option(
    "--max-age", default="26h", show_default=True, metavar="AGE", help="An older run is silence."
)
@click.option("--json", "as_json", is_flag=True, help="Print the signs for machines.")
@click.pass_context
def command(ctx: click.Context, max_age: str, as_json: bool) -> None:
    """Say whether the pipeline is alive and all is clear.

    0: alive and all clear; 1: needs attention; 2: silent or dead. Run it from cron, a
    systemd timer or another machine, never from the pipeline's own scheduler.
    """
    loaded = load_outline(Path(find_config_path(ctx.find_root().obj)))
    settings = loaded.settings
    storage = loaded.root / settings.storage.directory
    witness = look(
        storage,
        storage / "journal.sqlite",
        rule=MailRule(settings.mail.at, settings.mail.grace, settings.business.zone),
        max_age=_parse_age(max_age),
        now=datetime.now(UTC),
    )
    click.echo(_render_json(witness) if as_json else _render(witness))
    raise click.exceptions.Exit(witness.level)


def _parse_age(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--max-age: {error}") from None


def _render(witness: Witness) -> str:
    lines = [VERDICTS[witness.level]]
    lines += [f"  {MARKS[sign.level]:<9} {sign.name:<9} {sign.text}" for sign in witness.signs]
    return "\n".join(lines)


def _render_json(witness: Witness) -> str:
    signs = [{"sign": sign.name, "level": sign.level, "text": sign.text} for sign in witness.signs]
    verdict = {"level": witness.level, "verdict": VERDICTS[witness.level], "signs": signs}
    return json.dumps(verdict, indent=2, ensure_ascii=False)
