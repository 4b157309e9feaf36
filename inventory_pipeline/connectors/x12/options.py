"""Options of EDI X12 files: what the partners agreed on, and no standard says."""

from pydantic import Field, field_validator

from inventory_pipeline.config.strict import Model
from inventory_pipeline.model.movements import KINDS

# Feed → the transaction sets that tell of it.
X12_FEEDS = {"counts": ("846",), "movements": ("944", "945")}


class X12Options(Model):
    """How the partner's 846, 944 and 945 are understood."""

    items: list[str] = Field(
        ["SK"],
        min_length=1,
        description="Which id of an item is taken: qualifiers (element 235), the first there is.",
    )
    location: str = Field(
        "WH", description="Which party is the place (element 98); its id in N104 is taken."
    )
    facts: dict[str, str] = Field(
        default_factory=dict,
        description='Of 846: our fact: the qualifier of its quantity (element 673), as "17" '
        'on hand or "33" available for sale.',
    )
    bin: str | None = Field(
        None, description="Of 846: qualifier of the id that is kept as bin, such as of a lot."
    )
    kinds: dict[str, str] = Field(
        default_factory=dict,
        description="Of 944 and 945: reporting code (element 514): kind of movement, beside "
        "those that are known.",
    )

    @field_validator("facts")
    @classmethod
    def _are_qualifiers(cls, value: dict[str, str]) -> dict[str, str]:
        for fact, qualifier in value.items():
            if len(qualifier) != 2:
                raise ValueError(f'{fact}: {qualifier!r} is no qualifier, such as "17"')
        return value

    @field_validator("kinds")
    @classmethod
    def _are_kinds(cls, value: dict[str, str]) -> dict[str, str]:
        for code, kind in value.items():
            if kind not in KINDS:
                raise ValueError(f"{code}: {kind!r} is none of {' '.join(KINDS)}")
        return value
