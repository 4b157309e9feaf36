"""The registry: which class injects which cause of the catalogue."""

from inventory_pipeline.simulator.faults import (
    delaying,
    doubling,
    dropping,
    owning,
    ruling,
    setting,
)
from inventory_pipeline.simulator.faults.planned import Planned

KINDS: dict[str, type[Planned]] = {
    kind.cause: kind
    for kind in (
        delaying.InFlight,
        delaying.BatchWindow,
        delaying.ReceiptPending,
        dropping.MovementDropped,
        dropping.AdditionsNotPropagated,
        doubling.DoubleDecrement,
        doubling.EventDuplicated,
        dropping.DecrementMissing,
        setting.StaleOverwrite,
        setting.StaleRetry,
        delaying.OwnerLayerAheadPo,
        dropping.ReceiptNotPosted,
        dropping.ThreeplConfirmationMissing,
        doubling.ReturnCreditedEarly,
        doubling.ReturnNeverArrived,
        doubling.DamagedReturnRestocked,
        dropping.GoodReturnNotRestocked,
        dropping.CountWrittenOnce,
        doubling.UnitFactor,
        ruling.SafetyStockRule,
        ruling.FieldMapping,
        ruling.ChannelReservation,
        ruling.TruthMoment,
        delaying.TransferInTransit,
        doubling.LocationPool,
        doubling.SkuMapping,
        setting.GhostRow,
        setting.MissingRow,
        setting.ManualEditMirror,
        owning.OwnerEditedWithoutMovement,
        owning.Shrinkage,
        owning.WrongBin,
        owning.PhantomZeroSales,
        dropping.BundleComponent,
        setting.ClampedAtZero,
        delaying.ObservationSkew,
        setting.OurEchoOrLoop,
        ruling.ForeignBulkScript,
        owning.TrueStockout,
        setting.Unknown,
    )
}
# A fault of files strikes no key, so it is planned apart.
SNAPSHOT = "snapshot_incomplete"
# How often each is drawn where a mix only says how many; those not named: once.
WEIGHTS = {
    "movement_dropped": 4,
    "decrement_missing": 3,
    "double_decrement": 3,
    "event_duplicated": 3,
    "receipt_not_posted": 2,
    "threepl_confirmation_missing": 2,
    "good_return_not_restocked": 2,
    "damaged_return_restocked": 2,
    "count_written_once": 2,
    "manual_edit_mirror": 2,
    "foreign_bulk_script": 0.3,
}
