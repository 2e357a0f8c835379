"""Containers kept from one session to the next: for the same submission alone, and never once it has predicted."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from graders.model.probe import Action
from graders.model.submission import Submission
from sandbox.host.container import Shape
from sandbox.host.reuse import ReusePool
from sandbox.testing.specimens import submission
from testing.waiting import until

SHAPE = Shape(memory_mb=1024, model_mb=50, preload=("pandas",))


@dataclass(eq=False)
class Box:
    """A container as the pool sees one."""

    shape: Shape = SHAPE
    loaded: tuple[str, ...] = ("pandas",)

    def loads(self, shape: Shape) -> tuple[bool, int]:
        return shape.variables != self.shape.variables, len(set(shape.preload) - set(self.loaded))


@dataclass
class Story:
    """A pool, and what became of the boxes that were not kept."""

    removed: list[Any] = field(default_factory=list)
    of: Submission = field(default_factory=submission)
    keep_seconds: float = 60.0

    def __post_init__(self) -> None:
        self.pool = ReusePool(self.removed.append, self.keep_seconds)

    def asked(self, *actions: Action) -> Story:
        for _ in actions:
            self.pool.announce(self.of)
        return self

    def begun(self, of: Submission | None = None, shape: Shape = SHAPE) -> Any:
        self.pool.begin(of or self.of)
        return self.pool.take(of or self.of, shape)

    def ended(self, action: Action, box: Box | None = None) -> Box:
        found: Any = box or Box()
        self.pool.put(self.of, action, found)
        self.pool.end(self.of)
        return found


def test_a_train_leaves_its_container_to_predict() -> None:
    """It is kept although nobody has asked for predict yet, and handed out once."""
    story = Story().asked(Action.TRAIN)
    assert story.begun() is None
    box = story.ended(Action.TRAIN)
    story.asked(Action.PREDICT, Action.PREDICT)
    assert story.begun() is box
    assert story.begun() is None
    assert story.removed == []


@pytest.mark.parametrize(
    ("action", "finished", "waiting", "kept"),
    [
        (Action.TRAIN, False, 0, True),
        (Action.EVALUATE, False, 0, True),  # as a doubt may have to be settled
        (Action.EVALUATE, True, 0, False),
        (Action.TESTS, True, 1, True),
        (Action.PREDICT, False, 1, False),  # whatever waits, nothing comes back from hidden rows
    ],
)
def test_it_is_kept_where_a_session_may_want_it(action: Action, finished: bool, waiting: int, kept: bool) -> None:
    story = Story().asked(action)
    story.begun()
    story.asked(*[Action.EVALUATE] * waiting)
    if finished:
        story.pool.finish(story.of)
    box = story.ended(action)
    assert story.removed == ([] if kept else [box])
    assert (story.pool.take(story.of, SHAPE) is box) == kept


def test_once_finished_no_more_are_kept_than_wait() -> None:
    """Two sessions end, one waits: the second container is removed."""
    story = Story().asked(Action.TESTS, Action.EVALUATE)
    story.begun(), story.begun()
    story.asked(Action.EVALUATE)
    story.pool.finish(story.of)
    first, second = story.ended(Action.TESTS), story.ended(Action.EVALUATE)
    assert story.removed == [second]
    assert story.begun() is first


def test_one_that_was_begun_ahead_is_waited_for() -> None:
    """A session takes no container that has all to load anew while the one begun for it is on its way."""
    order = {"PYTHONHASHSEED": "7"}
    own, others = (Box(Shape(1024, 50, ("pandas",), variables)) for variables in (order, {}))
    story = Story()
    story.pool.expect(story.of), story.pool.expect(story.of)
    story.pool.arrived(story.of, others)
    story.asked(Action.TRAIN)
    late = threading.Timer(0.1, story.pool.arrived, (story.of, own))
    late.start()
    assert story.begun(shape=own.shape) is own
    assert story.asked(Action.TRAIN).begun(shape=others.shape) is others
    late.join()


def test_one_that_could_not_be_begun_is_not_waited_for() -> None:
    """The session then begins its own."""
    story = Story()
    story.pool.expect(story.of)
    story.pool.arrived(story.of, None)
    assert story.asked(Action.TRAIN).begun() is None


def test_one_that_arrives_when_all_is_over_is_removed() -> None:
    """Where the grading has failed meanwhile."""
    story, box = Story(), Box()
    story.pool.expect(story.of)
    story.pool.finish(story.of)
    story.pool.arrived(story.of, box)
    assert story.removed == [box]


def test_the_same_bytes_handed_in_twice_are_two_submissions() -> None:
    """Another submission gets no container of this one, be it equal to the last byte."""
    story = Story().asked(Action.TRAIN)
    story.begun()
    story.ended(Action.TRAIN)
    twin = submission()
    assert twin.sha256 == story.of.sha256
    story.pool.announce(twin)
    assert story.begun(twin) is None


@pytest.mark.parametrize("shape", [Shape(512, 50, ()), Shape(1024, 2, ())])
def test_other_limits_need_another_container(shape: Shape) -> None:
    """Memory and space are fixed at a container's start."""
    story = Story().asked(Action.TRAIN)
    story.begun()
    story.ended(Action.TRAIN)
    assert story.asked(Action.PREDICT).begun(shape=shape) is None


