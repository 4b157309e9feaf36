"""Large files from another host: only from where the configuration allows, never in memory."""

import gzip
import random
import re
from contextlib import contextmanager
from pathlib import Path

import pytest

from inventory_pipeline.connectors.http import HttpDoor
from inventory_pipeline.connectors.http_download import Downloads
from inventory_pipeline.connectors.http_options import HttpOptions, WayOptions
from inventory_pipeline.errors import SourceContractError, SourceRefusedError
from inventory_pipeline_tests.support.file_sources import FETCHED_AT
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.stand_in import Reply, StandIn

MEGABYTE = 1 << 20
HERE = ["127.0.0.1"]


@contextmanager
def saving(folder, link, *, hosts=HERE, most=64 * MEGABYTE, way=None, resolve=None):
    world = Clockwork().build_world(**({"resolve": resolve} if resolve else {}))
    downloads = Downloads(
        way=WayOptions.model_validate(way or {}), hosts=hosts, most=most, option="bulk_hosts",
        root=str(folder), world=world, now=lambda: FETCHED_AT,
    )  # fmt: skip
    anywhere = HttpOptions(base_url="http://127.0.0.1")
    with HttpDoor(anywhere, root=str(folder), world=world, now=lambda: FETCHED_AT) as door:
        until = door.start_deadline(60, "not within a minute")
        with downloads.saving(link, until, staging=str(folder)) as path:
            yield Path(path)


def serve(body, **changes):
    return StandIn(lambda _asked: Reply(body, **changes))


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_a_file_is_saved_byte_for_byte_and_goes_when_nobody_wants_it(tmp_path, framing):
    body = random.Random(1).randbytes(3 * MEGABYTE)
    with serve(body, framing=framing) as server, saving(tmp_path, f"{server.url}/f") as path:
        assert path.parent == tmp_path
        assert path.read_bytes() == body
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_moved_away_stays_there(tmp_path):
    with serve(b"x") as server, saving(tmp_path, f"{server.url}/f") as path:
        path.rename(tmp_path / "kept")
    assert [one.name for one in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize("size", [20 * MEGABYTE, 4 * MEGABYTE, 4 * MEGABYTE - 1, 8 * MEGABYTE + 1])
def test_a_packed_file_is_whole_wherever_its_parts_end(tmp_path, size):
    """What does not fit into a part waits inside the unpacker."""
    noise = random.Random(2).randbytes(MEGABYTE // 4)
    packed = gzip.compress(noise) + gzip.compress(bytes(size)) + gzip.compress(noise)
    headers = {"Content-Encoding": "gzip"}
    with serve(packed, headers=headers) as server, saving(tmp_path, f"{server.url}/f") as path:
        assert path.read_bytes() == noise + bytes(size) + noise


def test_a_packed_file_is_bound_by_what_it_unpacks_to(tmp_path):
    packed = gzip.compress(random.Random(3).randbytes(MEGABYTE // 16) * 48)
    headers = {"Content-Encoding": "gzip"}
    with (
        serve(packed, headers=headers) as server,
        pytest.raises(SourceContractError, match="larger than 2 MiB"),
        saving(tmp_path, f"{server.url}/f", most=2 * MEGABYTE),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "pattern", "is_allowed"),
    [
        ("storage.example.com", "storage.example.com", True),
        ("a.storage.example.com", "*.storage.example.com", True),
        ("storage.example.com", "*.storage.example.com", False),
        ("a.storage.example.com", "storage.example.com", False),
        ("evilstorage.example.com", "*.storage.example.com", False),
        ("storage.example.com.evil.example", "storage.example.com", False),
    ],
)
def test_a_pattern_allows_its_hosts_and_no_others(tmp_path, host, pattern, is_allowed):
    """The name leads into our own network here, which nobody may ask us to look into."""
    said = "10.1.2.3, which is not public" if is_allowed else f"lies on {host}; bulk_hosts allows"
    asked = []

    def resolve(name, port):
        asked.append(name)
        return [(2, 1, 6, "", ("10.1.2.3", port))]

    way = {"allow_private": True, "allow_plain_http": True}
    with (
        pytest.raises(SourceRefusedError, match=re.escape(said)),
        saving(tmp_path, f"https://{host}/f?sig=x", hosts=[pattern], resolve=resolve, way=way),
    ):
        pass
    assert asked == ([host] if is_allowed else [])


def test_the_link_is_never_shown(tmp_path):
    with (
        serve(b"", status=404) as server,
        pytest.raises(SourceContractError, match="the link to the file is not taken") as caught,
        saving(tmp_path, f"{server.url}/path-of-theirs?Signature=theirs"),
    ):
        pass
    assert "theirs" not in str(caught.value)
