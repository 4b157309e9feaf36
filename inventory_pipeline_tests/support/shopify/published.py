"""The published schemas, as npm ships them: fetched once into a cache folder of the user.

Only tests marked ``peer`` ask for them; without npm they say so and are skipped.
"""

import gzip
import json
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, build_client_schema

PACKAGE = "@shopify/dev-mcp@1.16.0"
FOLDER = Path.home() / ".cache" / "inventory_pipeline_tests" / "shopify-dev-mcp-1.16.0"


class SchemasMissingError(Exception):
    """They are not here and cannot be fetched; the text says why."""


@cache
def load_schema(version: str) -> GraphQLSchema:
    """Return the published schema of one version.

    Raises:
        SchemasMissingError: npm is not there, or does not get the package.
    """
    path = FOLDER / f"admin_{version}.json.gz"
    if not path.exists():
        _fetch()
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    # As published it does not pass graphql-core's own rules for a schema.
    return build_client_schema(found.get("data", found), assume_valid=True)


def _fetch() -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise SchemasMissingError(f"npm is not installed; it fetches the schemas of {PACKAGE}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [npm, "pack", PACKAGE, "--silent"],
        cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    packed = sorted(FOLDER.glob("*.tgz"))
    if done.returncode or not packed:
        raise SchemasMissingError(f"npm pack {PACKAGE} failed: {done.stderr.strip()[-300:]}")
    with tarfile.open(packed[-1]) as archive:
        for member in archive:
            name = Path(member.name).name
            if name.startswith("admin_2") and name.endswith(".json.gz"):
                (FOLDER / name).write_bytes(archive.extractfile(member).read())
    packed[-1].unlink()
