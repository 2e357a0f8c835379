"""The real engine: what a container can reach, what it leaves behind, and what is our fault."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import docker
import pytest
from docker.models.containers import Container as DockerContainer

from graders.model.probe import Action, Exit, SandboxError
from sandbox.host import owner
from sandbox.host.container import Container, Shape
from sandbox.host.docker import DockerSandbox
from sandbox.image import build
from sandbox.testing.conformance import ROOMY, probe, run_one, submission
from sandbox.testing.specimens import BRIEF
from testing.waiting import SECONDS, until

LARGE = replace(ROOMY, memory_mb=1024)
SHAPE = Shape(memory_mb=512, model_mb=2, preload=())


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.DockerClient]:
    client = docker.from_env()
    yield client
    client.close()


def ours(engine: docker.DockerClient) -> list[DockerContainer]:
    """The containers this very process owns."""
    label = f"{owner.OWNER}={owner.LABELS[owner.OWNER]}"
    return engine.containers.list(all=True, filters={"label": label}, ignore_removed=True)


REACH = """
import ctypes, os, platform, resource, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)

def refused(number):
    return number < 0

def opens(path, flags=os.O_RDONLY):
    os.close(os.open(path, flags))

def connects(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as line:
        line.settimeout(2)
        line.connect(address)

def files_of_pid_1():
    paths = [path for path in map("/proc/1/fd/{}".format, os.listdir("/proc/1/fd")) if os.readlink(path) != os.devnull]
    assert paths
    for path in paths:
        for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR):
            try:
                name = os.readlink(path)
                got = opens(path, flags | os.O_NONBLOCK)
            except OSError:
                continue
            try:
                opens(name, flags | os.O_NONBLOCK)  # as PID 1 counts, it looks at files in /proc that anybody may read
            except OSError:
                return got
    raise PermissionError(paths)

def environment_of(process):
    with open(f"/proc/{process}/environ") as file:
        names = {entry.partition("=")[0] for entry in file.read().split(chr(0))}
    if names <= {"", "ASSAY_PRELOAD", *os.environ}:
        raise PermissionError("nothing but what every probe's process has itself")

(SWEEPER,) = {int(name) for name in os.listdir("/proc") if name.isdigit()} - {1, os.getpid()}

def call(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")

ATTEMPTS = {
    "network": lambda: connects(socket.AF_INET, ("192.0.2.1", 80)),
    "names": lambda: socket.getaddrinfo("localhost.example", 80),
    "vsock": lambda: socket.socket(40, socket.SOCK_STREAM).close(),
    "alg": lambda: socket.socket(38, socket.SOCK_SEQPACKET).close(),
    "packet": lambda: socket.socket(17, socket.SOCK_RAW).close(),
    "unshare user": lambda: call(libc.unshare(0x10000000)),
    "mount": lambda: call(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)),
    "chroot": lambda: os.chroot("/tmp"),
    "ptrace PID 1": lambda: call(libc.ptrace(16, 1, 0, 0)),
    "ptrace": lambda: call(libc.ptrace(0, 0, 0, 0)),
    "memory of PID 1": lambda: opens("/proc/1/mem"),
    "environment of PID 1": lambda: environment_of(1),
    "files of PID 1": files_of_pid_1,
    "limits of PID 1": lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0)),
    "signals to PID 1": lambda: os.kill(1, 0),
    "niceness of PID 1": lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
    "ptrace the sweeper": lambda: call(libc.ptrace(16, SWEEPER, 0, 0)),
    "memory of the sweeper": lambda: opens(f"/proc/{SWEEPER}/mem"),
    "environment of the sweeper": lambda: environment_of(SWEEPER),
    "limits of the sweeper": lambda: resource.prlimit(SWEEPER, resource.RLIMIT_NOFILE, (0, 0)),
    "signals to the sweeper": lambda: os.kill(SWEEPER, 0),
    "niceness of the sweeper": lambda: os.setpriority(os.PRIO_PROCESS, SWEEPER, 19),
    "write the root": lambda: opens("/written", os.O_CREAT | os.O_WRONLY),
    "write the harness": lambda: opens("/opt/assay/assay_harness/protocol/wire.py", os.O_WRONLY),
    "write the packages": lambda: opens(os.path.join(os.path.dirname(os.__file__), "x.py"), os.O_CREAT | os.O_WRONLY),
    "become root": lambda: os.setuid(0),
    "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096)),
    "message queue": lambda: call(libc.mq_open(b"/q", os.O_CREAT | os.O_RDWR, 0o600, None)),
    "shared memory": lambda: call(libc.shmget(0, 4096, 0o1600)),
    "device": lambda: os.mknod("/tmp/d", 0o600 | 0o020000, os.makedev(1, 3)),
    "host name": lambda: socket.sethostname("x"),
}
if platform.machine() == "x86_64":
    NUMBERS = {"io_uring": 425, "keyctl": 250, "bpf": 321, "perf": 298, "userfaultfd": 323, "process_vm_readv": 310,
               "pidfd_getfd": 438, "memfd_secret": 447, "name_to_handle_at": 303, "personality": 135, "setns": 308}
    for name, number in NUMBERS.items():
        ATTEMPTS[name] = lambda number=number: call(libc.syscall(number, 4, 0, 0, 0, 0))

