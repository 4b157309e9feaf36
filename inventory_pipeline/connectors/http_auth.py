"""Auth: the six ways a source wants to know who asks, each as headers."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inventory_pipeline.connectors.assertion import sign_assertion
from inventory_pipeline.connectors.http import Badge, HttpDoor, judge_json, judge_status
from inventory_pipeline.connectors.http_options import (
    AssertionAuth,
    BasicAuth,
    BearerAuth,
    Call,
    HeaderAuth,
    HttpOptions,
    LoginAuth,
    OauthAuth,
)
from inventory_pipeline.connectors.http_wire import Answer, Deadline
from inventory_pipeline.connectors.json_paths import Path, find_text
from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.errors import SourceContractError, SourceRefusedError

# A token is given back this long before it ends, so that it does not end on its way.
MARGIN_SECONDS = 30.0
# A statement is made for one question, which is asked at once.
STATEMENT_SECONDS = 300
_SIGNED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class FixedBadge:
    """A badge that only the configuration changes."""

    auth: HeaderAuth | BearerAuth | BasicAuth | None

    def find_headers(self, door: HttpDoor, _until: Deadline) -> Mapping[str, str]:
        reveal = door.scribe.reveal
        match self.auth:
            case HeaderAuth() as auth:
                return {auth.name: auth.prefix + reveal(auth.value)}
            case BearerAuth() as auth:
                return {"Authorization": f"Bearer {reveal(auth.token)}"}
            case BasicAuth() as auth:
                return _write_basic(door, reveal(auth.username), reveal(auth.password))
        return {}

    def drop(self) -> bool:
        return False


@dataclass
class TokenBadge:
    """A badge that has to be asked for, and that ends."""

    auth: OauthAuth | AssertionAuth | LoginAuth
    _token: str = field(default="", repr=False)
    _ends: Deadline | None = None

    def find_headers(self, door: HttpDoor, until: Deadline) -> Mapping[str, str]:
        if self._token and self._ends and self._ends.ends <= self._ends.monotonic():
            self._token = ""
        if not self._token:
            seconds = self._fetch(door, until)
            margin = min(MARGIN_SECONDS, seconds / 2) if seconds else 0.0
            self._ends = door.start_deadline(seconds - margin, "") if seconds else None
        token = door.scribe.guard(self._token)
        return {self.auth.header: self.auth.prefix + token}

    def drop(self) -> bool:
        had, self._token = bool(self._token), ""
        return had

    def _fetch(self, door: HttpDoor, until: Deadline) -> float | None:
        if isinstance(self.auth, LoginAuth):
            self._token = _log_in(door, self.auth, until)
            return self.auth.lasts.total_seconds() if self.auth.lasts else None
        self._token, seconds = _ask_for_token(door, self.auth, until)
        return seconds


def build_badge(options: HttpOptions) -> Badge:
    """Return the badge the configuration names."""
    auth = options.auth
    if isinstance(auth, OauthAuth | AssertionAuth | LoginAuth):
        return TokenBadge(auth)
    return FixedBadge(auth if isinstance(auth, HeaderAuth | BearerAuth | BasicAuth) else None)


def _ask_for_token(
    door: HttpDoor, auth: OauthAuth | AssertionAuth, until: Deadline
) -> tuple[str, float | None]:
    form: dict[str, Any]
    headers: dict[str, Any] = {}
    if isinstance(auth, OauthAuth):
        form, headers = _write_secret(door, auth)
    else:
        form = _write_statement(door, auth)
    call = Call(method="POST", form={"grant_type": "client_credentials", **form}, headers=headers)
    question = door.scribe.write(call, {}, url=auth.token_url)
    answer = door.ask(
        question, until, judge=_judge_token, badge=FixedBadge(None), label="asking for a token"
    )
    found = load_strictly(decode_text(answer.body))
    token = find_text(found, Path.parse("access_token"))
    if not token:
        raise SourceContractError("the token answer has no access_token")
    ends = find_text(found, Path.parse("expires_in")) or ""
    return token, float(ends) if ends.isdigit() else None


def _write_secret(door: HttpDoor, auth: OauthAuth) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return form fields and headers that tell the client's secret."""
    form: dict[str, Any] = {"scope": auth.scope, **auth.extra}
    if auth.send_as == "basic":
        reveal = door.scribe.reveal
        return form, _write_basic(door, reveal(auth.client_id), reveal(auth.client_secret))
    return {**form, "client_id": auth.client_id, "client_secret": auth.client_secret}, {}


def _write_statement(door: HttpDoor, auth: AssertionAuth) -> dict[str, str]:
    """Return form fields that tell a statement signed for this one question."""
    reveal, now = door.scribe.reveal, int(door.now().timestamp())
    claims = {
        "iss": reveal(auth.client_id),
        "scope": auth.scope,
        "aud": auth.audience or auth.token_url,
        "iat": now,
        "exp": now + STATEMENT_SECONDS,
    }
    signed = sign_assertion(
        {name: value for name, value in claims.items() if value is not None},
        key=reveal(auth.key),
        key_id=auth.key_id,
        algorithm=auth.algorithm,
    )
    return {"client_assertion_type": _SIGNED, "client_assertion": door.scribe.guard(signed)}


def _log_in(door: HttpDoor, auth: LoginAuth, until: Deadline) -> str:
    question = door.scribe.write(auth.request, {}, url=auth.url or "")
    answer = door.ask(
        question, until, judge=_judge_token, badge=FixedBadge(None), label="logging in"
    )
    if auth.token_header:
        token = answer.headers.get(auth.token_header.lower(), "")
    else:
        found = load_strictly(decode_text(answer.body))
        token = find_text(found, Path.parse(str(auth.token_path))) or ""
    if not token:
        place = auth.token_header or auth.token_path
        raise SourceRefusedError(f"the login answer has no token at {place}: wrong credentials?")
    return token


def _judge_token(answer: Answer) -> None:
    if answer.status in (400, 401):
        raise SourceRefusedError(f"HTTP {answer.status}: the credentials were not taken")
    judge_status(answer)
    judge_json(answer)


def _write_basic(door: HttpDoor, username: str, password: str) -> dict[str, str]:
    packed = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"Authorization": f"Basic {door.scribe.guard(packed)}"}
