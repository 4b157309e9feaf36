"""Mail: who is told, by which server, and who is pinged."""

from datetime import time, timedelta
from typing import Literal

from pydantic import Field

from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import ClockTime, Duration, Secret, Text, Whole


class Smtp(Model):
    """The mail server. TLS is verified, always; a private CA is added with ca_file."""

    host: Text = Field("localhost", description="Name of the server, as in its certificate.")
    port: Whole = Field(25, ge=1, le=65535, description="25, 465 or 587, as a rule.")
    tls: Literal["auto", "starttls", "implicit"] = Field(
        "auto", description="auto: 465 implicit, loopback plain, anything else STARTTLS."
    )
    username: str | None = Field(None, description="Logs in with password, if given.")
    password: Secret | None = Field(None, description="Where the password is kept.")
    ca_file: str | None = Field(None, description="PEM file of a private authority to trust too.")
    timeout: Duration = Field(timedelta(seconds=20), description="For each step of the talk.")


class MailSettings(Model):
    """Who gets the daily summary, and when. Without smtp it is written to mails/."""

    to: list[str] = Field(default_factory=list, description="Addresses, each without a name.")
    sender: str = Field(
        "inventory-pipeline@localhost", alias="from", description="The sender's address."
    )
    at: ClockTime = Field(time(7, 0), description="Time of day in business.time_zone.")
    grace: Duration = Field(
        timedelta(minutes=60), description="How late it may be before watch calls it missing."
    )
    smtp: Smtp | None = Field(None, description="Without it the mail is written to mails/.")
    base_url: str | None = Field(None, description="Where the web UI is, for links in the mail.")


class Heartbeat(Model):
    """An outside check that is pinged: URL/start, URL, URL/fail."""

    url: Secret | None = Field(None, description="Where the URL is kept: who knows it can ping.")
    timeout: Duration = Field(timedelta(seconds=5), description="A slow answer never delays a run.")
