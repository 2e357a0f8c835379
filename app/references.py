"""Reference submissions against the verdict each must get."""

from __future__ import annotations

from graders.model.challenge import Reference
from graders.report.schema import Document


def disagreements(document: Document, reference: Reference) -> list[str]:
    """What differs from the verdict a reference must get."""
    flagged = {finding.code for finding in document.flagged}
    wrong = [f"{code} not flagged" for code in sorted(reference.flagged - flagged)]
    if reference.flagged_any and not reference.flagged_any & flagged:
        wrong.append(f"none of {', '.join(sorted(reference.flagged_any))} flagged")
    wrong += [f"{code} flagged" for code in sorted(reference.not_flagged & flagged)]
    if document.status != reference.status:
        wrong.append(f"status {document.status}")
    elif document.overall is not None and document.overall.band not in reference.bands:
        wrong.append(f"band {document.overall.band}")
    return wrong
