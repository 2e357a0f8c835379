"""What train may try to leave in the container in which predict runs next, and a predict that looks for all of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from textwrap import dedent, indent

from graders.model.challenge import Limits
from graders.model.probe import Action, Probe, Sandbox
from graders.model.submission import Submission
from sandbox.testing.specimens import probe, submission
from tests.attacks.attack import GVISOR, ROOMY

#: In every labelled row and in all that train leaves behind; predict knows it as a pattern only.
ROW = "row-with-a-label-0815"

SOURCE = """
import array, ctypes, errno, fcntl, mmap, os, pty, re, resource, signal, socket, stat, sys, time
import numpy as np
ROW = re.compile(b"[r]ow-with-a-label-0815")
PLACES = ("/job", "/tmp", "/dev/shm", "/dev/mqueue")
libc = ctypes.CDLL(None, use_errno=True)

def attempt(action):
    try:
        return action()
    except OSError as error:
        return error

def writable(top="/"):
    for below, folders, _ in os.walk(top):
        folders[:] = [f for f in folders if os.path.join(below, f) not in ("/proc", "/sys")]
        if os.access(below, os.W_OK):
            yield below

def linger(action):
    "A process that nothing but SIGKILL ends, in a session of its own, does this."
    if os.fork():
        return
    try:
        os.setsid()
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        action()
    finally:
        os._exit(0)

def born():
    "The random bytes (AT_RANDOM) that PID 1 was started with and its forks keep: no two containers share them."
    libc.getauxval.restype = ctypes.c_void_p
    return ctypes.string_at(libc.getauxval(25), 16).hex()

def library():
    "A page of a library that all processes map, as this process sees it."
    function = ctypes.cast(libc.wordexp, ctypes.c_void_p).value
    return function & -4096

def code():
    return np.frombuffer(ctypes.string_at(library(), 4096), "u1").sum()

def train(data, model_dir):
    (model_dir / "seen").write_text(f"{born()} {code()}")
    secret = data["region"].iloc[0]
{leave}

def memory():
    with open("/proc/self/mem", "rb", 0) as memory, open("/proc/self/maps") as maps:
        for line in maps:
            span, rights = line.split()[:2]
            start, stop = (int(end, 16) for end in span.split("-"))
            if rights[0] != "r" or line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                continue
            for at in range(start, stop, 2**20):
                try:
                    memory.seek(at)
                    yield memory.read(min(2**20, stop - at))
                except (OSError, OverflowError):
                    pass

def processes():
    "All that are neither this one nor root's: a candidate's never become root's."
    others = {name for name in os.listdir("/proc") if name.isdigit()} - {str(os.getpid())}
    users = {name: [line.split() for line in lines(f"/proc/{name}/status") if "Uid:" in line] for name in others}
    return {name for name, user in users.items() if user != [["Uid:", *"0000"]]}

def files():
    sub = "/job/sub", "/job/sub/src", "/job/sub/src/scores"
    own = {*sub, "/job/sub/pipeline.py", "/job/sub/helper.py", "/job/sub/src/scores/known.py"}
    own |= {"/job/model", "/job/model/seen"}
    for top in writable():
        yield from {os.path.join(top, name) for name in os.listdir(top)} - own

def shared():
    "Memory that was here before this probe and is not this process's alone."
    with open("/proc/self/maps") as maps:
        return [line for line in maps if line.split()[1] == "rw-s"]

def listening():
    for address in ("\\0left", "/tmp/left", "/dev/shm/left"):
        with socket.socket(socket.AF_UNIX) as line:
            if not isinstance(attempt(lambda: line.connect(address)), OSError):
                yield address
    with socket.socket() as line:
        if not isinstance(attempt(lambda: line.connect(("127.0.0.1", 4711))), OSError):
            yield "port"

def locked():
    with open(os.devnull) as file:
        return isinstance(attempt(lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)), BlockingIOError)

def room():
    for place in ("/job/model", "/tmp", "/dev/shm"):
        with open(os.path.join(place, "x"), "wb") as file:
            file.write(bytes(2**20))
        os.unlink(os.path.join(place, "x"))

def traces(model_dir):
    yield "files", sorted(files())
    yield "processes", processes()
    yield "shared memory", shared()
    yield "sockets", list(listening())
    yield "terminals", set(os.listdir("/dev/pts")) - {"ptmx"}
    yield "descriptors", set(map(int, os.listdir("/proc/self/fd"))) - {0, 1, 2, 3, 4}
    yield "flags", fcntl.fcntl(0, fcntl.F_GETFL) & (os.O_NONBLOCK | os.O_APPEND)
    yield "locks", locked()
    yield "times", [place for place in PLACES[1:] if os.path.isdir(place) and os.stat(place).st_mtime]
    yield "kernel objects", [name for name in ("shm", "sem", "msg") if len(lines(f"/proc/sysvipc/{name}")) > 1]
    yield "limits", os.getpriority(os.PRIO_PROCESS, 0) or os.environ.get("LEFT")
    yield "code", (model_dir / "seen").read_text().split()[1] != str(code())
    yield "memory", sum(len(ROW.findall(page)) for page in memory())
    yield "room", room()

def lines(path):
    try:
        with open(path) as file:
            return file.readlines()
    except OSError:
        return []

def predict(data, model_dir):
    found = [(name, trace) for name, trace in traces(model_dir) if trace]
    assert not found, found
    same = (model_dir / "seen").read_text().split()[0] == born()
    print("the container of train" if same else "another container")
    return data["score"]
