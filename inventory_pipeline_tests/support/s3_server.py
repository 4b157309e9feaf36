"""An S3 server that others wrote (moto), in a thread, with one bucket for each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

KEY, SECRET, REGION = "AKIAEXAMPLE", "not/a+real=secret", "eu-central-1"


@dataclass(frozen=True)
class S3:
    """A bucket of a running server."""

    url: str
    bucket: str
    client: Any

    def put(self, key: str, body: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=body)

    def get(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def list_keys(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return [entry["Key"] for entry in found]


@cache
def build_client(url: str, service: str, *, key: str = KEY, secret: str = SECRET) -> Any:
    """Return a client of Amazon's own library that looks at nothing of this machine."""
    import boto3  # noqa: PLC0415 it takes a second, and few tests want a bucket

    session = boto3.session.Session(key, secret, region_name=REGION)
    return session.client(service, endpoint_url=url, use_ssl=False)


@contextmanager
def serving_moto() -> Iterator[str]:
    """Serve on 127.0.0.1 at a free port; the URL is given."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 as above

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def make_bucket(url: str, name: str) -> S3:
    client = build_client(url, "s3")
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return S3(url, name, client)