def test_the_one_with_most_loaded_is_taken() -> None:
    """Loading is what takes the time."""
    story = Story().asked(Action.TESTS, Action.TRAIN)
    story.begun(), story.begun()
    story.asked(Action.EVALUATE)
    story.ended(Action.TESTS, box=Box(loaded=()))
    loaded = story.ended(Action.TRAIN)
    assert story.asked(Action.PREDICT).begun() is loaded


def test_the_one_with_the_right_order_of_sets_is_taken() -> None:
    """In the other all would have to be loaded anew."""
    other = Shape(1024, 50, ("pandas",), {"PYTHONHASHSEED": "7"})
    story = Story().asked(Action.TRAIN, Action.EVALUATE)
    story.begun(), story.begun()
    story.ended(Action.TRAIN)
    right = story.ended(Action.EVALUATE, box=Box(other, loaded=()))
    assert story.asked(Action.TESTS).begun(shape=other) is right


def test_nothing_is_kept_once_a_submission_is_finished() -> None:
    """Whoever knows that no more will come says so."""
    story = Story().asked(Action.EVALUATE)
    story.begun()
    box = story.ended(Action.EVALUATE)
    assert story.removed == []
    story.pool.finish(story.of)
    assert story.removed == [box]


def test_a_session_that_is_cancelled_keeps_nothing() -> None:
    """What was kept for it is removed."""
    story = Story().asked(Action.TRAIN)
    story.begun()
    story.asked(Action.EVALUATE)
    story.pool.finish(story.of)
    box = story.ended(Action.TRAIN)
    story.pool.withdraw(story.of)
    assert story.removed == [box]


def test_a_predict_that_does_not_come_is_not_waited_for_for_ever() -> None:
    """After its time the container is removed."""
    story = Story(keep_seconds=0.01).asked(Action.TRAIN)
    story.begun()
    box = story.ended(Action.TRAIN)
    until(lambda: story.removed)
    assert story.removed == [box]
    assert story.pool.take(story.of, SHAPE) is None


def test_a_session_that_has_been_asked_for_is_waited_for() -> None:
    """However long the queue is before it."""
    story = Story(keep_seconds=0.01).asked(Action.TRAIN)
    story.begun()
    story.asked(Action.EVALUATE)
    box = story.ended(Action.TRAIN)
    time.sleep(0.2)
    assert story.begun() is box


def test_a_closed_shelf_keeps_nothing() -> None:
    """Whoever ends a session after the end removes its container."""
    story = Story().asked(Action.TRAIN)
    story.begun()
    story.pool.close()
    box = story.ended(Action.TRAIN)
    assert story.removed == [box]
