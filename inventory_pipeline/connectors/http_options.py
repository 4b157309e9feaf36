"""Options every HTTP connector shares: where, who we are, how long, how often."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from inventory_pipeline.config.values import Duration, Secret
from inventory_pipeline.connectors.egress import Place, is_loopback_host, parse_place
from inventory_pipeline.connectors.templates import JsonText, check_template

_ENDED = Field(
    default_factory=lambda: [401],
    description="Statuses that say the token has ended; another one is fetched, once.",
)
# Header names that this side decides, or that only a proxy may set.
_RESERVED = ("host", "content-length", "transfer-encoding", "connection", "accept-encoding")

_STORAGE = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")

Scalar = str | int | float | bool | Secret | JsonText
Parameter = Scalar | list[Scalar] | None


def _check_host(host: str) -> str:
    if not _STORAGE.fullmatch(host):
        raise ValueError(f"{host[:80]!r} is no host, such as storage.googleapis.com")
    return host


# A host that files may lie on; ``*.example.com`` stands for every name below.
StorageHost = Annotated[str, AfterValidator(_check_host)]


class Options(BaseModel):
    """Base: frozen, and a key nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Timeouts(Options):
    """How long to wait. ``answer`` ends a source that drips; ``feed`` ends one without end."""

    connect: Duration = Field(timedelta(seconds=10), description="To reach the host.")
    read: Duration = Field(timedelta(seconds=30), description="Between two pieces of an answer.")
    answer: Duration = Field(
        timedelta(seconds=120), description="One page from question to last byte, retries included."
    )
    feed: Duration = Field(timedelta(minutes=30), description="All pages of one feed.")


class RateLimit(Options):
    """How the source says that we ask too often."""

    remaining: str | None = Field(None, description="Header with the calls that are left.")
    reset: str | None = Field(
        None, description="Header with seconds to wait (or a Unix time) once none is left."
    )
    retry_after: str | None = Field(
        None, description="Header that stands for Retry-After where the source has its own."
    )
    in_milliseconds: bool = Field(
        False, description="What reset and retry_after say counts milliseconds."
    )
    per_second: float | None = Field(None, gt=0, description="Never ask more often than this.")
    announced: str | None = Field(
        None, description="Header that says how many questions a second are allowed."
    )


class Call(Options):
    """One request, as a template."""

    path: str = Field("", description="Below base_url.")
    method: Literal["GET", "POST"] = Field("GET", description="GET, or POST where a body asks.")
    query: dict[str, Parameter] = Field(
        default_factory=dict, description="Query; a list repeats the key, null leaves it out."
    )
    headers: dict[str, Parameter] = Field(default_factory=dict, description="More headers.")
    body: Any = Field(
        None, description="JSON body; {secret: {env: NAME}} anywhere inside is a secret."
    )
    form: dict[str, Parameter] | None = Field(None, description="Form body instead of JSON.")

    @model_validator(mode="after")
    def _can_be_filled(self) -> "Call":
        for value in (self.path, self.query, self.headers, self.body, self.form):
            check_template(value)
        if self.body is not None and self.form is not None:
            raise ValueError("give body or form, not both")
        if self.method == "GET" and (self.body is not None or self.form is not None):
            raise ValueError("a body needs method: POST")
        check_headers(self.headers)
        return self


class NoAuth(Options):
    """Nobody asks who we are."""

    kind: Literal["none"] = "none"


class HeaderAuth(Options):
    """A key in a header of its own."""

    kind: Literal["header"]
    name: str = Field(description="Header, such as X-Api-Key.")
    value: Secret = Field(description="The key.")
    prefix: str = Field("", description='Text before the key, such as "Session ".')


class BearerAuth(Options):
    """``Authorization: Bearer TOKEN``."""

    kind: Literal["bearer"]
    token: Secret = Field(description="The token.")


class BasicAuth(Options):
    """``Authorization: Basic``, user and password."""

    kind: Literal["basic"]
    username: str | Secret = Field(description="User.")
    password: Secret = Field(description="Password.")


class OauthAuth(Options):
    """OAuth 2 client credentials; a token is asked for again when it ends, or after one 401."""

    kind: Literal["oauth"]
    token_url: str = Field(description="Where tokens are handed out; may be another host.")
    client_id: str | Secret = Field(description="Name of the client.")
    client_secret: Secret = Field(description="Its secret.")
    scope: str | None = Field(None, description="What the token is to allow.")
    send_as: Literal["body", "basic"] = Field("body", description="How the client says its name.")
    extra: dict[str, Scalar] = Field(default_factory=dict, description="More form fields.")
    header: str = Field("Authorization", description="Header the token goes into.")
    prefix: str = Field("Bearer ", description="Text before the token.")
    ended: list[int] = _ENDED