def executes():
    with open("/tmp/run.sh", "w") as file:
        file.write("#!/bin/sh\\ntrue\\n")
    os.chmod("/tmp/run.sh", 0o755)
    subprocess.run(["/tmp/run.sh"], check=True)

ATTEMPTS["execute what it wrote"] = executes

def succeeds(attempt):
    try:
        attempt()
    except (OSError, ValueError):
        return 0.0
    return 1.0

def evaluate(data):
    return {"roc_auc": 0.5} | {name: succeeds(attempt) for name, attempt in ATTEMPTS.items()}
"""


def test_a_container_is_closed_on_every_side(docker_sandbox: DockerSandbox) -> None:
    """None of these gets anywhere: network, kernel interfaces, PID 1, the image, other users."""
    run = run_one(docker_sandbox, probe(Action.EVALUATE, LARGE), submission(REACH))
    assert run.ok, run.failure
    assert len(run.claims) > 20
    assert [name for name, got in run.claims.items() if got and name != "roc_auc"] == []


FULL = """
import os
def fill(path, limit):
    try:
        for i in range(limit):
            with open(f"{path}/{i}", "wb") as file:
                file.write(bytes(2**20))
    except OSError:
        pass
    return sum(os.path.getsize(f"{path}/{name}") for name in os.listdir(path)) / 2**20
def inodes(path):
    try:
        for i in range(10_000):
            os.mkdir(f"{path}/{i}")
    except OSError:
        return i
    return 10_000
def forks():
    alive = []
    try:
        for _ in range(200):
            pid = os.fork()
            if pid == 0:
                import time; time.sleep(30); os._exit(0)
            alive.append(pid)
    except OSError:
        pass
    return len(alive)
def evaluate(data):
    return {"roc_auc": 0.5, "forks": forks(), "tmp": fill("/tmp", 200), "shm": fill("/dev/shm", 200),
            "inodes": inodes("/job/model")}
"""


def test_space_names_and_processes_are_limited(docker_sandbox: DockerSandbox) -> None:
    """What can be written is small, and so is the number of files and processes."""
    run = run_one(docker_sandbox, probe(Action.EVALUATE, LARGE), submission(FULL))
    assert run.ok, run.failure
    assert run.claims["tmp"] <= 64
    assert run.claims["shm"] <= 64
    assert run.claims["inodes"] <= 4096
    assert run.claims["forks"] < 64


LIBRARIES = """
import joblib, lightgbm, multiprocessing, numpy as np, pandas as pd, xgboost
from sklearn.ensemble import HistGradientBoostingClassifier
def double(x):
    return 2 * x
def train(data, model_dir):
    X, y = data[["score", "age"]], data["churned"]
    for model in (HistGradientBoostingClassifier(max_iter=5), lightgbm.LGBMClassifier(n_estimators=5, verbose=-1),
                  xgboost.XGBClassifier(n_estimators=5)):
        joblib.dump(model.fit(X, y), model_dir / type(model).__name__)
    data.to_parquet(model_dir / "rows.parquet")
    assert pd.read_parquet(model_dir / "rows.parquet").equals(data)
    assert joblib.Parallel(n_jobs=2)(joblib.delayed(double)(i) for i in range(4)) == [0, 2, 4, 6]
    with multiprocessing.Pool(2) as pool:
        assert pool.map(double, range(4)) == [0, 2, 4, 6]
def predict(data, model_dir):
    names = "HistGradientBoostingClassifier", "LGBMClassifier", "XGBClassifier"
    models = [joblib.load(model_dir / name) for name in names]
    return np.mean([m.predict_proba(data[["score", "age"]])[:, 1] for m in models], axis=0)
