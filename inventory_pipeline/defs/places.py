"""Names on the roof: asset keys are ``room/table``, as in the warehouse."""

import dagster as dg

AUTHORITY = dg.AssetKey(["config", "authority"])
HANDOFFS = dg.AssetKey(["ledger", "handoffs"])
HANDOFF_GAPS = dg.AssetKey(["ledger", "handoff_gaps"])
COMPARISONS = dg.AssetKey(["reconcile", "comparisons"])
FINDINGS = dg.AssetKey(["reconcile", "findings"])
CYCLES = dg.AssetKey(["reconcile", "cycles"])
DIAGNOSES = dg.AssetKey(["diagnose", "diagnoses"])
PROPOSALS = dg.AssetKey(["correct", "proposals"])
HEARTBEAT = dg.AssetKey(["report", "heartbeat"])
DAILY_SUMMARY = dg.AssetKey(["report", "daily_summary"])
QUARTERLY_AUDIT = dg.AssetKey(["report", "quarterly_audit"])
NOTICES = dg.AssetKey(["report", "notices"])
RECEIPTS = dg.AssetKey(["correct", "receipts"])

OWNERS = ["team:inventory"]
HOURLY, DAILY, NOTIFY, QUARTERLY = "hourly", "daily", "notify", "quarterly"
DELIVER = "deliver"


def name_ingest(system: str) -> dg.AssetKey:
    """Return the key of one system's ingest."""
    return dg.AssetKey(["ingest", system])