class AssertionAuth(Options):
    """OAuth 2 client credentials, where a signed statement stands for the secret (RFC 7523)."""

    kind: Literal["assertion"]
    token_url: str = Field(description="Where tokens are handed out; may be another host.")
    client_id: str | Secret = Field(description="Name of the client: the statement's iss.")
    key: Secret = Field(description="Private key that signs (PEM).")
    key_id: str = Field(description="What the other side calls that key: kid.")
    algorithm: Literal["PS256", "ES256"] = Field(
        "PS256", description="PS256 for an RSA key, ES256 for one on the curve P-256."
    )
    scope: str | None = Field(None, description="What the token is to allow.")
    audience: str | None = Field(None, description="The statement's aud; none: token_url.")
    header: str = Field("Authorization", description="Header the token goes into.")
    prefix: str = Field("Bearer ", description="Text before the token.")
    ended: list[int] = _ENDED


class LoginAuth(Options):
    """A request that answers with a token, which then goes into a header."""

    kind: Literal["login"]
    request: Call = Field(description="The request that logs in.")
    url: str | None = Field(None, description="Where it goes instead of below base_url.")
    token_path: str | None = Field(None, description="Path to the token in the JSON answer.")
    token_header: str | None = Field(None, description="Or the answer's header that holds it.")
    header: str = Field("Authorization", description="Header the token goes into.")
    prefix: str = Field("Bearer ", description="Text before the token.")
    lasts: Duration | None = Field(None, description="Log in again after this long.")
    ended: list[int] = _ENDED

    @model_validator(mode="after")
    def _names_one_place(self) -> "LoginAuth":
        if (self.token_path is None) == (self.token_header is None):
            raise ValueError("give token_path or token_header, exactly one of them")
        return self


Auth = Annotated[
    NoAuth | HeaderAuth | BearerAuth | BasicAuth | OauthAuth | AssertionAuth | LoginAuth,
    Field(discriminator="kind"),
]


class WayOptions(Options):
    """How a system is reached, whatever it is asked; a write is never tried again by itself."""

    ca_file: str | None = Field(None, description="More trusted certificates (PEM).")
    allow_plain_http: bool = Field(
        False, description="Speak http to a host other than this machine. Anyone can read it."
    )
    allow_private: bool = Field(
        False, description="The host name leads into your own network (10.x, 192.168.x ...)."
    )
    timeouts: Timeouts = Field(Timeouts(), description="How long to wait.")
    retries: int = Field(4, ge=0, le=20, description="More tries after a passing failure.")
    rate_limit: RateLimit = Field(RateLimit(), description="How often to ask.")

    def share(self) -> dict[str, Any]:
        """Return these options for those of a connector that goes the same way."""
        return {name: getattr(self, name) for name in WayOptions.model_fields}


class HttpOptions(WayOptions):
    """Where the system is and how it is spoken to."""

    base_url: str = Field(
        description="https URL; nothing outside its origin and path is ever asked."
    )
    auth: Auth = Field(NoAuth(), description="Who we are.")
    headers: dict[str, Parameter] = Field(
        default_factory=dict, description="Headers of every request; {env: NAME} is a secret."
    )
    reads_past: bool = Field(
        False,
        description="Every request names its hour and the source remembers it: a missed hour "
        "can be asked for later.",
    )
    content_types: list[str] = Field(
        default_factory=list, description="Content types to take as JSON beside application/json."
    )

    @model_validator(mode="after")
    def _goes_where_it_may(self) -> "HttpOptions":
        place = self.check_url(self.base_url)
        if place.query:
            raise ValueError("base_url has no query; use query: of the feed")
        if isinstance(self.auth, OauthAuth | AssertionAuth):
            self.check_url(self.auth.token_url)
        if isinstance(self.auth, LoginAuth) and self.auth.url is not None:
            self.check_url(self.auth.url)
        if isinstance(self.auth, HeaderAuth):
            check_headers({self.auth.name: None})
        if isinstance(self.auth, OauthAuth | AssertionAuth | LoginAuth):
            check_headers({self.auth.header: None})
        check_template(self.headers)
        check_headers(self.headers)
        return self

    def check_url(self, url: str) -> Place:
        """Take a configured URL apart.

        Raises:
            ValueError: no URL, or plain http where it may not be.
        """
        place = parse_place(url)
        if place.scheme == "http" and not (self.allow_plain_http or is_loopback_host(place.host)):
            raise ValueError(f"{place} is not encrypted; use https, or say allow_plain_http: true")
        return place


def check_headers(headers: dict[str, Any]) -> None:
    """Raise ValueError for a header that is no name or that is not ours to set."""
    for name in headers:
        if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
            raise ValueError(f"{name[:40]!r} is no header name")
        if name.lower() in _RESERVED:
            raise ValueError(f"the header {name} is set by the connector")
