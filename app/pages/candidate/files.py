"""What a candidate can take along: the starter kit, and single files of it."""

from __future__ import annotations

import zipfile
from io import BytesIO

from fastapi import APIRouter, Response

from app.errors import NotFound
from app.invitations import attempts
from app.own_rows import challenge_of, require_made
from app.pages.candidate.visit import Visit, VisitDep
from app.ports import Service
from app.web.auth import ServiceDep
from app.web.files import attachment
from graders.model.challenge import Challenge

router = APIRouter(include_in_schema=False)

#: Name in the address -> path in the kit and type.
SINGLE = {
    "public.csv": ("data/public.csv", "text/csv; charset=utf-8"),
    "packages.txt": ("packages.txt", "text/plain; charset=utf-8"),
}


@router.get("/i/{token}/starter-kit.zip")
def starter_kit(visit: VisitDep, service: ServiceDep) -> Response:
    """Brief, public data, a pipeline to start from, and the check that the service itself applies."""
    challenge = _open_challenge(service, visit)
    return attachment(service.ports.kit(challenge), "application/zip", f"assay-{challenge.id}.zip")


@router.get("/i/{token}/kit/{name}")
def single(name: str, visit: VisitDep, service: ServiceDep) -> Response:
    """One file of the kit by itself."""
    challenge = _open_challenge(service, visit)
    if name not in SINGLE:
        raise NotFound
    path, media_type = SINGLE[name]
    with zipfile.ZipFile(BytesIO(service.ports.kit(challenge))) as kit:
        return attachment(kit.read(f"{challenge.id}/{path}"), media_type, name)


def _open_challenge(service: Service, visit: Visit) -> Challenge:
    require_made(visit.invitation)
    attempts.take_along(service, visit.standing)
    return challenge_of(service, visit.invitation)
