"""Opening: the depot that a configuration names, for the time of one feed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from inventory_pipeline.connectors.depots.depot import Depot
from inventory_pipeline.connectors.depots.folder import FolderDepot
from inventory_pipeline.connectors.depots.options import HttpServer, S3Server, SftpServer
from inventory_pipeline.connectors.depots.s3 import Keys, S3Depot
from inventory_pipeline.connectors.depots.sftp import SftpDepot
from inventory_pipeline.connectors.depots.web import PlainManner, WebDepot
from inventory_pipeline.connectors.http import HttpDoor, Surroundings
from inventory_pipeline.connectors.http_auth import build_badge


@contextmanager
def opening_depot(
    server: SftpServer | S3Server | HttpServer | None,
    *,
    root: str,
    world: Surroundings,
    now: Callable[[], datetime],
) -> Iterator[Depot]:
    """Open the depot; without a server it is the folder ``root``.

    Raises:
        SourceError: nobody lets us in. Most depots say so only when they are first asked.
        ConfigError: a secret cannot be read, or an extra is not installed.
    """
    if server is None:
        yield FolderDepot(root)
        return
    if isinstance(server, SftpServer):
        with SftpDepot(server, root=root, world=world, now=now) as depot:
            yield depot
        return
    http = server.build_http()
    seconds = http.timeouts.feed.total_seconds()
    with HttpDoor(http, root=root, world=world, now=now) as door:
        if isinstance(server, HttpServer):
            manner = PlainManner(build_badge(http))
            yield WebDepot(door, manner, base_url=http.base_url, seconds=seconds)
            return
        keys = Keys(server.region, server.access_key, server.secret_key, server.session_token)
        yield S3Depot(door, keys, base_url=http.base_url, seconds=seconds)
