"""Text made safe for a terminal."""

import unicodedata

# Controls, directions and joiners, lone surrogates: a terminal would obey them or hide them.
_HIDDEN = ("Cc", "Cf", "Cs")


def clean(value: object) -> str:
    """Return text for a terminal: control and direction characters made visible."""
    return "".join(
        character.encode("unicode_escape", "surrogatepass").decode("ascii")
        if unicodedata.category(character) in _HIDDEN
        else character
        for character in str(value)
    )
