"""What references of shipped challenges are never held to have done, and the limits that all submissions have."""

from __future__ import annotations

from graders.model.challenge import Limits

#: What nobody honest is told.
CLEAN = frozenset({"LEAK010", "OVR001", "OVR002", "OVR003", "REPRO001"})
#: What a submission that thinks of production, people and the reader is never held to have failed.
GOOD = frozenset(
    {"EVAL001", "EVAL002", "EVAL003", "EVAL004", "EVAL005", "MODEL001", "ROB001", "ROB002", "ROB003", "ROB004"}
)
GOOD |= {"ROB005", "SKEW001", "DATA001", "PERF001", "PERF002", "PERF003", "FAIR001", "DOC001", "DOC002", "DOC003"}
GOOD |= {"MON001", "SLICE001", "SHIFT001"}

TRAIN_LIMITS = TOOL_LIMITS = Limits(cpu_seconds=60, seconds=120)
PREDICT_LIMITS = Limits(cpu_seconds=30, seconds=60)
