"""What administrators do about webhooks: add, change, rotate, remove, test, and send once more.

Each function is one transaction; NotFound for a webhook of another organisation.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.errors import Conflict, Invalid, NotFound
from app.owned import owned
from app.platform.secrets import is_id
from app.ports import Service
from app.rights import Principal
from app.store import audit, webhooks
from app.store.paging import Cursor, Paging
from app.store.record_tables import deliveries
from app.store.webhooks import Delivery, Webhook
from app.webhooks import address, sign
from app.webhooks.events import defer_delivery, emit_test
from app.webhooks.views import WebhookChange, WebhookIn
from app.words import _

#: A delivery, and when it is tried again.
Planned = tuple[Delivery, datetime | None]


def all_webhooks(service: Service, who: Principal) -> list[Webhook]:
    """All of them, the oldest first."""
    with service.reader.connect() as connection:
        return webhooks.of_organisation(connection, who.org_id)


def find(service: Service, who: Principal, webhook_id: str) -> Webhook:
    """A webhook of one's own organisation."""
    with service.reader.connect() as connection:
        return owned(webhooks.find, connection, webhook_id, who.org_id)


def add(service: Service, who: Principal, new: WebhookIn) -> tuple[Webhook, str]:
    """(the webhook, its secret), which is shown never again."""
    _require_public(service, new.url)
    with service.engine.begin() as connection:
        hook = webhooks.add(connection, who.org_id, new.url, sorted(set(new.events)))
        audit.record(connection, who, "webhook-added", f"webhook:{hook.id}", events=hook.events)
    return hook, _secret(service, hook)


def change(service: Service, who: Principal, webhook_id: str, body: WebhookChange) -> Webhook:
    """Another URL, other events, disabled or enabled."""
    values: dict[str, Any] = body.model_dump(exclude_none=True)
    if body.url is not None:
        _require_public(service, body.url)
    with service.engine.begin() as connection:
        owned(webhooks.find, connection, webhook_id, who.org_id)
        _apply(connection, webhook_id, who, dict(values))
        if values:
            told = {name: value for name, value in values.items() if name != "url"} | {"changed": sorted(values)}
            audit.record(connection, who, "webhook-changed", f"webhook:{webhook_id}", **told)
        return owned(webhooks.find, connection, webhook_id, who.org_id)


def remove(service: Service, who: Principal, webhook_id: str) -> None:
    """With its delivery log."""
    with service.engine.begin() as connection:
        owned(webhooks.find, connection, webhook_id, who.org_id)
        webhooks.remove(connection, webhook_id, who.org_id)
        audit.record(connection, who, "webhook-removed", f"webhook:{webhook_id}")


def rotate(service: Service, who: Principal, webhook_id: str) -> tuple[Webhook, str]:
    """(the webhook, its new secret); for a day deliveries carry the signatures of both secrets."""
    with service.engine.begin() as connection:
        owned(webhooks.find, connection, webhook_id, who.org_id)
        webhooks.rotate(connection, webhook_id, who.org_id)
        audit.record(connection, who, "webhook-secret-rotated", f"webhook:{webhook_id}")
        hook = owned(webhooks.find, connection, webhook_id, who.org_id)
    return hook, _secret(service, hook)


def test(service: Service, who: Principal, webhook_id: str) -> Planned:
    """Send `webhook.test`, whatever the webhook listens to; Conflict where it is disabled."""
    with service.engine.begin() as connection:
        _require_enabled(connection, who, webhook_id)
        delivery_id = emit_test(connection, who.org_id, webhook_id)
        audit.record(connection, who, "webhook-tested", f"webhook:{webhook_id}", delivery=delivery_id)
        return _delivery(connection, who, webhook_id, delivery_id)


def sent(service: Service, who: Principal, webhook_id: str, page: Paging) -> tuple[list[Planned], Cursor | None]:
    """One page of what was sent, newest first, and where the next one begins."""
    with service.reader.connect() as connection:
        owned(webhooks.find, connection, webhook_id, who.org_id)
        query = page.of(webhooks.sent_to(webhook_id, who.org_id), deliveries.c.created_at, deliveries.c.id)
        rows, last = page.cut(webhooks.read(connection, query), lambda row: Cursor(row.created_at, row.id))
        tries = webhooks.next_tries(connection, [row.id for row in rows])
    return [(row, tries.get(row.id)) for row in rows], last


def redeliver(service: Service, who: Principal, webhook_id: str, delivery_id: str) -> Planned:
    """The same body under the same `webhook-id`, now, and with all its retries; Conflict where it is disabled."""
    with service.engine.begin() as connection:
        _require_enabled(connection, who, webhook_id)
        _delivery(connection, who, webhook_id, delivery_id)
        webhooks.reopen(connection, delivery_id)
        defer_delivery(connection, delivery_id)
        audit.record(connection, who, "webhook-redelivered", f"webhook:{webhook_id}", delivery=delivery_id)
        return _delivery(connection, who, webhook_id, delivery_id)


def _apply(connection: Connection, webhook_id: str, who: Principal, values: dict[str, Any]) -> None:
    disabled = values.pop("disabled", None)
    if disabled:
        webhooks.disable(connection, webhook_id, who.org_id)
    elif disabled is not None:
        values["disabled_at"] = None
    if "events" in values:
        values["events"] = sorted(set(values["events"]))
    if values:
        webhooks.change(connection, webhook_id, who.org_id, **values)


def _require_enabled(connection: Connection, who: Principal, webhook_id: str) -> None:
    if owned(webhooks.find, connection, webhook_id, who.org_id).disabled_at is not None:
        raise Conflict("webhook-disabled", _("The webhook is disabled."), hint=_("Enable it first."))


def _delivery(connection: Connection, who: Principal, webhook_id: str, delivery_id: str) -> Planned:
    row = webhooks.delivery(connection, delivery_id, webhook_id, who.org_id) if is_id(delivery_id) else None
    if row is None:
        raise NotFound
    return row, webhooks.next_tries(connection, [row.id]).get(row.id)


def _secret(service: Service, hook: Webhook) -> str:
    return sign.secret(service.keys, hook.id, hook.secret_version)


def _require_public(service: Service, url: str) -> None:
    try:
        address.check(url, private=service.settings.webhooks_to_private)
    except address.Unsafe as no:
        hint = _("Give a public https address, such as https://hooks.example.org/assay.")
        raise Invalid("bad-url", _("The address is not allowed. {no}").format(no=no), hint=hint) from None
