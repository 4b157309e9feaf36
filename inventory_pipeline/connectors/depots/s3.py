"""S3 and what speaks like it, as a depot: one bucket, below one prefix.

Signatures are botocore's; the requests go through the project's own door, so that every rule
of it holds here, too, and no file, variable or metadata service of a cloud is looked at. The
bucket stands in the path, which all of them understand. An object is there whole or not at all.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html, API_GetObject.html,
API_CopyObject.html, API_DeleteObject.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.config.values import Secret
from inventory_pipeline.connectors.depots.web import AS_STORED, WebDepot
from inventory_pipeline.connectors.extras import load_extra
from inventory_pipeline.connectors.http import Badge, HttpDoor
from inventory_pipeline.connectors.http_wire import Answer, Deadline, Question
from inventory_pipeline.errors import (
    FileAbsentError,
    SourceRefusedError,
    SourceUnavailableError,
)

COPIED = b"CopyObjectResult"
REGION = "x-amz-bucket-region"


@dataclass(frozen=True)
class Keys:
    """Who signs, and for which region."""

    region: str
    access_key: str | Secret
    secret_key: Secret
    session_token: Secret | None = None


class S3Depot(WebDepot):
    """Objects below one prefix of one bucket."""

    is_atomic = True

    def __init__(self, door: HttpDoor, keys: Keys, *, base_url: str, seconds: float) -> None:
        super().__init__(door, _S3Manner(keys), base_url=base_url, seconds=seconds)

    def write(self, name: str, body: bytes) -> None:
        self.ask(Question(self.find_place(name), "PUT", {}, body))

    def remove(self, name: str) -> None:
        self.ask(Question(self.find_place(name), "DELETE"))

    def move(self, name: str, to: str) -> None:
        """Copy an object under another name, and delete it only once that copy is there."""
        if self._is_there(to):
            raise SourceRefusedError(f"{self.describe(to)} is there already")
        source = self.find_place(name)
        seen = self.ask(Question(source, "HEAD"))
        headers = {
            "x-amz-copy-source": source.path,
            "x-amz-copy-source-if-match": seen.headers.get("etag", "*"),
        }
        answer = self.ask(Question(self.find_place(to), "PUT", headers))
        if COPIED not in answer.body:
            # An error may come with status 200: the answer begins before the copy is made.
            raise SourceUnavailableError(f"{self.describe(to)} was not made: the copy failed")
        self.ask(Question(source, "DELETE"))

    def _is_there(self, name: str) -> bool:
        try:
            self.look(name)
        except FileAbsentError:
            return False
        return True


@dataclass(frozen=True)
class _S3Manner:
    keys: Keys

    def find_headers(self, _door: HttpDoor) -> Mapping[str, str]:
        return AS_STORED

    def find_badge(self, question: Question) -> Badge:
        return _Signature(self.keys, question)

    def explain(self, answer: Answer) -> str:
        region = answer.headers.get(REGION, self.keys.region)
        if region != self.keys.region:
            return f"the bucket is in another region, say region: {region[:40]!r}"
        if answer.status == 403:
            return (
                "a wrong key, no right to read, or no such file, which S3 tells only to those "
                "who may list the bucket (s3:ListBucket)"
            )
        return ""


@dataclass(frozen=True)
class _Signature:
    """Signs one question, anew at every try."""

    keys: Keys
    question: Question

    def find_headers(self, door: HttpDoor, _until: Deadline) -> Mapping[str, str]:
        auth = load_extra("botocore.auth", extra="s3")
        request = load_extra("botocore.awsrequest", extra="s3").AWSRequest(
            self.question.method,
            str(self.question.place),
            data=self.question.body or b"",
            headers={n: v for n, v in self.question.headers.items() if n.startswith("x-amz-")},
        )
        auth.S3SigV4Auth(self._reveal(door), "s3", self.keys.region).add_auth(request)
        return dict(request.headers.items())

    def drop(self) -> bool:
        return False

    def _reveal(self, door: HttpDoor) -> Any:
        token = self.keys.session_token
        return load_extra("botocore.credentials", extra="s3").Credentials(
            door.scribe.reveal(self.keys.access_key),
            door.scribe.reveal(self.keys.secret_key),
            door.scribe.reveal(token) if token else None,
        )
