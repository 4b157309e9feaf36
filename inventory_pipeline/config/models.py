"""The whole file, key by key: it reads like the YAML it describes.

Unknown keys are refused; field texts become docs/configuration.md.
"""

from typing import Literal

from pydantic import Field

from inventory_pipeline.config.corrections import Approvals, Outbox, Returns, Walk
from inventory_pipeline.config.explanations import Explanations
from inventory_pipeline.config.facts import Fact, Handoff, Mirror, Registry
from inventory_pipeline.config.mail import Heartbeat, MailSettings
from inventory_pipeline.config.outline import Business, Storage
from inventory_pipeline.config.policy import Assistant, Costs, Severity, Structural
from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.systems import Catalog, System
from inventory_pipeline.config.traffic import Conversion, Middleware
from inventory_pipeline.config.values import Name, Whole


class Settings(Model):
    """The whole file."""

    business: Business
    storage: Storage = Storage()
    profile: Literal["shelf_of_record", "wms_of_record", "erp_of_record"] | None = Field(
        None, description="Fills in owners that facts leave out."
    )
    systems: dict[Name, System] = Field(
        min_length=1, description="Every system that holds numbers, by a name of yours."
    )
    catalog: Catalog = Catalog()
    facts: dict[Name, Fact] = Field(
        default_factory=dict, description="Each fact and the one system that owns it."
    )
    registry: Registry = Registry()
    mirrors: list[Mirror] = Field(
        default_factory=list, description="What every other system should show, as rules."
    )
    handoffs: list[Handoff] = Field(
        default_factory=list, description="The map: every path that moves stock data."
    )
    middleware: Middleware = Middleware()
    conversion: Conversion = Conversion()
    severity: Severity = Severity()
    structural: Structural = Structural()
    assistant: Assistant = Assistant()
    approvals: Approvals = Approvals()
    outbox: Outbox = Outbox()
    walk: Walk = Walk()
    returns: Returns = Returns()
    mail: MailSettings = MailSettings()
    heartbeat: Heartbeat = Heartbeat()
    costs: Costs = Costs()
    explanations: Explanations = Explanations()
    automatic: bool = Field(
        True, description="Whether Dagster's schedules and sensors run unasked; false for cron."
    )
    active_days: Whole = Field(90, ge=1, description="A SKU with stock, sale or order is active.")
    return_due_days: Whole = Field(
        21, ge=1, description="A refund whose box has not come by then is overdue."
    )
