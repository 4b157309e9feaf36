"""Shapes: what a vendor publishes of its answers, so that no stand-in says what it never says.

A dict is an object with those keys and no others (each may be absent), a list of one is a list
of such elements, a type or a tuple of types is a plain value, ANY is one that a test may spoil.
"""

from typing import Any

ANY = object()
TEXT, WHOLE, FLAG, NONE = str, int, bool, type(None)
MAYBE_TEXT, MAYBE_WHOLE = (str, NONE), (int, NONE)


def check_shape(value: Any, shape: Any, at: str = "answer") -> None:
    """Raise AssertionError where a value is not of a published shape."""
    if shape is ANY:
        return
    if isinstance(shape, dict):
        assert isinstance(value, dict), f"{at} is no object"
        unknown = set(value) - set(shape)
        assert not unknown, f"{at} has {sorted(unknown)}, which nobody published"
        for key, child in value.items():
            check_shape(child, shape[key], f"{at}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{at} is no list"
        for number, child in enumerate(value):
            check_shape(child, shape[0], f"{at}[{number}]")
    elif value is None and isinstance(shape, tuple) and NONE in shape:
        return
    else:
        kinds = shape if isinstance(shape, tuple) else (shape,)
        if any(isinstance(kind, dict | list) for kind in kinds):
            [inner] = [kind for kind in kinds if isinstance(kind, dict | list)]
            check_shape(value, inner, at)
        else:
            assert type(value) in kinds, f"{at} is {value!r}"
