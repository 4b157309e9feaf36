"""``files`` over S3: signed as Amazon's own library checks it, and through our own door."""

import hashlib
import json
import logging
import sys

import pytest
import requests
from pydantic import ValidationError

from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline_tests.support.far_files import (
    NAME,
    build_far,
    name_s3,
    write_count,
    write_secret,
)
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.http_sources import Clockwork
from inventory_pipeline_tests.support.s3_server import (
    KEY,
    SECRET,
    build_client,
    make_bucket,
    serving_moto,
)
from inventory_pipeline_tests.support.stand_in import Reply, StandIn


@pytest.fixture
def read(s3, tmp_path):
    def fetch(clock=None, server=None, **options):
        named = name_s3(s3, tmp_path, **(server or {}))
        shelf = build_far(tmp_path, named, clock or Clockwork(), **options)
        fetched, pages = land(shelf, "counts", tmp_path / "landing")
        return fetched, shelf.parse("counts", pages).rows["item_id"].to_list()

    return fetch


def test_an_object_is_read_and_is_whole_as_it_was_stored(read, s3):
    s3.put(f"out/{NAME}", write_count("A", "B"))
    clock = Clockwork()
    fetched, items = read(clock)
    assert items == ["A", "B"]
    digest = hashlib.sha256(write_count("A", "B")).hexdigest()
    assert fetched.end_marker == f"file of 112 bytes, whole as it was stored, sha256 {digest}"
    assert clock.slept == []


def test_a_missing_object_is_missing(read, s3):
    s3.put("elsewhere/" + NAME, write_count("A"))
    with pytest.raises(SourceUnavailableError, match=f"there is no file .*/out/{NAME}"):
        read()


def test_markers_and_digests_count_here_too(read, s3):
    s3.put(f"out/{NAME}", write_count("A"))
    with pytest.raises(SourceUnavailableError, match="still being written"):
        read(done=True)
    s3.put(f"out/{NAME}.done", b"")
    s3.put(f"out/{NAME}.sha256", hashlib.sha256(write_count("A")).hexdigest().encode())
    assert read(done=True, digest="sha256")[1] == ["A"]
    s3.put(f"out/{NAME}", write_count("B"))
    s3.put(f"out/{NAME}.done", b"")
    with pytest.raises(SourceContractError, match="it is not whole, or was changed"):
        read(done=True, digest="sha256")


@pytest.mark.parametrize("name", ["dt=1/a b+c%2F&é.csv", "=cmd() $(id) ~'*.csv", "x//y.csv"])
def test_any_key_below_the_prefix_is_signed_and_read(read, s3, name):
    if "//" in name:
        with pytest.raises(ValidationError, match="no plain path below the folder"):
            read(counts=name)
        return
    s3.put(f"out/{name}", write_count("A"))
    assert read(counts=name)[1] == ["A"]


@pytest.mark.parametrize(
    "name", ["../secret.csv", "a/../../secret.csv", "/out/c.csv", "a\\..\\c.csv"]
)
def test_no_name_leads_out_of_the_prefix(read, s3, name):
    s3.put("secret.csv", write_count("SECRET"))
    with pytest.raises(ValidationError, match=r"leads out of|no plain path"):
        read(counts=name)


@pytest.fixture
def guarded(tmp_path):
    """A bucket of a server that checks every signature, and a key that fits."""
    with serving_moto() as url:
        s3, iam = make_bucket(url, "guarded"), build_client(url, "iam")
        s3.put(f"out/{NAME}", write_count("A"))
        iam.create_user(UserName="reader")
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        iam.put_user_policy(
            UserName="reader",
            PolicyName="all",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
        )
        requests.post(f"{url}/moto-api/reset-auth", data=b"0", timeout=5)
        try:
            yield s3, key["AccessKeyId"], key["SecretAccessKey"]
        finally:
            requests.post(f"{url}/moto-api/reset-auth", data=b"inf", timeout=5)


def test_a_signature_is_checked_by_the_other_side(guarded, tmp_path, caplog):
    s3, key, secret = guarded
    for given, is_right in ((secret, True), ("wrong/secret", False)):
        given_key = write_secret(tmp_path, given, "given")
        named = name_s3(s3, tmp_path, access_key=key, secret_key=given_key)
        shelf = build_far(tmp_path, named)
        if is_right:
            assert land(shelf, "counts", tmp_path / "landing")[0].is_complete
            continue
        with caplog.at_level(logging.DEBUG), pytest.raises(SourceRefusedError) as caught:
            land(shelf, "counts", tmp_path / "landing")
        assert "HTTP 403" in str(caught.value)
        assert "s3:ListBucket" in str(caught.value)
        assert given not in str(caught.value) + caplog.text


def test_a_token_that_ends_is_part_of_what_is_signed(tmp_path):
    with StandIn(lambda _asked: Reply(b"", 404)) as server:
        named = {
            "kind": "s3", "endpoint": server.url, "bucket": "drops", "access_key": KEY,
            "secret_key": write_secret(tmp_path, SECRET),
            "session_token": write_secret(tmp_path, "t0ken", "token"),
        }  # fmt: skip
        with pytest.raises(SourceUnavailableError):
            land(build_far(tmp_path, named), "counts", tmp_path / "landing")
        headers = server.asked[0].headers
    assert headers["x-amz-security-token"] == "t0ken"
    assert "x-amz-security-token" in headers["authorization"]
    assert "/us-east-1/s3/aws4_request" in headers["authorization"]


def test_a_bucket_in_another_region_says_which(tmp_path):
    moved = Reply(b"", 301, headers={"x-amz-bucket-region": "eu-west-3"})
    with StandIn(lambda _asked: moved) as server:
        named = {
            "kind": "s3", "endpoint": server.url, "bucket": "drops", "access_key": KEY,
            "secret_key": write_secret(tmp_path, SECRET),
        }  # fmt: skip
        with pytest.raises(SourceRefusedError, match="another region, say region: 'eu-west-3'"):
            land(build_far(tmp_path, named), "counts", tmp_path / "landing")


def test_nothing_of_a_cloud_on_this_machine_is_looked_at(read, s3, monkeypatch, tmp_path):
    s3.put(f"out/{NAME}", write_count("A"))
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASOMEBODYELSE")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert read()[1] == ["A"]


def test_without_the_extra_the_error_names_the_command_that_installs_it(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "botocore.auth", None)
    with pytest.raises(SourceRefusedError, match=r"pip install 'inventory-pipeline\[s3\]'"):
        read()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"endpoint": "http://minio.example.com"}, "is not encrypted; use https"),
        ({"endpoint": "https://minio.example.com/storage"}, "endpoint has no path"),
        ({"bucket": "../other"}, "String should match pattern"),
        ({"prefix": "a/../../b"}, "no plain path"),
        ({"region": "eu/../x"}, "String should match pattern"),
        ({"secret_key": "pasted"}, "secret_key"),
    ],
)
def test_a_mistake_is_refused_in_the_configuration(tmp_path, changes, said):
    named = {
        "kind": "s3", "bucket": "drops", "access_key": KEY,
        "secret_key": write_secret(tmp_path, SECRET), **changes,
    }  # fmt: skip
    with pytest.raises(ValidationError) as caught:
        build_far(tmp_path, named)
    assert said in str(caught.value)
    assert "pasted" not in str(caught.value)
