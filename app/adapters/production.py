"""The ports of a real installation: intake, challenges, hidden data and Docker.

What runs and judges is imported by the functions that do: a server that leaves it to workers never loads it.
"""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from app import intake
from app.adapters.packages import home_of, index_of, packages, with_extra
from app.artifacts import Artifacts, Verdict
from app.challenges.keeping import Keeping
from app.platform.secrets import Keyring
from app.platform.settings import Settings
from app.ports import CaseOfOtherData, Ports
from app.store.blobs import blobs
from app.words import language
from graders.live.model import LiveOutcome, LiveTask
from graders.model.challenge import Challenge
from graders.model.probe import Watch
from graders.model.submission import Submission
from graders.probes.names import PACKAGES, PROBES
from sandbox.static_tools.bounded import Bounds, ForkServer

if TYPE_CHECKING:
    from sandbox.host.docker import DockerSandbox

#: How many times the weight of a grading a live run has on its core.
AHEAD = 16
#: Containers that a live run takes at once: one trains and predicts, the other evaluates.
LANES = 2
#: Putting a kit together takes a second or two; a table of a million rows is written as text.
KIT_BOUNDS = Bounds(cpu_seconds=300, memory_mb=4096, seconds=600)
#: Kits of single candidates that a process holds; each is a MB or two.
KITS_OF_LOTS = 8
#: And their briefs, a few KB each.
BRIEFS = 256


def _kit(challenge: Challenge, home: Path) -> bytes:
    """A starter kit, made in a process of its own: what reads tables would stay in a server, some 200 MB."""
    from challenges import kit, vault  # noqa: PLC0415

    return kit.build(challenge, vault.load(challenge, home))


class SandboxOnDemand:
    """One sandbox for a process, opened by the first grading: the service starts and accepts without Docker.

    One that is `ahead` has containers of its own, before which those of gradings stand back on every core.
    """

    def __init__(self, stack: ExitStack, settings: Settings, *, ahead: bool = False) -> None:
        self._stack, self._settings, self._lock = stack, settings, threading.Lock()
        self._ahead = ahead
        self._sandbox: DockerSandbox | None = None

    def __call__(self) -> DockerSandbox:
        """The sandbox; SandboxError where there is no engine (now)."""
        with self._lock:
            self._sandbox = self._sandbox or self._stack.enter_context(self._open())
            return self._sandbox

    def abandon(self, submission_id: str) -> None:
        """End the containers that run this submission."""
        if self._sandbox is not None:
            self._sandbox.abandon(submission_id)

    def info(self) -> Mapping[str, str | None]:
        """Image and runtime, once something has been graded."""
        found = self._sandbox.info if self._sandbox is not None else None
        return {
            "image": found.image if found else None,
            "runtime": found.runtime if found else self._settings.runtime or None,
        }

    def _open(self) -> DockerSandbox:
        from sandbox.host.container import FULL_WEIGHT  # noqa: PLC0415
        from sandbox.host.docker import DockerSandbox  # noqa: PLC0415

        chosen = self._settings
        return DockerSandbox(
            runtime=chosen.runtime or None,
            warm=max(chosen.warm, LANES) if self._ahead else chosen.warm,
            weight=AHEAD * FULL_WEIGHT if self._ahead else FULL_WEIGHT,
            reuse=chosen.reuse,
            packages=home_of(chosen),
            index=index_of(chosen),
        )


@contextmanager
def ports(settings: Settings) -> Iterator[Ports]:
    """Closed with all its containers at the end."""
    home = settings.prepare_home()
    with ExitStack() as stack:
        sandbox, ahead = SandboxOnDemand(stack, settings), SandboxOnDemand(stack, settings, ahead=True)
        keeping = Keeping(home, blobs(settings), Keyring(settings.secret_key()))
        beside = packages(settings)

        def unpack(data: bytes, name: str, challenge: Challenge) -> Submission:
            return beside.received(partial(intake.unpack, data, name), challenge)

        def grade(submission: Submission, challenge: Challenge, watch: Watch) -> Artifacts:
            from app.adapters.grading import grade_submission  # noqa: PLC0415

            keeping.share(replace(challenge, lot=""))
            keeping.share(challenge)
            submission = with_extra(submission, challenge)
            if submission.layer:
                watch(PACKAGES, "started")
                sandbox().prepare(submission)
                watch(PACKAGES, "ended")
            return grade_submission(submission, challenge, sandbox(), home=home, watch=watch)

        def preview(submission: Submission, challenge: Challenge) -> Verdict:
            from challenges import vault  # noqa: PLC0415
            from graders.tasks.asked import contract_of  # noqa: PLC0415
            from starter_kit import check as checking  # noqa: PLC0415

            later = challenge.time if challenge.hidden_units == "known" else None
            facts = checking.Facts(
                challenge.target, challenge.group, challenge.packages, contract_of(challenge), later=later
            )
            keeping.share(challenge)
            result = checking.smoke(
                with_extra(submission, challenge), vault.load(challenge, home).public, facts, sandbox()
            )
            return Verdict(result.ok, tuple(checking.lines(result)))

        def rescored(case: bytes, challenge: Challenge) -> Artifacts:
            from app.adapters.grading import rescore  # noqa: PLC0415
            from graders.record import OtherData  # noqa: PLC0415

            keeping.share(challenge)
            try:
                return rescore(case, challenge, home=home)
            except OtherData as other:
                raise CaseOfOtherData from other

        def starter_kit(challenge_id: str, lot: str) -> bytes:
            challenge = replace(keeping.challenge(challenge_id), lot=lot)
            keeping.share(challenge)
            return ForkServer().call(KIT_BOUNDS, _kit, challenge, home)

        @lru_cache(BRIEFS)
        def brief_in(challenge_id: str, lot: str, locale: str) -> str:
            with zipfile.ZipFile(BytesIO(of_lots(challenge_id, lot))) as made:
                translated, usual = f"{challenge_id}/BRIEF.{locale}.md", f"{challenge_id}/BRIEF.md"
                return made.read(translated if translated in made.namelist() else usual).decode()

        def brief(challenge_id: str, lot: str) -> str:
            return brief_in(challenge_id, lot, language())

        everybodys, of_lots = lru_cache(starter_kit), lru_cache(KITS_OF_LOTS)(starter_kit)

        yield Ports(
            challenge=keeping.challenge,
            unpack=unpack,
            lock=beside.lock,
            grade=grade,
            preview=preview,
            live=partial(_live, keeping, ahead, home),
            rescore=rescored,
            abandon=partial(_abandon, (sandbox, ahead)),
            sandbox=sandbox.info,
            challenges=keeping.names,
            share=keeping.share,
            forget=keeping.forget,
            draw=keeping.draw,
            discard_lot=keeping.discard_lot,
            phases=PROBES,
            kit=lambda challenge: (of_lots if challenge.lot else everybodys)(challenge.id, challenge.lot),
            brief=lambda challenge: brief(challenge.id, challenge.lot),
        )


def _live(
    keeping: Keeping, box: SandboxOnDemand, home: Path, submission: Submission, challenge: Challenge, task: LiveTask
) -> LiveOutcome:
    from app.adapters.live import run_live  # noqa: PLC0415

    keeping.share(replace(challenge, lot=""))
    keeping.share(challenge)
    return run_live(with_extra(submission, challenge), challenge, task, box(), home=home)


def _abandon(boxes: Iterable[SandboxOnDemand], submission_id: str) -> None:
    for box in boxes:
        box.abandon(submission_id)
