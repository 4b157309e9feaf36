"""The day's summary and the notices of an hour: the same for the command line and for Dagster."""

from datetime import date
from uuid import uuid4

from inventory_pipeline.connectors.heartbeat import HeartbeatPing
from inventory_pipeline.connectors.mail import build_mailer
from inventory_pipeline.errors import DeliveryError
from inventory_pipeline.model.hours import find_hours_of_day
from inventory_pipeline.model.ports import Mailer
from inventory_pipeline.report import notices, step
from inventory_pipeline.report.daily import Report
from inventory_pipeline.report.delivery import Delivery
from inventory_pipeline.report.notices import Told
from inventory_pipeline.wiring import ledger
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.rewording import build_reword


def report_day(house: House, day: date, *, send: bool) -> tuple[Report, Delivery | None]:
    """Compute one local day's summary and keep its verdict.

    Args:
        house: the installation.
        day: the local calendar day.
        send: mail it too, unless it has been mailed before.

    Raises:
        DeliveryError: not every recipient took it; it stays unsent and is tried again.
        NoDataError: no hour was ever tried here.
        UsageError: the day has not begun.
    """
    reword = build_reword(house)
    if not send:
        return step.write_report(house, day, reword=reword), None
    try:
        return step.send_report(house, open_mailer(house), day, reword=reword)
    except DeliveryError:
        # A mail cannot tell of its own absence; the server's words may name people.
        ping = HeartbeatPing(house.settings.heartbeat, root=str(house.root))
        ping.fail(uuid4(), f"the daily mail of {day.isoformat()} was not sent")
        raise


def send_notices(house: House) -> Told:
    """Tell people of what is urgent in the newest hour and was not told before.

    Raises:
        DeliveryError: it was not sent; the next call tells the same again.
    """
    return notices.notify(house, open_mailer(house))


def is_mailable(house: House, day: date) -> bool:
    """Return whether a mail about ``day`` is news: only of the local day that closed last.

    A day that ended before the first hour ever tried needs none: the house did not stand.
    """
    if day != step.find_yesterday(house):
        return False
    with house.journal() as journal:
        first = ledger.find_first(journal)
    last_hour = find_hours_of_day(day, house.settings.business.zone)[-1]
    return first is not None and first <= last_hour


def open_mailer(house: House) -> Mailer:
    """Return the mailer that the configuration names; without SMTP it writes to a folder."""
    return build_mailer(
        house.settings.mail, storage=house.storage, root=house.root, clock=house.clock
    )
