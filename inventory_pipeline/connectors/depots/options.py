"""Servers of dropped files, as the configuration names them."""

import re
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import Field, field_validator, model_validator

from inventory_pipeline.config.values import Duration, Secret
from inventory_pipeline.connectors.egress import parse_place
from inventory_pipeline.connectors.http_options import (
    Auth,
    HttpOptions,
    NoAuth,
    Options,
    Parameter,
    WayOptions,
)
from inventory_pipeline.connectors.safe_open import is_outside

AWS = "https://s3.{region}.amazonaws.com"
# A fingerprint as ssh-keygen -l prints it, or a public key as it stands in known_hosts.
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_PUBLIC_KEY = re.compile(r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/=]+")


class SftpTimeouts(Options):
    """How long to wait for an SFTP server."""

    connect: Duration = Field(timedelta(seconds=10), description="To reach the host and log in.")
    read: Duration = Field(timedelta(seconds=30), description="Between two pieces of an answer.")
    feed: Duration = Field(timedelta(minutes=30), description="One whole file.")


class SftpServer(Options):
    """Files behind SSH. The server's key is known beforehand; one that is not is refused."""

    kind: Literal["sftp"]
    host: str = Field(min_length=1, description="Name or address.")
    port: int = Field(22, ge=1, le=65535)
    user: str | Secret = Field(description="Who logs in.")
    password: Secret | None = Field(None, description="Its password; or else:")
    key: Secret | None = Field(None, description="Its private key, as OpenSSH or PEM text.")
    key_password: Secret | None = Field(None, description="What opens that key, if it is locked.")
    host_key: list[str] = Field(
        default_factory=list,
        description="Fingerprint SHA256:... or public key of the server; several while it changes.",
    )
    known_hosts: str | None = Field(None, description="Or a file as OpenSSH keeps it.")
    folder: str = Field(".", description="Where the paths of the feeds start, on the server.")
    timeouts: SftpTimeouts = Field(SftpTimeouts(), description="How long to wait.")
    retries: int = Field(2, ge=0, le=20, description="More tries after a lost connection.")

    @field_validator("host_key", mode="before")
    @classmethod
    def _is_list(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @field_validator("host_key")
    @classmethod
    def _are_keys(cls, value: list[str]) -> list[str]:
        for text in value:
            if not (_FINGERPRINT.fullmatch(text) or _PUBLIC_KEY.fullmatch(text)):
                raise ValueError(
                    f"{text[:60]!r} is no key of a server; write its fingerprint SHA256:... or "
                    "its public key, such as ssh-ed25519 AAAA..."
                )
        return value

    @field_validator("folder")
    @classmethod
    def _is_folder(cls, value: str) -> str:
        return _check_folder(value, "folder")

    @model_validator(mode="after")
    def _is_decided(self) -> "SftpServer":
        if (self.password is None) == (self.key is None):
            raise ValueError("give password or key, exactly one of them")
        if self.key_password is not None and self.key is None:
            raise ValueError("key_password opens a key, and there is none")
        if bool(self.host_key) == (self.known_hosts is not None):
            raise ValueError(
                "say which key the server has: host_key or known_hosts, exactly one of them; "
                "a key nobody named is never accepted"
            )
        return self


class S3Server(WayOptions):
    """Objects of one bucket, at Amazon or anywhere that speaks like it."""

    kind: Literal["s3"]
    bucket: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$", description="Its name.")
    prefix: str = Field("", description="Where the paths of the feeds start, in the bucket.")
    region: str = Field("us-east-1", pattern=r"^[a-z0-9-]{2,40}$", description="Of the bucket.")
    endpoint: str = Field(
        "", description="Of another service than Amazon's, such as https://minio.example.com."
    )
    access_key: str | Secret = Field(description="Name of the key.")
    secret_key: Secret = Field(description="The key.")
    session_token: Secret | None = Field(None, description="Of a key that ends.")

    @field_validator("prefix")
    @classmethod
    def _is_prefix(cls, value: str) -> str:
        return _check_folder(value.strip("/"), "prefix")

    @model_validator(mode="after")
    def _goes_where_it_may(self) -> "S3Server":
        if self.endpoint and parse_place(self.endpoint).target != "/":
            raise ValueError("endpoint has no path; the bucket and the prefix follow it")
        self.build_http()
        return self

    def build_http(self) -> HttpOptions:
        """Return how the door goes there: the bucket stands in the path."""
        start = (self.endpoint or AWS.format(region=self.region)).rstrip("/")
        way = f"{self.bucket}/{self.prefix}".rstrip("/")
        return _build_http(self, f"{start}/{quote(way, safe='/~')}")


class HttpServer(WayOptions):
    """Files of a web server, which can only be read."""

    kind: Literal["http"]
    base_url: str = Field(description="https URL; the paths of the feeds start there.")
    auth: Auth = Field(NoAuth(), description="Who we are.")
    headers: dict[str, Parameter] = Field(
        default_factory=dict, description="Headers of every request; {env: NAME} is a secret."
    )

    @model_validator(mode="after")
    def _goes_where_it_may(self) -> "HttpServer":
        self.build_http()
        return self

    def build_http(self) -> HttpOptions:
        """Return how the door goes there."""
        return _build_http(self, self.base_url, auth=self.auth, headers=self.headers)


Server = Annotated[SftpServer | S3Server | HttpServer, Field(discriminator="kind")]


def _build_http(way: WayOptions, base_url: str, **more: object) -> HttpOptions:
    shared = {name: getattr(way, name) for name in WayOptions.model_fields}
    # A file is one answer, and may take as long as a feed may.
    shared["timeouts"] = way.timeouts.model_copy(update={"answer": way.timeouts.feed})
    return HttpOptions(base_url=base_url, **shared, **more)


def _check_folder(value: str, name: str) -> str:
    if re.search(r"[\x00-\x1f\\]", value) or is_outside(value) or ".." in value.split("/"):
        raise ValueError(f"{name}: {value!r} is no plain path; write it without .. in it")
    return value
