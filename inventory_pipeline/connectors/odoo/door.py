"""The XML-RPC door: asked in JSON, it speaks XML-RPC and answers as JSON-2 would.

So everything behind it is the same for both: pages, rows, and what a "no" means. The codes of
faults are those of odoo/odoo, addons/rpc/controllers/xmlrpc.py (before 19 in
odoo/addons/base/controllers/rpc.py), which also never marshals None.
"""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from inventory_pipeline.connectors.http import Badge, HttpDoor, Judge, NotSentError, judge_status
from inventory_pipeline.connectors.http_auth import FixedBadge
from inventory_pipeline.connectors.http_options import Call
from inventory_pipeline.connectors.http_wire import Answer, Deadline, Question
from inventory_pipeline.connectors.json_paths import Path, find_text
from inventory_pipeline.connectors.json_strict import load_strictly
from inventory_pipeline.connectors.xml_rpc import pack_call, unpack_answer
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
)

# Fault code → the status with which JSON-2 says the same.
_STATUSES = {"2": 422, "3": 401, "4": 403}
_UNEXPECTED = 500
# What is left of a method that returned nothing: it was carried out all the same.
_NOTHING = "cannot marshal None"
_TYPES = ("text/xml", "application/xml")
_JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Login:
    """Who asks, as every XML-RPC call says it."""

    database: str
    user: str
    key: str = field(repr=False)


class XmlRpcDoor(HttpDoor):
    """Logs in with the first question, and packs and unpacks all of them."""

    def __init__(self, options: Any, *, login: Login, **place: Any) -> None:
        super().__init__(options, **place)
        self._login = login
        self.scribe.guard(login.key)
        self._user_id: int | None = None

    def ask(
        self, question: Question, until: Deadline, *, judge: Judge, badge: Badge, label: str
    ) -> Answer:
        packed = self._pack(question, self._find_user(until))
        return self._ask_packed(packed, until, judge=judge, badge=badge, label=label)

    def send(self, question: Question, *, badge: Badge) -> Answer:
        seconds = self._options.timeouts.answer.total_seconds()
        until = self.start_deadline(seconds, f"no whole answer within {seconds:g} s")
        try:
            packed = self._pack(question, self._find_user(until))
        except (SourceError, ConfigError) as error:
            raise NotSentError(str(error)) from None
        return _unpack(super().send(packed, badge=badge))

    def _ask_packed(self, packed: Question, until: Deadline, *, judge: Judge, **how: Any) -> Answer:
        unpacked: dict[str, Answer] = {}

        def judge_unpacked(answer: Answer) -> None:
            unpacked["last"] = _unpack(answer)
            judge(unpacked["last"])

        super().ask(packed, until, judge=judge_unpacked, **how)
        return unpacked["last"]

    def _find_user(self, until: Deadline) -> int:
        """Return the number of the user whose login it is, asking for it once.

        Raises:
            SourceError: nobody could be asked, or the login is not known.
        """
        if self._user_id is None:
            login = self._login
            call = Call(path="xmlrpc/2/common", method="POST", body={})
            parameters = [login.database, login.user, login.key, {}]
            packed = _fill(self.scribe.write(call, {}), pack_call("authenticate", parameters))
            answer = self._ask_packed(
                packed, until, judge=judge_status, badge=FixedBadge(None), label="logging in"
            )
            said = load_strictly(answer.body.decode())
            if not (isinstance(said, str) and said.isdigit()):
                raise SourceRefusedError(
                    "logging in: Odoo knows no such login and key in this database"
                )
            self._user_id = int(said)
        return self._user_id

    def _pack(self, question: Question, user: int) -> Question:
        asked, login = json.loads(question.body or b"{}"), self._login
        call = [asked[name] for name in ("model", "method", "args", "kwargs")]
        body = pack_call("execute_kw", [login.database, user, login.key, *call])
        return _fill(question, body)


def _fill(question: Question, body: bytes) -> Question:
    headers = {**question.headers, "Accept": "text/xml", "Content-Type": "text/xml"}
    return replace(question, headers=headers, body=body)


def _unpack(answer: Answer) -> Answer:
    """Return what JSON-2 would have answered; what is no answer of Odoo's stays as it is.

    Raises:
        SourceContractError: with a good status came something else than XML-RPC.
    """
    if not 200 <= answer.status < 300:
        return answer
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in _TYPES:
        raise SourceContractError(
            f"the answer is {kind[:60] or 'of no named type'}, wanted XML (a login or error page?)"
        )
    text, is_fault = unpack_answer(answer.body)
    if not is_fault:
        return Answer(200, {**answer.headers, **_JSON}, text.encode())
    fault = load_strictly(text)
    code = find_text(fault, Path.parse("faultCode")) or ""
    said = find_text(fault, Path.parse("faultString")) or ""
    if _NOTHING in said and code not in _STATUSES:
        return Answer(200, {**answer.headers, **_JSON}, b"null")
    # Of an unexpected error the text is a traceback, which ends with what it is.
    lines = [line for line in said.splitlines() if line.strip()]
    message = json.dumps({"message": lines[-1] if lines and code not in _STATUSES else said})
    status = _STATUSES.get(code, _UNEXPECTED)
    return Answer(status, {**answer.headers, **_JSON}, message.encode())