"""


def test_what_honest_pipelines_use_works(docker_sandbox: DockerSandbox) -> None:
    """Gradient boosting of three makes, worker processes and parquet run under every limit."""
    train = run_one(docker_sandbox, probe(Action.TRAIN, LARGE), submission(LIBRARIES))
    assert train.ok, (train.failure, train.log)
    predict = run_one(docker_sandbox, probe(Action.PREDICT, LARGE, model=train.model), submission(LIBRARIES))
    assert predict.ok, (predict.failure, predict.log)


TRACES = """
import os, builtins
from pathlib import Path
PLACES = "/tmp/x", "/dev/shm/x", "/job/x", "/job/sub/x", "/job/model/x"
def train(data, model_dir):
    for place in PLACES:
        Path(place).write_text("left behind")
    builtins.left_behind = True
    os.environ["LEFT"] = "1"
    os.chmod("/job/sub", 0o500)
def evaluate(data):
    assert not hasattr(builtins, "left_behind") and "LEFT" not in os.environ
    assert not any(Path(place).exists() for place in PLACES)
    return {"roc_auc": 0.5}
"""


def test_probes_leave_no_traces(docker_sandbox: DockerSandbox) -> None:
    """A probe finds no file and no state of the one before, in whichever container it runs."""
    probes = [probe(Action.TRAIN, LARGE), probe(Action.EVALUATE, LARGE)]
    of = submission(TRACES)
    train, evaluate = docker_sandbox.start(of, probes).result(600)
    docker_sandbox.finish(of)
    assert train.ok, train.failure
    assert evaluate.ok, evaluate.failure


def test_a_session_may_have_nothing_left_to_run(docker_sandbox: DockerSandbox) -> None:
    """Where another has made all its probes needless, it has no runs, whatever container was kept for it."""
    of = submission()
    (run,) = docker_sandbox.start(of, [probe(Action.EVALUATE)]).result(120)
    needless = replace(probe(Action.EVALUATE), unless=lambda _: True)
    assert docker_sandbox.start(of, [needless]).result(120) == ()
    docker_sandbox.finish(of)
    assert run.ok


@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_nothing_is_left_of_a_grading_that_was_expected_and_failed(
    seconds: float, docker_sandbox: DockerSandbox, engine: docker.DockerClient
) -> None:
    """Containers begun ahead of it are gone when it is finished, at whatever moment that is."""
    before, of = {one.id for one in ours(engine)}, submission()
    for _ in range(3):
        docker_sandbox.expect(of, probe(Action.TRAIN))
    time.sleep(seconds)
    docker_sandbox.finish(of)
    assert {one.id for one in ours(engine)} <= before


SCAN = """
import os
def files():
    for top in ("/", "/proc/self", "/proc/1", "/dev/shm"):
        for below, folders, names in os.walk(top):
            folders[:] = [f for f in folders if os.path.join(below, f) not in ("/proc", "/sys", "/proc/self/task")]
            yield from (os.path.join(below, name) for name in names)
def holds(path, wanted):
    if path.endswith(("/mem", "/pagemap", "kmsg", "clear_refs")) or path.startswith(("/job/sub/", "/dev/")):
        return False
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file:
            return wanted in (file.read(10**7) or b"")
    except OSError:
        return False
def train(data, model_dir):
    data.to_csv("/tmp/rows.csv")
def predict(data, model_dir):
    wanted = ("CANARY" + "-OF-A-LABELLED-ROW").encode()
    found = [path for path in files() if holds(path, wanted)]
    assert not found, found
    return [0.5] * len(data)
