"""Members: a JSON object read one member at a time, so that the whole is never held as values."""

import re

from inventory_pipeline.connectors.json_strict import read_value
from inventory_pipeline.errors import SourceContractError

_SPACE = re.compile(r"[ \t\n\r]*")


class Members:
    """Walks through an object in a text; an object inside may be walked through as well.

    Attributes:
        at: the place of the next character.
    """

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self._is_first = True

    def enter(self) -> None:
        """Go inside the object that stands here."""
        self._take("{")
        self._is_first = True

    def next_key(self) -> str | None:
        """Go to the value of the next member and return its key; None: the object ends here."""
        self._skip()
        if self.text.startswith("}", self.at):
            self.at += 1
            self._is_first = False
            return None
        if not self._is_first:
            self._take(",")
        self._is_first = False
        self._skip()
        if not self.text.startswith('"', self.at):
            self._refuse("a key")
        key, self.at = read_value(self.text, self.at)
        self._take(":")
        self._skip()
        return str(key)

    def read(self) -> object:
        """Return the value that stands here and go behind it."""
        value, self.at = read_value(self.text, self.at)
        return value

    def close(self) -> None:
        """See that nothing stands behind.

        Raises:
            SourceContractError: something does.
        """
        self._skip()
        if self.at != len(self.text):
            self._refuse("the end")

    def _take(self, mark: str) -> None:
        self._skip()
        if not self.text.startswith(mark, self.at):
            self._refuse(repr(mark))
        self.at += len(mark)

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _refuse(self, wanted: str) -> None:
        raise SourceContractError(
            f"the answer is not whole JSON: wanted {wanted} at character {self.at:,} of "
            f"{len(self.text):,}"
        )
