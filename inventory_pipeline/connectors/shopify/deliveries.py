"""Deliveries: webhooks that somebody put into a folder, one JSON file each. Pure but for opening.

A file is what a receiver was sent, in the form in which cloud functions are given a request:
``{"headers": {...}, "body": "...", "isBase64Encoded": false}``. The body counts only if the
signature over its exact bytes is the shop's; the headers are not signed and only name things.

Source: https://shopify.dev/docs/apps/build/webhooks/delivery-structure
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from inventory_pipeline.connectors.json_strict import decode_text, load_strictly
from inventory_pipeline.connectors.json_take import take
from inventory_pipeline.errors import SourceContractError

TOPIC = "inventory_levels/update"
_SIGNATURE, _SHOP = "x-shopify-hmac-sha256", "x-shopify-shop-domain"
_TOPIC, _EVENT, _WEBHOOK = "x-shopify-topic", "x-shopify-event-id", "x-shopify-webhook-id"


@dataclass(frozen=True)
class Delivery:
    """One delivery as it is landed: what names it, and its body only if that is the shop's.

    Attributes:
        file: name of the file in the folder.
        reason: why it is not trusted; empty where it is.
    """

    file: str
    topic: str = ""
    event_id: str = ""
    webhook_id: str = ""
    body: str = ""
    reason: str = ""


def read_delivery(file: str, content: bytes, *, secret: str, shop: str) -> Delivery:
    """Read one file and check its signature in constant time.

    Args:
        shop: host of the shop that may speak here.
    """
    try:
        document = load_strictly(decode_text(content))
        headers, body = _read_headers(document), _read_body(document)
        text = decode_text(body)
    except (SourceContractError, ValueError) as error:
        return Delivery(file, reason=f"the file is no delivery: {error}")
    named = {
        "topic": headers.get(_TOPIC, ""),
        "event_id": headers.get(_EVENT, ""),
        "webhook_id": headers.get(_WEBHOOK, ""),
    }
    wanted = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256))
    if not hmac.compare_digest(wanted, headers.get(_SIGNATURE, "").encode()):
        return Delivery(file, **named, reason="the signature is not the shop's; it is not trusted")
    if headers.get(_SHOP, shop) != shop:
        return Delivery(file, **named, reason=f"it is for another shop than {shop}")
    # What other topics tell of people is not kept.
    return Delivery(file, **named, body=text if named["topic"] == TOPIC else "")


def _read_headers(document: Any) -> dict[str, str]:
    headers = take(document, "headers")
    if type(headers) is not dict:
        raise SourceContractError("headers is no object")
    return {str(name).lower(): str(value) for name, value in headers.items()}


def _read_body(document: Any) -> bytes:
    body = take(document, "body")
    if type(body) is not str:
        raise SourceContractError("body is no text; it is the exact body, not what it means")
    if document.get("isBase64Encoded") is True:
        return base64.b64decode(body, validate=True)
    return body.encode()


def find_change_id(delivery: Delivery, *, item: str, place: str) -> str:
    """Return what a change is called: the event and the level, since one event may move many."""
    event = delivery.event_id or delivery.webhook_id
    if not event:
        event = hashlib.sha256(delivery.body.encode()).hexdigest()[:32]
    return f"{event}/{item}/{place}"
