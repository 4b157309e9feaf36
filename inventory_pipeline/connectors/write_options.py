"""Write options: what an HTTP system must offer before it is written to, by delivery class."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from inventory_pipeline.config.values import Duration
from inventory_pipeline.connectors.feeds import Failure
from inventory_pipeline.connectors.http_options import Auth, Options, Parameter, check_headers
from inventory_pipeline.connectors.json_paths import Path, RowsPath, find_text
from inventory_pipeline.connectors.templates import check_template
from inventory_pipeline.connectors.write_words import OF_LINE, check_words, fill_words
from inventory_pipeline.model.delivery import DeliveryClass, Operation

KEYED: tuple[DeliveryClass, ...] = ("A", "B")
Word = str | int | float | bool
MOST_LINES = 250
# What all lines of a request have in common.
_SHARED = {"key", "fact"}


class Sign(Options):
    """What in an answer means one thing; everything that is given must be there."""

    status: list[int] = Field(default_factory=list, description="One of these HTTP statuses.")
    path: str | None = Field(None, description="Something stands here in the JSON answer ...")
    equals: Word | None = Field(None, description="... and it is this.")
    is_in: list[Word] = Field(default_factory=list, description="... or one of these.")

    @property
    def words(self) -> list[str]:
        """Return the texts one of which must stand at ``path``; none: anything but null."""
        given = self.is_in if self.equals is None else [self.equals, *self.is_in]
        return [str(word).lower() if isinstance(word, bool) else str(word) for word in given]

    def fits(self, status: int, document: Any) -> bool:
        """Return whether an answer shows this sign."""
        if self.status and status not in self.status:
            return False
        if self.path is None:
            return True
        value = Path.parse(self.path).find(document)
        text = find_text(document, Path.parse(self.path))
        if self.words:
            return text in self.words
        return text is not None or (type(value) in (dict, list) and bool(value))

    def fill(self, words: Mapping[str, Any]) -> Self:
        """Return the sign as one line shows it, as ``{equals: "{quantity}"}``."""
        return self.model_copy(update={"equals": fill_words(self.equals, words)})

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.status and self.path is None:
            raise ValueError("a sign names a status or a path, as {status: [409, 412]}")
        if self.path is None and self.words:
            raise ValueError("equals and is_in need a path")
        Path.parse(self.path or "")
        return self


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


Signs = Annotated[list[Sign], BeforeValidator(_listed)]


class LinesAt(Options):
    """Where in a request its lines stand. All of them are taken, or none."""

    path: str = Field(description="Path to a list with one element, the template of a line.")
    max: int = Field(MOST_LINES, ge=1, le=10_000, description="The most lines of one request.")

    def find(self, template: Any) -> Any:
        """Return the template of a line.

        Raises:
            ValueError: there is none.
        """
        each = Path.parse(self.path).find(template)
        if type(each) is not list or len(each) != 1:
            raise ValueError(f"lines.path: no list with one element stands at {self.path!r}")
        return each[0]

    def check(self, template: Any) -> None:
        """Raise ValueError where many lines would have to share what each says for itself."""
        self.find(template)
        outside = check_words(self.put(template, []))
        for name in sorted(outside - _SHARED):
            raise ValueError(
                f"{{{name}}} stands outside {self.path}, where one request has many lines; "
                "only {key} and {fact} are the same for all"
            )

    def fill(self, template: Any, words: Sequence[Mapping[str, Any]]) -> Any:
        """Return the template filled for the lines that ``words`` are of."""
        each = self.find(template)
        filled = [fill_words(each, one) for one in words]
        return self.put(fill_words(self.put(template, []), words[0]), filled)

    def put(self, template: Any, lines: list[Any]) -> Any:
        """Return the template with these lines."""
        return _replace(template, Path.parse(self.path).keys, lines)


class ReadBack(Options):
    """How the number a line is about is read again."""

    many: int = Field(
        1, ge=1, le=1000, description="Lines one request reads: {item_ids}, {location_ids}."
    )
    rows: str | None = Field(None, description="Path to a list, as data.levels[], to pick from.")
    empty_has: list[str] | None = Field(
        None, description="The only keys of an answer that leaves rows out because there are none."
    )
    where: dict[str, str] = Field(
        default_factory=dict, description="Path in a row: what must stand there, as {location_id}."
    )
    quantity: str = Field(description="Path to the number, in the row or in the answer.")
    absent: Signs = Field(
        default_factory=list, description="What says that there is no such item; none: an error."
    )
    fails_when: list[Failure] = Field(
        default_factory=list, description="Failures inside an answer with status 200."
    )

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        for path in (self.quantity, *self.where):
            Path.parse(path)
        check_words(self.where, OF_LINE)
        if self.rows is not None:
            RowsPath.parse(self.rows)
        if self.where and self.rows is None:
            raise ValueError("where: picks one of rows; name rows, too")
        if self.many > 1 and not self.where:
            raise ValueError("many: an answer about many lines needs rows and where")
        return self


class HttpWrite(Options):
    """What the receiver offers, and what its answers mean."""

    delivery_class: DeliveryClass = Field(
        alias="class",
        description="A: key and compare-and-set. B: key or unique id. C: absolute set. D: neither.",
    )
    key_header: str | None = Field(None, description="Header that carries the key.")
    key_lifetime: Duration | None = Field(
        None, description="How long the receiver remembers a key; A and B: 24h if not given."
    )
    caches_errors: bool = Field(
        default=False, description="Whether a failure is answered again for the same key."
    )
    auth: Auth | None = Field(None, description="Who we are when we write; none: as we read.")
    headers: dict[str, Parameter] = Field(
        default_factory=dict, description="More headers; {env: NAME} is a secret."
    )
    rate: float | None = Field(None, gt=0, description="Requests a second.")
    facts: list[str] | None = Field(
        None, description="Facts the receiver can be told; a line of another one is refused."
    )

    @property
    def lifetime(self) -> timedelta | None:
        """Return how long a key is remembered; None where there is none."""
        if self.delivery_class not in KEYED:
            return None
        return self.key_lifetime or timedelta(hours=24)

    def find_operations(self) -> dict[Operation, Any]:
        """Return operation → template of its request."""
        named: tuple[Operation, ...] = ("set", "add")
        given = {name: getattr(self, name) for name in named}
        return {name: action for name, action in given.items() if action is not None}

    @model_validator(mode="after")
    def _keeps_its_class(self) -> Self:
        check_headers(self.headers)
        check_template(self.headers, ())
        if self.key_header is not None:
            check_headers({self.key_header: None})
        for fault in _find_faults(self):
            raise ValueError(fault)
        return self


def _find_faults(options: HttpWrite) -> Iterator[str]:
    """Yield what the class promises and the requests do not hold, with the cure."""
    kind, actions = options.delivery_class, options.find_operations()
    if not actions:
        yield "name set or add, the request that writes"
    for name, action in actions.items():
        has_key = options.key_header is not None or "key" in action.placeholders
        if kind in KEYED and not has_key:
            yield (
                f"class {kind} needs a key: give key_header, or put {{key}} into {name}; "
                "without one the class is C (set) or D (add)"
            )
        if kind == "A" and name == "set" and not _GUARD & action.placeholders:
            yield (
                "class A compares and sets: put {before} into set, where the receiver compares; "
                "without that the class is B"
            )
    if kind == "C" and getattr(options, "read", None) is None:
        yield "class C needs read: the number is read before it is set, and after"
    if kind == "C" and "add" in actions:
        yield "class C only sets; an add without a key is class D"
    if kind not in KEYED and options.key_lifetime is not None:
        yield f"key_lifetime: class {kind} has no key; leave it out, or say class: A or B"


_GUARD = {"before", "before_text"}


def _replace(value: Any, keys: tuple[str, ...], inner: Any) -> Any:
    """Return ``value`` with ``inner`` where the keys lead."""
    if not keys:
        return inner
    return {**value, keys[0]: _replace(value[keys[0]], keys[1:], inner)}
