"""Grading in the test's own process, without a worker, so that a test says what is graded when."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import cached_property

from app import submit
from app.gradings.grader import Grader
from app.rights import ROLES, Principal, Role
from app.secrets import new_id
from app.service import Service
from app.store import gradings, people, submissions
from app.store.people import NewMember
from app.store.rows import Grading, Owner, SubmissionRow
from app.submit import Upload


@dataclass(frozen=True)
class Desk:
    """A member of an organisation of their own, and what they hand in."""

    service: Service

    @cached_property
    def who(self) -> Principal:
        with self.service.engine.begin() as connection:
            org_id = people.add_organisation(connection, "Desk")
            new = NewMember(f"{new_id()}@example.org", "Desk", Role.ADMIN)
            member_id = people.add_member(connection, org_id, new)
        return Principal(org_id, ROLES[Role.ADMIN], "Desk", member_id=member_id, role=Role.ADMIN)

    def hand_in(self, text: str = "ok") -> SubmissionRow:
        owner = Owner(self.who.org_id, member_id=self.who.member_id)
        return submit.submit(self.service, Upload(text.encode(), "pipeline.py", "ml_pipeline"), owner)

    def graded(self, text: str = "ok") -> SubmissionRow:
        row = self.hand_in(text)
        self.grade(row.id, 1)
        return self.row(row.id)

    def grade(self, submission_id: str, run: int, **other: object) -> Grading:
        """Grade it now; `other` replaces parts."""
        service = replace(self.service, parts=replace(self.service.parts, **other))  # type: ignore[arg-type]
        asyncio.run(Grader(service).grade(submission_id, run))
        return self.grading(submission_id, run)

    def grading(self, submission_id: str, run: int) -> Grading:
        with self.service.engine.connect() as connection:
            found = gradings.find(connection, submission_id, run)
        assert found is not None
        return found

    def row(self, submission_id: str) -> SubmissionRow:
        with self.service.engine.connect() as connection:
            found = submissions.find(connection, submission_id)
        assert found is not None
        return found