"""


@dataclass(frozen=True)
class Leaving:
    """`leave` is done by train; where nothing resists the wiping, predict gets train's container."""

    words: str
    leave: str
    same_container: bool = True

    def __str__(self) -> str:
        return self.words

    @property
    def submission(self) -> Submission:
        return submission(SOURCE.replace("{leave}", indent(dedent(self.leave).strip(), "    ")))


def with_secret(limits: Limits) -> Probe:
    """Train on rows that each hold the secret."""
    train = probe(Action.TRAIN, limits)
    assert train.data is not None
    return replace(train, data=train.data.assign(region=ROW))


def limits(sandbox: Sandbox) -> Limits:
    """Under gVisor, memory that was only set aside becomes memory that is used when predict reads all of its own."""
    if sandbox.info.runtime == GVISOR:
        return replace(ROOMY, cpu_seconds=240, seconds=300, memory_mb=2560)
    return ROOMY


LEAVINGS = (
    Leaving(
        "files wherever one can write",
        """
        for place in set(writable()) - {"/job/model"}:
            for name in ("plain", "n" * 255, "line\\nbreak", ".hidden", "-rf", b"\\xff\\xfe"):
                path = os.path.join(os.fsencode(place), os.fsencode(name))
                attempt(lambda: open(path, "wb").write(secret.encode()))
            attempt(lambda: os.utime(place, (815, 815)))
        for place in ("/tmp/left", "/dev/shm/left"):
            with socket.socket(socket.AF_UNIX) as line:
                line.bind(place)
        attempt(lambda: os.mkfifo("/tmp/pipe"))
        """,
    ),
    Leaving(
        "folders nobody may enter, links and swapped names",
        """
        os.makedirs("/tmp/a/b/c/d")
        open("/tmp/a/b/c/d/file", "w").write(secret)
        for path in ("/tmp/a/b/c/d/file", "/tmp/a/b/c/d", "/tmp/a/b/c", "/tmp/a/b", "/tmp/a"):
            os.chmod(path, 0)
        os.symlink("/", "/tmp/root")
        os.symlink("/proc/1/fd", "/dev/shm/descriptors")
        os.symlink("loop", "/dev/shm/loop")
        os.rename("/job/sub", "/job/elsewhere")
        os.symlink("/tmp", "/job/sub")
        os.link("/job/elsewhere/pipeline.py", "/job/second")
        """,
    ),
    Leaving(
        "processes that will not go",
        """
        def multiply():
            while True:
                time.sleep(0.01) if os.fork() else os.kill(os.getpid(), signal.SIGSTOP)
        def spin():
            while True:
                pass
        linger(multiply)
        linger(lambda: os.execv(sys.executable, [secret, "-c", "import time; time.sleep(1000)"]))
        linger(spin)
        time.sleep(0.3)
        assert isinstance(attempt(lambda: os.kill(1, signal.SIGKILL)), OSError)
        """,
    ),
    Leaving(
        "descriptors, sockets, terminals and locks held by others",
        """
        fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)
        attempt(lambda: fcntl.flock(0, fcntl.LOCK_EX))
        def hold():
            kept = [os.memfd_create("left") for _ in range(20)] + [os.open("/tmp", os.O_TMPFILE | os.O_RDWR)]
            for fd in kept:
                os.write(fd, secret.encode() * 1000)
            pty.openpty()
            servers = []
            for family, address in ((1, "\\0left"), (1, "/tmp/left"), (2, ("127.0.0.1", 4711))):
                servers.append(socket.socket(family))
                servers[-1].bind(address)
                servers[-1].listen()
            client = socket.socket(socket.AF_UNIX)
            client.connect("\\0left")
            client.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", kept[:8]))])
            time.sleep(1000)
        linger(hold)
        time.sleep(0.3)
        """,
    ),
    Leaving(
        "the rows in memory, in what is printed and in pages of others",
        """
        held = [secret.encode() * 1000 for _ in range(100)]
        for _ in range(3000):
            print(secret)
        area = mmap.mmap(-1, 2**24)
        for at in range(0, 2**24, 4096):
            area[at : at + len(secret)] = secret.encode()
        page = library()
        attempt(lambda: os.pwrite(os.open("/proc/self/mem", os.O_RDWR), secret.encode(), page))
        libc.mprotect(ctypes.c_void_p(page), 4096, 7)
        for name in (np.__file__, libc._name or sys.executable, os.__file__):
            attempt(lambda: os.open(name, os.O_RDWR))
            with open(name, "rb") as file:
                mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=3)[:22] = secret.encode()[:22].ljust(22)
        os.environ["LEFT"] = secret
        """,
    ),
    Leaving(
        "no room, no names, no time for PID 1",
        """
        for place in ("/tmp", "/dev/shm"):
            with open(os.path.join(place, "ballast"), "wb") as file:
                attempt(lambda: [file.write(bytes(2**20)) for _ in range(200)])
        for place in ("/tmp", "/job/sub"):
            attempt(lambda: [os.mkdir(os.path.join(place, str(i))) for i in range(9999)])
        for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC):
            assert isinstance(attempt(lambda: resource.prlimit(1, what, (0, 0))), OSError), what
        assert isinstance(attempt(lambda: os.setpriority(os.PRIO_PROCESS, 1, 19)), OSError)
        assert isinstance(attempt(lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))), OSError)
        os.setpriority(os.PRIO_PROCESS, 0, 19)
        """,
    ),
    Leaving(
        "folders nested too deep to be emptied",
        """
        os.chdir("/dev/shm")
        for _ in range(3000):
            os.mkdir("d")
            os.chdir("d")
        open("file", "w").write(secret)
        """,
        same_container=False,
    ),
)
