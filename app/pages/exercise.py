"""What both readers of an exercise see: the page's parts, and the same parts again as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi.sse import ServerSentEvent

from app.live import views
from app.live.blind import Names, without
from app.live.following import Hub
from app.live.service import Now
from app.store.database import Reads
from app.store.live import LiveFile
from app.web.rendering import fragment


def parts(now: Now, me: str, file: LiveFile | None = None) -> dict[str, Any]:
    """What templates of an exercise know.  `me` is CANDIDATE or the id of a member; `file` is the one that is open."""
    originals = {one.path: one.original for one in now.files}
    return {
        "now": now,
        "task": views.task_view(now.task),
        "file": file,
        "runs": [views.run_view(run, originals) for run in reversed(now.runs)],
        "me": me,
    }


def chosen(now: Now, path: str) -> LiveFile | None:
    """The file of this path, else the task's, else the first one."""
    by_path = {file.path: file for file in now.files}
    return by_path.get(path) or by_path.get(now.task.path) or next(iter(now.files), None)


async def events(
    hub: Hub, reads: Reads, exercise_id: str, me: str, names: Names = None
) -> AsyncIterator[ServerSentEvent]:
    """`present` and `runs` are parts of the page, `text` and `prediction` what was typed, `end` that it has ended.

    Each is sent at first, and whenever it has changed.  `names` are taken out of the candidate's text.
    """
    before: dict[str, object] = {}
    async for now in hub.follow(reads, exercise_id, me):
        now = without(now, names)  # noqa: PLW2901 - from here on nobody sees the other one
        shown = parts(now, me)
        for name in ("present", "runs"):
            html = fragment(f"live/_{name}.html", **shown)
            if before.get(name) != html:
                before[name] = html
                yield ServerSentEvent(raw_data=html, event=name)
        for file in now.files:
            if file.version and before.get(f"text {file.path}") != file.version:
                before[f"text {file.path}"] = file.version
                yield ServerSentEvent(
                    data={"path": file.path, "version": file.version, "text": file.text}, event="text"
                )
        if before.get("prediction") != now.exercise.prediction:
            before["prediction"] = now.exercise.prediction
            yield ServerSentEvent(data=now.exercise.prediction, event="prediction")
        if not now.exercise.alive:
            yield ServerSentEvent(data="", event="end")
