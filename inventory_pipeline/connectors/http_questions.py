"""Questions: a configured request filled in, with the secrets that go into it.

Whoever writes a secret remembers it, so that no message repeats it.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from inventory_pipeline.config.values import Secret
from inventory_pipeline.connectors.egress import Place, parse_place
from inventory_pipeline.connectors.http_options import Call, HttpOptions
from inventory_pipeline.connectors.http_wire import Question
from inventory_pipeline.connectors.templates import (
    AFTER,
    Words,
    fill,
    render_json,
    render_value,
)
from inventory_pipeline.errors import SourceContractError

_OWN_HEADERS = {"Accept": "application/json", "User-Agent": "inventory-pipeline"}
_LONGEST_QUOTE = 200


class Scribe:
    """Writes the questions of one fetch; the secrets it read live no longer."""

    def __init__(self, options: HttpOptions, *, root: str) -> None:
        self._options, self._root = options, root
        self._secrets: set[str] = set()

    def reveal(self, value: str | Secret) -> str:
        """Return a configured text or secret; a secret is kept out of messages from here on."""
        return self.guard(value.reveal(self._root)) if isinstance(value, Secret) else value

    def guard(self, secret: str) -> str:
        """Keep a secret that an answer gave out of messages, too, and return it."""
        self._secrets.add(secret)
        return secret

    def redact(self, text: str) -> str:
        """Return foreign text fit for a message: short, printable, without our secrets."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return "".join(char if char.isprintable() else " " for char in text[:_LONGEST_QUOTE])

    def write(self, call: Call, words: Words, *, url: str = "") -> Question:
        """Fill in one configured request.

        Args:
            url: where to instead of ``base_url`` and the path, such as for a token.

        Raises:
            SourceContractError: what was filled into the path makes no path.
        """
        body, kind = self._write_body(call, words)
        headers = self._write_fields({**self._options.headers, **call.headers}, words)
        flat = {name: ", ".join(values) for name, values in headers.items()}
        return Question(
            self._find_place(call, words, url), call.method, {**_OWN_HEADERS, **kind, **flat}, body
        )

    def _find_place(self, call: Call, words: Words, url: str) -> Place:
        # A cursor is foreign text: inside a path it is one segment, whatever it holds.
        after = {name: quote(str(value), safe="") for name, value in words.get(AFTER, {}).items()}
        safe = {**words, "cursor": quote(str(words.get("cursor") or ""), safe=""), AFTER: after}
        path = render_value(fill(call.path, safe, self.reveal)).strip("/")
        base = self._options.base_url.rstrip("/")
        try:
            place = parse_place(url or (f"{base}/{path}" if path else base))
        except ValueError as error:
            raise SourceContractError(f"the filled path is no path: {error}") from None
        query = urlencode(self._write_fields(call.query, words), doseq=True)
        both = "&".join(part for part in (place.query, query) if part)
        return Place(place.scheme, place.host, place.port, place.path, both)

    def _write_fields(self, fields: Mapping[str, Any], words: Words) -> dict[str, list[str]]:
        filled = {name: fill(value, words, self.reveal) for name, value in fields.items()}
        return {
            name: [render_value(one) for one in (value if isinstance(value, list) else [value])]
            for name, value in filled.items()
            if value is not None
        }

    def _write_body(self, call: Call, words: Words) -> tuple[bytes | None, dict[str, str]]:
        if call.form is not None:
            text = urlencode(self._write_fields(call.form, words), doseq=True)
            return text.encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        if call.body is not None:
            return render_json(fill(call.body, words, self.reveal)), {
                "Content-Type": "application/json"
            }
        return None, {}
