"""Rows 6 to 8 and 29 to 40: results, protocol, files and imports that are not what they seem."""

from __future__ import annotations

from textwrap import dedent

from graders.model.probe import Action, Exit
from tests.attacks.attack import Attack

SHADOWS = ("json", "struct", "pandas", "pyarrow", "numpy", "os", "io", "calls", "wire", "assay_harness")
AT_START = ("sitecustomize", "usercustomize", "site")
RESULTS = dedent("""
    for folder in (".", model_dir, "/tmp", "/job"):
        for name in ("results.json", "score.txt", "answer", "predictions.csv"):
            with open(os.path.join(folder, name), "w") as file:
                file.write(json.dumps({"score": 100, "roc_auc": 1.0, "status": "graded", "band": 4}))
    print(json.dumps({"score": 100, "roc_auc": 1.0}))
    """)


def answer(header: str, values: str) -> str:
    """Code that writes an answer past the harness and leaves before it can write its own."""
    return dedent(f"""
        text = json.dumps({header}).encode()
        os.pwrite(3, len(text).to_bytes(4, "big") + text + np.array({values}, "<f8").tobytes(), 0)
        os._exit(0)
        """)


def predicts(row: int, words: str, values: str, kind: str) -> Attack:
    """Numbers no honest answer holds, written where the checks inside the container cannot see them."""
    return Attack(row, words, Action.PREDICT, answer('{"done": True}', values), Exit.BAD_OUTPUT, kind)


def leaves(row: int, words: str, body: str) -> Attack:
    """Something in the model's folder that is no plain file."""
    return Attack(row, words, Action.TRAIN, body, Exit.BAD_OUTPUT, "MODEL_UNSAFE")


ATTACKS = (
    Attack(
        6,
        "a score written beside the predictions",
        Action.PREDICT,
        RESULTS + answer('{"done": True, "claims": {"roc_auc": 1.0}, "score": 100}', "data['score']"),
    ),
    Attack(
        7,
        "frames of the protocol on every descriptor",
        Action.PREDICT,
        """
        text = json.dumps({"status": 0, "limit": None, "oom": False, "answer": "given", "model": "none", "clean": True,
                           "seconds": 0, "cpu_seconds": 0, "max_rss_mb": 0, "blobs": [0, 0, 0]}).encode()
        for fd in [*range(256), *range(1000, 1024)]:
            attempt("", lambda: os.write(fd, len(text).to_bytes(4, "big") + text))
        got.clear()
        def write_to(fd):
            opened = os.open(f"/proc/1/fd/{fd}", os.O_WRONLY)
            if os.fstat(opened).st_rdev == os.stat("/dev/null").st_rdev:
                raise OSError("leads nowhere")
        for fd in range(16):
            attempt(fd, lambda: write_to(fd))
        """,
    ),
    Attack(
        8,
        "every checking function replaced",
        Action.PREDICT,
        """
        calls = sys.modules["assay_harness.harness.calls"]
        calls.to_float = lambda values: np.full(len(values), np.nan)
        np.isfinite = lambda values: np.full(len(values), True)
        pd.Series.__eq__ = lambda self, other: True
        json.dump = json.dumps = lambda *_, **__: '{"done": true, "score": 100}'
        """,
        Exit.BAD_OUTPUT,
        "PRED_NOT_FINITE",
    ),
    leaves(29, "a link to a file of the system", "(model_dir / 'm').symlink_to('/etc/passwd')"),
    Attack(30, "a named pipe", Action.TRAIN, "attempt('pipe', lambda: os.mkfifo(model_dir / 'm'))"),
    leaves(30, "a folder that is a link", "(model_dir / 'm').symlink_to('/etc')"),
    Attack(
        30,
        "a device",
        Action.TRAIN,
        "attempt('device', lambda: os.mknod(model_dir / 'm', 0o600 | 0o020000, os.makedev(1, 3)))",
    ),
    leaves(32, "a second name of another file", "os.link('pipeline.py', model_dir / 'm')"),
    leaves(33, "a file nobody may read", "(model_dir / 'm').touch(0o000)"),
    leaves(33, "a folder nobody may read", "(model_dir / 'm').mkdir(0o000)"),
    predicts(35, "NaN past the harness", "[np.nan] * len(data)", "PRED_NOT_FINITE"),
    predicts(35, "infinity past the harness", "[np.inf] * len(data)", "PRED_NOT_FINITE"),
    predicts(35, "negative numbers past the harness", "[-1.0] * len(data)", "PRED_RANGE"),
    predicts(35, "1e308 past the harness", "[1e308] * len(data)", "PRED_RANGE"),
    predicts(36, "a row too few past the harness", "[0.5] * (len(data) - 1)", "PRED_LENGTH"),
    predicts(36, "a row too many past the harness", "[0.5] * (len(data) + 1)", "PRED_LENGTH"),
    Attack(
        36,
        "a billion rows past the harness",
        Action.PREDICT,
        "os.truncate(3, 14 * 2**20)\nos._exit(0)",
        Exit.TOO_LARGE,
        "ANSWER_TOO_LARGE",
    ),
    leaves(38, "a link to its own memory, where the rows are", "(model_dir / 'm').symlink_to('/proc/self/mem')"),
    Attack(
        38,
        "a model of 60 MB",
        Action.TRAIN,
        "(model_dir / 'm').write_bytes(bytes(60 * 2**20))",
        Exit.TOO_LARGE,
        "MODEL_TOO_LARGE",
    ),
    Attack(
        39,
        "modules named as the grader's",
        Action.PREDICT,
        "assert not any(hasattr(module, 'FORGED') for module in (json, np, pd, os))",
        files=dict.fromkeys(SHADOWS, "FORGED = True\nprint('left-by-attack')\nDataFrame = Series = object\n"),
    ),
    Attack(
        40,
        "modules Python loads at its start",
        Action.PREDICT,
        """
        result = subprocess.run([sys.executable, "-c", "print(7)"], capture_output=True, cwd="/", text=True)
        assert MARK not in result.stdout + result.stderr, result
        """,
        files=dict.fromkeys(AT_START, "print('left-by-attack')\nimport os\nos._exit(0)\n"),
    ),
)
