"""XML-RPC: calls written, answers read as the JSON they would be. Pure.

Reading refuses what an answer never needs and a bomb is made of: document types, entities,
elements of any other language, nesting without end. A number stays the text it was.
"""

import json
import re
import xmlrpc.client
from collections.abc import Sequence
from typing import Any
from xml.parsers import expat

from inventory_pipeline.errors import SourceContractError

MAX_DEPTH = 192
_INTEGER = re.compile(r"\s*([+-]?[0-9]{1,19})\s*")
_DOUBLE = re.compile(r"\s*(-?)0*([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)\s*")
_WHOLE = ("int", "i4", "i8")
_TEXTS = ("string", "dateTime.iso8601", "base64")
_SCALARS = (*_WHOLE, *_TEXTS, "double", "boolean", "nil")
_FRAMES = {"array": ("[", "]"), "struct": ("{", "}")}
_KNOWN = {
    *_SCALARS, *_FRAMES, "methodResponse", "params", "param", "fault", "value", "data", "member",
    "name",
}  # fmt: skip


def pack_call(method: str, parameters: Sequence[Any]) -> bytes:
    """Return the body of one call."""
    text = xmlrpc.client.dumps(tuple(parameters), method, encoding="utf-8", allow_none=True)
    return text.encode()


def unpack_answer(body: bytes) -> tuple[str, bool]:
    """Return an answer as JSON, and whether it is a fault.

    Raises:
        SourceContractError: it is no whole XML-RPC answer, or declares what none needs.
    """
    reader = _Reader()
    reader.read(body)
    if reader.answer is None:
        raise SourceContractError("the answer is XML and holds no XML-RPC result")
    return reader.answer, reader.is_fault


class _Reader:
    """Builds the JSON of every value when its element ends.

    Attributes:
        answer: JSON of the one value of the answer.
    """

    def __init__(self) -> None:
        self.answer: str | None = None
        self.is_fault = False
        self._tags: list[str] = []
        self._frames: list[list[str]] = []
        self._names: list[str] = []
        self._value: str | None = None
        self._text: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append
        self._parser.StartDoctypeDeclHandler = _refuse_declaration
        self._parser.EntityDeclHandler = _refuse_declaration

    def read(self, body: bytes) -> None:
        try:
            self._parser.Parse(body, True)
        except expat.ExpatError as error:
            raise SourceContractError(
                f"the answer is not whole XML: {expat.ErrorString(error.code)} "
                f"in line {error.lineno:,}"
            ) from None

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        if tag not in _KNOWN:
            raise SourceContractError(f"the answer holds <{tag[:40]}>; that is no XML-RPC")
        if len(self._tags) >= MAX_DEPTH:
            raise SourceContractError("the answer is nested too deep; wanted rows")
        self._tags.append(tag)
        if tag in _FRAMES:
            self._frames.append([])
        if tag == "value":
            self._value = None
        self._text.clear()

    def _end(self, tag: str) -> None:
        self._tags.pop()
        text = "".join(self._text)
        if tag in _SCALARS:
            self._value = _render(tag, text)
        elif tag in _FRAMES:
            opens, closes = _FRAMES[tag]
            self._value = f"{opens}{','.join(self._frames.pop())}{closes}"
        elif tag == "name":
            self._names.append(json.dumps(text))
        elif tag == "value":
            self._place(json.dumps(text) if self._value is None else self._value)
            self._value = None
        self._text.clear()

    def _place(self, value: str) -> None:
        """Put a whole value where it belongs: into the answer, a list or a member."""
        parent = self._tags[-1] if self._tags else ""
        if parent in ("param", "fault") and self.answer is None:
            self.answer, self.is_fault = value, parent == "fault"
        elif parent == "data" and self._frames:
            self._frames[-1].append(value)
        elif parent == "member" and self._frames and self._names:
            self._frames[-1].append(f"{self._names.pop()}:{value}")
        else:
            raise SourceContractError("the answer has a value where XML-RPC has none")


def _render(tag: str, text: str) -> str:
    if tag in _TEXTS:
        return json.dumps(text)
    if tag == "nil":
        return "null"
    if tag == "boolean" and text.strip() in ("0", "1"):
        return "true" if text.strip() == "1" else "false"
    if tag in _WHOLE and (found := _INTEGER.fullmatch(text)):
        return str(int(found[1]))
    if tag == "double" and (found := _DOUBLE.fullmatch(text)):
        return f"{found[1]}{found[2]}"
    raise SourceContractError(f"the answer has a <{tag}> that is none: {text[:20]!r}")


def _refuse_declaration(*_: object) -> None:
    raise SourceContractError("the answer declares a document type; no XML-RPC answer does")
