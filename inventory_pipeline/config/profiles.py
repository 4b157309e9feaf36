"""Ready profiles: owners for the facts that leave theirs out (C1, FACT-03).

Nothing else chooses an owner by a system's name or role. A fact that says something,
even 'it depends', is never filled in.
"""

from collections.abc import Mapping

from inventory_pipeline.config.facts import Fact
from inventory_pipeline.config.models import Settings
from inventory_pipeline.config.systems import Role, System
from inventory_pipeline.model.quantities import ON_HAND

SHELF_NAMES = ("shelf", "bins")
# Who owns on_hand, and why, by profile.
_REASONS = {
    "shelf_of_record": "a bin can be walked to and counted",
    "wms_of_record": "the WMS sees every pick, pack and receipt as it happens",
    "erp_of_record": "the ERP's number is the one the books are closed on",
}
_WANTED = {
    "shelf_of_record": "a system named shelf or bins, or just one with the role wms",
    "wms_of_record": "a system named wms, or just one with the role wms beside shelf and bins",
    "erp_of_record": "just one system with the role erp",
}
# Facts whose natural owner is the one system of a role.
_OWNER_ROLES: dict[str, Role] = {
    "catalog": "storefront",
    "orders": "storefront",
    "refund": "storefront",
    "price": "pricing",
    "cost": "erp",
}
_FOLLOWS_ON_HAND = ("back_in_stock",)


def find_keeper(profile: str, systems: Mapping[str, System]) -> str | None:
    """Return the system that owns on_hand under ``profile``; None if that is not clear."""
    if profile == "erp_of_record":
        return _find_only(systems, "erp")
    stores = [name for name, system in systems.items() if system.role == "wms"]
    named = [name for name in SHELF_NAMES if name in systems]
    if profile == "shelf_of_record" and named:
        return named[0]
    if profile == "wms_of_record":
        stores = [name for name in stores if name not in SHELF_NAMES] or stores
        stores = ["wms"] if "wms" in systems else stores
    return stores[0] if len(stores) == 1 else None


def fill_owners(settings: Settings) -> Settings:
    """Return the settings with the profile's owners where a fact leaves its owner out.

    Under a profile on_hand need not be declared at all.
    """
    if settings.profile is None:
        return settings
    facts = dict(settings.facts)
    facts.setdefault(ON_HAND, Fact())
    keeper = find_keeper(settings.profile, settings.systems)
    for name, fact in facts.items():
        owner = _find_default(name, keeper, settings)
        if owner and not fact.answers:
            facts[name] = _fill(fact, owner, settings.profile)
    return settings.model_copy(update={"facts": facts})


def explain_keeper(profile: str) -> str:
    """Return what the file must have for ``profile`` to name an owner of on_hand."""
    return _WANTED[profile]


def _find_default(fact: str, keeper: str | None, settings: Settings) -> str | None:
    if fact == ON_HAND or fact in _FOLLOWS_ON_HAND:
        return keeper
    role = _OWNER_ROLES.get(fact)
    return _find_only(settings.systems, role) if role else None


def _find_only(systems: Mapping[str, System], role: Role) -> str | None:
    names = [name for name, system in systems.items() if system.role == role]
    return names[0] if len(names) == 1 else None


def _fill(fact: Fact, owner: str, profile: str) -> Fact:
    return fact.model_copy(
        update={
            "owner": owner,
            "reason": fact.reason or f"profile {profile}: {_REASONS[profile]}",
            "decided_by": fact.decided_by or f"profile {profile}",
        }
    )
