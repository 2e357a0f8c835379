"""Submissions, rows and probes to try a sandbox with, and a table of how each submission must end."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import dedent

import numpy as np
import pandas as pd

from graders.model.challenge import Limits
from graders.model.probe import Action, Exit, Probe
from graders.model.submission import Form, Submission

ROWS = 500
#: No machine is so slow that an honest specimen meets these.
ROOMY = Limits(cpu_seconds=60, seconds=120, memory_mb=512, model_mb=2, log_kb=16)
#: For what goes on until it meets its limit.
BRIEF = replace(ROOMY, cpu_seconds=1)

HONEST = """
import json
from helper import AUC
def train(data, model_dir):
    (model_dir / "mean.json").write_text(json.dumps(float(data["churned"].mean())))
    (model_dir / "deep" / "er").mkdir(parents=True)
    (model_dir / "deep" / "er" / "blob").write_bytes(bytes(range(256)))
def evaluate(data):
    return {"roc_auc": AUC, "n": len(data)}
def predict(data, model_dir):
    assert (model_dir / "deep" / "er" / "blob").read_bytes() == bytes(range(256))
    mean = json.loads((model_dir / "mean.json").read_text())
    return (data["score"] * mean).tolist()
"""


def submission(source: str = HONEST, **files: str) -> Submission:
    """A submission of `pipeline.py` and more files by module name."""
    texts = {"pipeline.py": dedent(source), "helper.py": "from scores.known import AUC\n"}
    texts["src/scores/known.py"] = "AUC = 0.75\n"  # where an installation of the project would find it
    texts |= {f"{name}.py": dedent(text) for name, text in files.items()}
    content = {path: text.encode() for path, text in texts.items()}
    sha256 = hashlib.sha256(repr(sorted(content.items())).encode()).hexdigest()
    return Submission(sha256[:12], sha256, Form.PACKAGE, "pipeline.py", content, content)


def rows(count: int = ROWS, labelled: bool = True) -> pd.DataFrame:
    """Rows of several types, with an index and gaps of their own."""
    random = np.random.default_rng(7)
    data = pd.DataFrame(
        {
            "score": random.uniform(size=count),
            "age": random.integers(18, 90, size=count),
            "region": random.choice(["north", "süd", None], size=count),  # type: ignore[arg-type]  # None is a gap
            "used": np.where(random.uniform(size=count) < 0.1, np.nan, 1.5),
            "churned": random.integers(0, 2, size=count),
        },
        index=pd.Index(np.arange(count) * 3 + 10, name="row"),
    )
    return data if labelled else data.drop(columns="churned")


def probe(action: Action, limits: Limits = ROOMY, model: bytes | None = None, **more: object) -> Probe:
    data = rows(labelled=action is not Action.PREDICT)
    fields: dict[str, object] = {"name": str(action), "data": data, "model": model, **more}
    return Probe(action=action, limits=limits, **fields)  # type: ignore[arg-type]  # a builder's free-form fields


#: Read at import; the command line is empty wherever a submission runs, so that check and grade agree.
ARGUMENTS = (
    "import argparse\n"
    "PARSER = argparse.ArgumentParser()\n"
    "PARSER.add_argument('--share', type=float, default=0.5)\n"
    "ARGS = PARSER.parse_args()\n"
    "assert PARSER.prog == 'pipeline.py'"
)


HEAD = "import os, socket, sys, time\nimport numpy as np\n"


@dataclass(frozen=True)
class Case:
    """One submission, one probe, and how it must end."""

    fact: str
    action: Action
    body: str
    exit: Exit
    kind: str | None = None
    message: str = ""
    limits: Limits = ROOMY
    isolated: bool = False  # only a sandbox that isolates can hold this
    before: str = ""  # lines at module level

    @property
    def source(self) -> str:
        return f"{HEAD}{self.before}\n{self.function(self.action)}"

    @property
    def plain(self) -> bool:
        """Whether it has nothing of its own but a body, and may share a submission and a container with others."""
        return not self.before and not self.isolated and self.limits is ROOMY

    def function(self, name: str) -> str:
        arguments = "data" if self.action is Action.EVALUATE else "data, model_dir"
        body = "\n    ".join(self.body.split("\n"))
        return f"def {name}({arguments}):\n    {body}\n"


def together(cases: Sequence[Case]) -> tuple[Submission, list[Probe]]:
    """One submission that does what each of these plain cases does, and a probe for each: its rows say which."""
    bodies = [case.function(f"case_{number}") for number, case in enumerate(cases)]
    asked = "def {0}(data, *folder):\n    return globals()[f'case_{{data.pop(\"case\").iloc[0]}}'](data, *folder)\n"
    text = HEAD + "".join([*bodies, *(asked.format(action) for action in sorted({case.action for case in cases}))])
    every = [(case.action, rows(labelled=case.action is not Action.PREDICT)) for case in cases]
    return submission(text), [probe(action, data=data.assign(case=n)) for n, (action, data) in enumerate(every)]


def predicts(fact: str, body: str, kind: str, message: str = "") -> Case:
    return Case(fact, Action.PREDICT, body, Exit.BAD_OUTPUT, kind, message)


def claims(fact: str, body: str, kind: str) -> Case:
    return Case(fact, Action.EVALUATE, body, Exit.BAD_OUTPUT, kind)


CASES = (
    Case("a list of numbers is an answer", Action.PREDICT, "return [0.5] * len(data)", Exit.OK),
    Case("a column is an answer", Action.PREDICT, "return data['score']", Exit.OK),
    Case("whole numbers are an answer", Action.PREDICT, "return np.ones(len(data), int)", Exit.OK),
    Case("more claims than the one needed", Action.EVALUATE, "return {'roc_auc': 0.5, 'x': -3}", Exit.OK),
    Case("saving nothing is no error", Action.TRAIN, "pass", Exit.OK),
    Case("arguments with defaults", Action.EVALUATE, "return {'roc_auc': ARGS.share}", Exit.OK, before=ARGUMENTS),
    Case(
        "an argument that has to be given",
        *(Action.EVALUATE, "return {'roc_auc': ARGS.share}", Exit.NO_ANSWER, "NO_ANSWER"),
        before=ARGUMENTS.replace("default=0.5", "required=True"),
    ),
    predicts("too few values", "return [0.5] * 12", "PRED_LENGTH", "12 values for 500 rows"),
    predicts("NaN", "return [0.5] * 499 + [float('nan')]", "PRED_NOT_FINITE", "1 of 500"),
    predicts("infinity", "return np.full(len(data), np.inf)", "PRED_NOT_FINITE", "500 of 500"),
    predicts("missing values", "return [None] * len(data)", "PRED_NOT_FINITE"),
    predicts("text", "return ['0.5'] * len(data)", "PRED_TYPE"),
    predicts("nothing returned", "return None", "PRED_SHAPE"),
    predicts("beyond 1", "return np.full(len(data), 1.5)", "PRED_RANGE", "500 of 500"),
    predicts("below 0", "return np.full(len(data), -0.1)", "PRED_RANGE"),
    predicts("both columns of predict_proba", "return np.full((len(data), 2), 0.5)", "PRED_SHAPE", "2 columns"),
    claims("no dictionary", "return 0.8", "CLAIMS_TYPE"),
    claims("a text for a number", "return {'roc_auc': '0.8'}", "CLAIMS_TYPE"),
    claims("too many keys", "return {'roc_auc': 0.5} | {str(i): 0.5 for i in range(200)}", "CLAIMS_TYPE"),
    claims("a long key", "return {'roc_auc': 0.5, 'x' * 100: 1.0}", "CLAIMS_TYPE"),
    claims("the metric is missing", "return {'accuracy': 0.8}", "CLAIMS_NO_METRIC"),
    claims("NaN for the metric", "return {'roc_auc': float('nan')}", "CLAIMS_NOT_FINITE"),
    claims("a metric beyond 1", "return {'roc_auc': 80}", "CLAIMS_RANGE"),
    Case("an exception", Action.TRAIN, "raise KeyError('nope')", Exit.CRASHED, "KeyError", "nope"),
    Case("an own exception", Action.TRAIN, "class E(Exception): 0\nraise E", Exit.CRASHED, "an exception of its own"),
    Case("an exit", Action.TRAIN, "sys.exit(0)", Exit.NO_ANSWER, "NO_ANSWER"),
    Case("a hard exit", Action.TRAIN, "os._exit(0)", Exit.NO_ANSWER, "NO_ANSWER"),
    Case("a signal", Action.TRAIN, "os.kill(os.getpid(), 11)", Exit.CRASHED, "SIGNAL", "SIGSEGV"),
    Case("an endless loop", Action.TRAIN, "while True: pass", Exit.TIMED_OUT, "CPU_LIMIT", limits=BRIEF),
    Case(
        "an endless sleep",
        *(Action.TRAIN, "time.sleep(1000)", Exit.TIMED_OUT, "WALL_LIMIT"),
        limits=replace(ROOMY, seconds=3),
    ),
    Case(
        "a forked tree shares one allowance",
        *(Action.TRAIN, "[os.fork() for _ in range(3)]\nwhile True: pass", Exit.TIMED_OUT, "CPU_LIMIT"),
        limits=BRIEF,
        isolated=True,
    ),
    Case(
        "memory beyond the limit",
        *(Action.TRAIN, "keep = [np.ones(2**22) for _ in range(64)]", Exit.OUT_OF_MEMORY, "MEMORY_LIMIT"),
        isolated=True,
    ),
    Case(
        "a model above its limit",
        *(Action.TRAIN, "(model_dir / 'm').write_bytes(bytes(3 * 2**20))", Exit.TOO_LARGE, "MODEL_TOO_LARGE"),
    ),
    Case(
        "a model far above its limit",
        *(Action.TRAIN, "(model_dir / 'm').write_bytes(bytes(40 * 2**20))", Exit.TOO_LARGE, "MODEL_TOO_LARGE"),
    ),
    Case(
        "a model of too many files",
        *(Action.TRAIN, "[(model_dir / str(i)).touch() for i in range(501)]", Exit.TOO_LARGE, "MODEL_TOO_LARGE"),
    ),
    Case(
        "a link in the model",
        *(Action.TRAIN, "(model_dir / 'm').symlink_to('/etc/passwd')", Exit.BAD_OUTPUT, "MODEL_UNSAFE"),
    ),
    Case(
        "a socket in the model",
        *(
            Action.TRAIN,
            "os.chdir(model_dir)\nsocket.socket(socket.AF_UNIX).bind('m')",
            Exit.BAD_OUTPUT,
            "MODEL_UNSAFE",
        ),
    ),
    Case(
        "rubbish in place of the answer",
        *(Action.TRAIN, "os.pwrite(3, b'\\xff' * 99, 0)\nos._exit(0)", Exit.NO_ANSWER, "NO_ANSWER"),
        isolated=True,
    ),
)