"""


def test_labelled_rows_are_not_where_predict_runs(docker_sandbox: DockerSandbox) -> None:
    """No file that predict can read holds a value of the labelled rows, even if train wrote them down."""
    train = probe(Action.TRAIN, LARGE)
    assert train.data is not None
    marked = replace(train, data=train.data.assign(region="CANARY-OF-A-LABELLED-ROW"))
    trained = run_one(docker_sandbox, marked, submission(SCAN))
    assert trained.ok, trained.failure
    run = run_one(docker_sandbox, probe(Action.PREDICT, LARGE, model=trained.model), submission(SCAN))
    assert run.ok, run.failure


@pytest.mark.parametrize(
    ("body", "exit_"),
    [
        ("return {'roc_auc': 0.5}", Exit.OK),
        ("raise ValueError", Exit.CRASHED),
        ("while True: pass", Exit.TIMED_OUT),
        ("return [b'x' * 2**28 for _ in range(9)]", Exit.OUT_OF_MEMORY),
    ],
)
def test_every_ending_removes_the_container(
    body: str, exit_: Exit, docker_sandbox: DockerSandbox, engine: docker.DockerClient
) -> None:
    """Nothing is left in the engine once the runs are there, but for the seconds in which more may be asked for."""
    before = {one.id for one in ours(engine)}  # of a test that trained and asked for no predict, for some seconds
    limits = BRIEF if exit_ is Exit.TIMED_OUT else ROOMY
    run = run_one(docker_sandbox, probe(Action.EVALUATE, limits), submission(f"def evaluate(data):\n    {body}"))
    assert run.exit is exit_, run.failure
    until(lambda: {one.id for one in ours(engine)} <= before)


def test_a_container_ends_when_its_grader_is_gone(engine: docker.DockerClient) -> None:
    """PID 1 sees the line close and exits, even in the middle of a probe."""
    container = Container(engine, build.ensure(), SHAPE, None, 0)
    try:
        container._attached.close()
        container._socket.close()
        assert container._docker.wait(timeout=SECONDS)["StatusCode"] == 0
    finally:
        container.remove()


def test_the_dead_are_swept_and_the_living_are_not(engine: docker.DockerClient) -> None:
    """Containers of a grader that is no more are removed; those of one that runs stay."""
    image = build.ensure()
    gone = {owner.MARK: "1", owner.OWNER: owner.label(2**22 + 1)}
    dead = engine.containers.create(image, ["true"], labels=gone)
    alive = engine.containers.create(image, ["true"], labels=owner.LABELS)
    try:
        owner.sweep(engine)  # as any other grader that starts meanwhile does
        assert alive.id in {container.id for container in ours(engine)}
        with pytest.raises(docker.errors.NotFound):
            dead.reload()
    finally:
        alive.remove()


def test_what_the_engine_makes_late_for_a_dead_grader_is_swept_after_a_grading(
    docker_sandbox: DockerSandbox, engine: docker.DockerClient
) -> None:
    """Nobody need start anew for it, and what runs of others stays."""
    of = submission("def evaluate(data):\n    return {}")
    run_one(docker_sandbox, probe(Action.EVALUATE), of)
    gone = {owner.MARK: "1", owner.OWNER: owner.label(2**22 + 1)}
    dead = engine.containers.create(build.ensure(), ["true"], labels=gone)
    alive = engine.containers.create(build.ensure(), ["true"], labels=owner.LABELS)
    try:
        docker_sandbox.finish(of)
        until(lambda: dead.id not in {one.id for one in engine.containers.list(all=True, ignore_removed=True)})
        assert alive.id in {container.id for container in ours(engine)}
    finally:
        alive.remove()


def test_no_engine_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an engine there is no sandbox, and the error says whose problem it is."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(SandboxError, match="no sandbox"):
        DockerSandbox()


def test_no_image_is_our_fault() -> None:
    """A missing image fails the run, not the candidate."""
    with DockerSandbox(image="assay-sandbox:absent", slots=1) as sandbox, pytest.raises(SandboxError):
        run_one(sandbox, probe(Action.EVALUATE), submission())


def test_a_lost_container_is_our_fault(engine: docker.DockerClient) -> None:
    """Someone removing the container under a running probe is an error of ours, and leaves nothing."""
    before = {one.id for one in ours(engine)}
    with DockerSandbox(slots=1) as sandbox:
        begun: list[str] = []
        limits = replace(ROOMY, seconds=500)
        future = sandbox.start(
            submission("import time; time.sleep(500)"),
            [probe(Action.EVALUATE, limits)],
            lambda name, _: begun.append(name),
        )
        until(lambda: begun)
        (container,) = {one.id: one for one in ours(engine)}.keys() - before
        engine.containers.get(container).remove(force=True)
        with pytest.raises(SandboxError):
            future.result(SECONDS)
    until(lambda: not ours(engine))


def test_closing_ends_what_runs(engine: docker.DockerClient) -> None:
    """Closing in the middle of a run is quick, fails the run as ours, and leaves nothing."""
    sandbox = DockerSandbox(slots=1)
    limits = replace(ROOMY, seconds=500)
    future = sandbox.start(submission("import time; time.sleep(500)"), [probe(Action.EVALUATE, limits)])
    until(lambda: ours(engine))
    sandbox.close()
    with pytest.raises(SandboxError):
        future.result(SECONDS)
    with pytest.raises(SandboxError):
        sandbox.start(submission(), [probe(Action.EVALUATE)])
    until(lambda: not ours(engine))
