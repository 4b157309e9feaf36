"""Dropped files that are far away: a connector on a server, and a shelf's count to drop there."""

from pathlib import Path
from typing import Any

from inventory_pipeline.connectors.file_options import FilesOptions
from inventory_pipeline.connectors.files import FilesConnector
from inventory_pipeline_tests.support.file_sources import COLUMNS, SLUG
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.s3_server import KEY, REGION, S3, SECRET
from inventory_pipeline_tests.support.sftp_server import PASSWORD, USER, Sftp

NAME = f"counts-{SLUG}.csv"
PATTERN = "counts-{hour}.csv"
PATIENT = {"connect": "5s", "read": "5s", "feed": "20s"}


def write_count(*items: str, quantity: str = "1") -> bytes:
    """Return a count as CSV, one row for each item."""
    rows = [f"{item},L1,on_hand,{quantity},2026-04-06T10:00:00Z" for item in items]
    return "\n".join([",".join(COLUMNS), *rows, ""]).encode()


def write_secret(folder: Path, text: str, name: str = "secret") -> dict[str, str]:
    """Write a secret into a file, and return how the configuration names it."""
    (folder / name).write_text(text)
    return {"file": str(folder / name)}


def name_sftp(sftp: Sftp, folder: Path, **changes: Any) -> dict[str, Any]:
    """Return the options of a server; a value of None takes one away."""
    options = {
        "kind": "sftp",
        "host": "127.0.0.1",
        "port": sftp.port,
        "user": USER,
        "password": write_secret(folder, PASSWORD),
        "host_key": sftp.fingerprint,
        "folder": "/out",
        "timeouts": PATIENT,
    }
    return {name: value for name, value in (options | changes).items() if value is not None}


def name_s3(s3: S3, folder: Path, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "s3",
        "endpoint": s3.url,
        "bucket": s3.bucket,
        "prefix": "out",
        "region": REGION,
        "access_key": KEY,
        "secret_key": write_secret(folder, SECRET),
        "timeouts": PATIENT,
        **changes,
    }


def build_far(
    root: Path, server: dict[str, Any] | None, clock: Clockwork | None = None, **options: Any
) -> FilesConnector:
    """Return a connector of counts on a server; waiting takes no time."""
    named = {"counts": PATTERN, **options}
    if server is not None:
        named["server"] = server
    clock = clock or Clockwork()
    return FilesConnector(
        system="shelf",
        options=FilesOptions.model_validate(named),
        root=str(root),
        world=clock.build_world(),
    )
