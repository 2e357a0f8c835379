"""What administrators do about tracking systems: connect, change, rotate, remove, and tell once more.

Each function is one transaction; NotFound for a system of another organisation.  `answer` is what the systems call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from app.errors import DomainError, Invalid, NotFound, Unauthenticated
from app.owned import owned
from app.ports import Service
from app.rights import Principal
from app.store import audit, sealed, tracking
from app.store.paging import Cursor, Paging
from app.store.record_tables import exchanges
from app.store.tracking import Exchange, Order, System
from app.tracking import jobs, keys
from app.tracking.adapters import ADAPTERS
from app.tracking.desk import SystemDesk
from app.tracking.views import SystemChange, SystemIn
from app.words import _


def all_systems(service: Service, who: Principal) -> list[System]:
    """All of them, the oldest first."""
    with service.reader.connect() as connection:
        return tracking.of_organisation(connection, who.org_id)


def find(service: Service, who: Principal, system_id: str) -> System:
    """A system of one's own organisation."""
    with service.reader.connect() as connection:
        return owned(tracking.find, connection, system_id, who.org_id)


def add(service: Service, who: Principal, new: SystemIn) -> tuple[System, str]:
    """(the system, the key that it is to call with), which is shown never again."""
    adapter = ADAPTERS[new.kind]
    if adapter.own_key and not new.their_key:
        needed = _("{title} asks for a key of its own. Make one there first.").format(title=adapter.title)
        raise Invalid("key-needed", needed)
    with service.engine.begin() as connection:
        values: dict[str, Any] = {
            "kind": new.kind,
            "domain": new.domain or adapter.domain,
            "tells": new.tells,
            "days": new.days,
        }
        system = tracking.add(connection, who.org_id, **values)
        if new.their_key:
            system = tracking.change(connection, system.id, their_key=_sealed(service, system.id, new.their_key))
        audit.record(connection, who, "tracking-added", f"tracking:{system.id}", **values)
    return system, keys.key(service.keys, system.id, system.key_version)


def change(service: Service, who: Principal, system_id: str, body: SystemChange) -> System:
    """Another domain, policy, deadline or key of theirs; disabled or enabled."""
    values: dict[str, Any] = body.model_dump(exclude_none=True)
    told = {name: value for name, value in values.items() if name != "their_key"} | {"changed": sorted(values)}
    with service.engine.begin() as connection:
        system = owned(tracking.find, connection, system_id, who.org_id)
        if "days" in values:
            values["days"] = values["days"] or None
        if "their_key" in values:
            values["their_key"] = _sealed(service, system_id, values["their_key"])
        if "disabled" in values:
            values["disabled_at"] = datetime.now(UTC) if values.pop("disabled") else None
        if values:
            system = tracking.change(connection, system_id, **values)
            audit.record(connection, who, "tracking-changed", f"tracking:{system_id}", **told)
    return system


def rotate(service: Service, who: Principal, system_id: str) -> tuple[System, str]:
    """(the system, its new key); for a day the key before opens as well."""
    with service.engine.begin() as connection:
        owned(tracking.find, connection, system_id, who.org_id)
        system = tracking.rotate(connection, system_id)
        audit.record(connection, who, "tracking-key-rotated", f"tracking:{system_id}")
    return system, keys.key(service.keys, system.id, system.key_version)


def remove(service: Service, who: Principal, system_id: str) -> None:
    """With its orders and its log.  Invitations stay, and nobody is told of them any more."""
    with service.engine.begin() as connection:
        owned(tracking.find, connection, system_id, who.org_id)
        tracking.remove(connection, system_id)
        audit.record(connection, who, "tracking-removed", f"tracking:{system_id}")


def calls(service: Service, who: Principal, system_id: str, page: Paging) -> tuple[list[Exchange], Cursor | None]:
    """One page of the log, newest first, and where the next one begins."""
    with service.reader.connect() as connection:
        owned(tracking.find, connection, system_id, who.org_id)
        query = page.of(tracking.calls_of(system_id), exchanges.c.created_at, exchanges.c.id)
        return page.cut(tracking.read_calls(connection, query), lambda row: Cursor(row.created_at, row.id))


def troubled(service: Service, who: Principal, system_id: str) -> list[Order]:
    """Orders whose news did not arrive."""
    with service.reader.connect() as connection:
        owned(tracking.find, connection, system_id, who.org_id)
        return tracking.troubled(connection, system_id)


def tell_again(service: Service, who: Principal, system_id: str, order_id: str) -> Order:
    """Tell of an order now, with all retries."""
    with service.engine.begin() as connection:
        owned(tracking.find, connection, system_id, who.org_id)
        order = owned(tracking.order, connection, order_id, system_id)
        tracking.change_order(connection, order_id, given_up_at=None, told="")
        jobs.defer(connection, order_id)
        audit.record(connection, who, "order-told-again", f"tracking:{system_id}", order_id=order_id)
    return order


def answer(
    service: Service,
    kind: str,
    call: tuple[str, str],
    headers: Mapping[str, str],
    body: Mapping[str, Any],
    status_of: Callable[[DomainError], int],
) -> tuple[int, Any]:
    """(status, JSON) of a call (method, name) by a tracking system; NotFound for an address that is none of its."""
    adapter = ADAPTERS.get(kind)
    if adapter is None or call not in adapter.calls:
        raise NotFound
    try:
        system = keys.caller(service, kind, headers)
    except Unauthenticated as no:
        return adapter.refusal(401, no.detail)
    desk = SystemDesk(service, system)
    status, problem = 200, None
    try:
        said: Any = adapter.calls[call](desk, body)
    except DomainError as no:
        problem = no.detail
        status, said = adapter.refusal(status_of(no), no.detail)
    with service.engine.begin() as connection:
        tracking.note_call(connection, system, call[1], status, problem or desk.complaint or None, ours=False)
    return status, said


def _sealed(service: Service, system_id: str, key: str) -> bytes:
    return sealed.seal(service.keys, jobs.SEALED.format(id=system_id), key.encode())
