"""Grading in the test's own process, without a worker, so that a test says what is graded when."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import cached_property

from app.gradings.jobs import Grader
from app.platform.secrets import new_id
from app.ports import Service
from app.rights import ROLES, Principal, Role
from app.store import gradings, members, submissions
from app.store.members import NewMember
from app.store.rows import Grading, Owner, SubmissionRow
from app.submissions import service as submit
from app.submissions.service import Upload


@dataclass(frozen=True)
class Desk:
    """A member of an organisation of their own, and what they hand in."""

    service: Service

    @cached_property
    def who(self) -> Principal:
        with self.service.engine.begin() as connection:
            org_id = members.add_organisation(connection, "Desk")
            new = NewMember(f"{new_id()}@example.org", "Desk", Role.ADMIN)
            member_id = members.add_member(connection, org_id, new)
        return Principal(org_id, ROLES[Role.ADMIN], "Desk", member_id=member_id, role=Role.ADMIN)

    def hand_in(self, text: str = "ok") -> SubmissionRow:
        owner = Owner(self.who.org_id, member_id=self.who.member_id)
        return submit.submit(self.service, Upload(text.encode(), "pipeline.py", "ml_pipeline"), owner)

    def graded(self, text: str = "ok") -> SubmissionRow:
        row = self.hand_in(text)
        self.grade(row.id, 1)
        return self.row(row.id)

    def grade(self, submission_id: str, run: int, **other: object) -> Grading:
        """Grade it now; `other` replaces ports."""
        service = replace(self.service, ports=replace(self.service.ports, **other))  # type: ignore[arg-type]
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
