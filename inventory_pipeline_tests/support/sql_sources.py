"""SQL sources: a ``sql`` connector on a database made for one test."""

from pathlib import Path

from inventory_pipeline.connectors.sql import SqlConnector, SqlOptions
from inventory_pipeline_tests.support.postgres import Cluster


def build_sql(root: Path, query: str, **options: object) -> SqlConnector:
    """Return a ``sql`` connector whose ``counts`` are ``query``."""
    feed = {
        "query": query,
        "columns": options.pop("columns", {}),
        "fixed": options.pop("fixed", {}),
        "overlap": options.pop("overlap", "0s"),
    }
    checked = SqlOptions.model_validate({"feeds": {"counts": feed}, **options})
    return SqlConnector(system="erp", options=checked, root=str(root))


def build_postgres(root: Path, cluster: Cluster, query: str, **options: object) -> SqlConnector:
    """Return a ``sql`` connector on the cluster; its password stands in a file."""
    (root / "password").write_text(cluster.password)
    address = {
        "drivername": "postgresql",
        "host": "127.0.0.1",
        "port": cluster.port,
        "database": "postgres",
        "username": "postgres",
        "password": {"file": "password"},
    }
    return build_sql(root, query, **{**address, **options})
