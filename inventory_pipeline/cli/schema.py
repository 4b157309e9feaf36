"""``schema``: the configuration described, for editors and for the documentation."""

import click

from inventory_pipeline.cli.console import print_json
from inventory_pipeline.config.reference import render_reference
from inventory_pipeline.config.schema import build_schema


@click.command()
@click.option(
    "--format", "kind", type=click.Choice(["json", "markdown"]), default="json", show_default=True
)
def command(kind: str) -> None:
    """Print the JSON Schema of the configuration, or its reference page as Markdown."""
    if kind == "json":
        print_json(build_schema())
    else:
        click.echo(render_reference(build_schema()), nl=False)
