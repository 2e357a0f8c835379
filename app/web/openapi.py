"""The error models of the OpenAPI description."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, Field


class Where(BaseModel):
    """A place in the submission."""

    path: str
    line: int | None = None
    cell: int | None = None


class ProblemDetails(BaseModel):
    """RFC 9457.  `type` is stable and what programs should look at; `detail` is for people."""

    type: str = Field(examples=["urn:assay:problem:rejected"])
    title: str = Field(examples=["Unprocessable Entity"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["The archive holds no pipeline.py or pipeline.ipynb at its root."])
    hint: str | None = Field(None, examples=["Put pipeline.py at the root of the archive."])
    reason: str | None = Field(None, description="Intake's own code, where it refused the upload.")
    where: Where | None = None


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these error statuses."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {status: {"model": None, "description": _meaning(status), "content": content} for status in statuses}


def _meaning(status: int) -> str:
    return {
        400: "The form cannot be read: too many fields, or not in their form.",
        401: "No valid API key was sent.",
        403: "The key or the member lacks the right this needs.",
        404: "There is nothing here, or you may not see it.",
        406: "None of the accepted media types is offered.",
        409: "Not now: `detail` says what is in the way.",
        412: "It has changed meanwhile: read it again first.",
        413: "The upload is too large.",
        429: "Too many requests; `Retry-After` says when to come back.",
        503: "Not now; come back in a minute.",
        422: "The upload was refused; `reason`, `hint` and `where` say why.",
        428: "`If-Match` is needed: it says what this is to replace.",
    }[status]


def describe(app: FastAPI) -> None:
    """Add the error model to the OpenAPI description, which names it in every route."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        schema = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
        nested = schema.pop("$defs", {})
        document["components"]["schemas"].update({"ProblemDetails": schema, **nested})
        return document

    app.openapi = openapi  # type: ignore[method-assign]
