"""Options of servers, archive and X12: every mistake is said before the first hour."""

import json
import pickle

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.file_options import FilesOptions

COUNTS = "counts-{hour}.csv"
PRINT = "SHA256:" + "A" * 43
SFTP = {
    "kind": "sftp", "host": "sftp.example.com", "user": "acme",
    "password": {"env": "SFTP_PASSWORD"}, "host_key": PRINT,
}  # fmt: skip
HTTP = {"kind": "http", "base_url": "https://files.example.com/acme"}
S3 = {"kind": "s3", "bucket": "drops", "access_key": "A", "secret_key": {"env": "S3_SECRET"}}
KEY = {"env": "SFTP_KEY"}


def take(*names: str) -> dict:
    return {name: value for name, value in SFTP.items() if name not in names}


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (take("host_key"), "host_key or known_hosts, exactly one of them; a key nobody named"),
        (SFTP | {"known_hosts": "known_hosts"}, "host_key or known_hosts, exactly one"),
        (SFTP | {"host_key": []}, "host_key or known_hosts, exactly one"),
        (SFTP | {"host_key": "MD5:16:27:ac:a5"}, "is no key of a server; write its fingerprint"),
        (SFTP | {"host_key": "*"}, "is no key of a server"),
        (SFTP | {"host_key": "ssh-dss AAAA"}, "is no key of a server"),
        (take("password"), "give password or key, exactly one"),
        (SFTP | {"key": KEY}, "give password or key, exactly one"),
        (SFTP | {"key_password": KEY}, "key_password opens a key, and there is none"),
        (SFTP | {"password": "hunter2"}, "password"),
        (SFTP | {"folder": "/out/../etc"}, "no plain path; write it without .. in it"),
        (SFTP | {"folder": "a\0b"}, "no plain path"),
        (SFTP | {"port": 0}, "greater than or equal to 1"),
        (SFTP | {"host_keys": PRINT}, "Extra inputs"),
        ({"kind": "ftp", "host": "x"}, "'ftp' found using 'kind' does not match"),
        ({"host": "x"}, "kind"),
    ],
)
def test_a_server_that_is_not_fully_named_is_refused(server, said):
    with pytest.raises(ValidationError) as caught:
        FilesOptions.model_validate({"counts": COUNTS, "server": server})
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("name", ["/etc/x.csv", "a//b.csv", "./a.csv", "a/../b.csv", "a\\b.csv"])
@pytest.mark.parametrize("server", [SFTP, HTTP, S3])
def test_a_path_on_a_server_is_plain_and_below_its_folder(server, name):
    with pytest.raises(ValidationError, match="no plain path below the folder of the server"):
        FilesOptions.model_validate({"counts": name, "server": server})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"server": HTTP, "archive": "read"}, "a web server cannot be asked to move a file"),
        ({"counts": "counts.csv", "archive": "read"}, "write the hour into the folder"),
        ({"archive": "../read"}, "leads out of the folder"),
        ({"archive": "read-{day}"}, "a brace that is not {hour}"),
        ({"server": SFTP, "archive": "/read"}, "no plain path below the folder"),
        ({"server": SFTP, "owner": "acme"}, "the users of a server are not those"),
        ({"counts": []}, "name one file or several, each of them once"),
        ({"counts": [COUNTS, COUNTS]}, "name one file or several, each of them once"),
        ({"counts": [COUNTS, "c.xls"]}, "ends in none of"),
        ({"digest": "crc32"}, "'sha256', 'sha512' or 'md5'"),
        ({"header_row": 0}, "greater than or equal to 1"),
        ({"counts": "c.edi"}, "x12.facts: say which quantity is which"),
        ({"levels": "l.edi"}, "X12 tells of counts and movements, not of levels"),
        (
            {"movements": "m.x12", "columns": {"movements": {"item_id": "SKU"}}},
            "an X12 file has no names of columns",
        ),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, said):
    with pytest.raises(ValidationError) as caught:
        FilesOptions.model_validate({"counts": COUNTS, **options})
    assert said in str(caught.value)


@pytest.mark.parametrize(("server", "seconds"), [(None, 2), (SFTP, 30), (S3, 30), (HTTP, 30)])
def test_a_file_on_a_server_rests_longer_unless_it_is_said(server, seconds):
    given = {"counts": COUNTS} | ({"server": server} if server else {})
    assert FilesOptions.model_validate(given).settle_seconds == seconds
    assert FilesOptions.model_validate(given | {"settle": "5s"}).settle_seconds == 5


def test_the_hour_in_the_folder_makes_an_archive_of_a_file_that_is_always_called_the_same():
    options = FilesOptions.model_validate({"counts": "counts.csv", "archive": "read/{hour}/"})
    assert options.archive == "read/{hour}"


def test_a_servers_options_have_a_schema_and_keep_their_secrets():
    options = FilesOptions.model_validate({"counts": COUNTS, "server": SFTP})
    json.dumps(FilesOptions.model_json_schema())
    assert "SFTP_PASSWORD" not in repr(options)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(options)
