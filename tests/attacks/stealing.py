"""Rows 1 to 5 and 55: looking for the labels."""

from __future__ import annotations

from graders.model.probe import Action
from tests.attacks.attack import Attack

ATTACKS = (
    Attack(
        1,
        "labels by a walk over every file",
        Action.PREDICT,
        """
        for top in ("/", "/proc/self", "/proc/1", "/dev/shm", "/tmp", "/run", "/mnt"):
            for below, folders, names in os.walk(top):
                folders[:] = [f for f in folders if os.path.join(below, f) not in ("/proc", "/sys", "/proc/self/task")]
                for path in (os.path.join(below, name) for name in names):
                    if path.endswith(("/mem", "/pagemap", "kmsg", "clear_refs")) or path.startswith("/dev/"):
                        continue
                    try:
                        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
                            if SECRET.encode() in (file.read(10**7) or b"") or "labels" in os.path.basename(path):
                                got.append(path)
                    except OSError:
                        pass
        got[:] = [path for path in got if not path.startswith(("/opt/py/", "/usr/"))]
        """,
    ),
    Attack(
        2,
        "labels in the environment and command line of the grader",
        Action.PREDICT,
        """
        for pid in filter(str.isdigit, os.listdir("/proc")):
            for name in ("environ", "cmdline"):
                try:
                    with open(f"/proc/{pid}/{name}", "rb") as file:
                        text = file.read().decode("latin-1").lower()
                except OSError:
                    continue
                got.extend(word for word in (SECRET, "label", "hidden", "key=", "token") if word in text)
        """,
    ),
    Attack(
        3,
        "memory and files of the parent process and of what stands beside it",
        Action.PREDICT,
        """
        import stat
        def reach(parent, fd, flags):
            opened = os.fstat(os.open(f"{parent}/fd/{fd}", flags | os.O_NONBLOCK))
            if opened.st_rdev == os.stat("/dev/null").st_rdev:
                raise OSError("leads nowhere")
            plain = stat.S_IFMT(opened.st_mode) in (stat.S_IFREG, stat.S_IFDIR)
            if flags == os.O_RDONLY and plain and opened.st_mode & stat.S_IROTH:
                raise OSError("anybody may read it: /proc, where PID 1 counts memory and time")
        def search(parent):
            for name in ("mem", "stack", "syscall", "pagemap", "clear_refs"):
                attempt(name, lambda: os.close(os.open(f"{parent}/{name}", os.O_RDONLY)))
            for name in ("root", "cwd", "exe"):
                attempt(name, lambda: os.readlink(f"{parent}/{name}"))
            for fd in range(64):
                for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR):
                    attempt(("fd", fd), lambda: reach(parent, fd, flags))
            attempt("map_files", lambda: os.listdir(f"{parent}/map_files"))
        others = set(filter(str.isdigit, os.listdir("/proc"))) - {str(os.getpid())}
        assert str(os.getppid()) in others and len(others) == 2, others
        for number in others:
            search(f"/proc/{number}")
        """,
    ),
    Attack(
        3,
        "what the parent process was told and has loaded",
        Action.PREDICT,
        """
        with open("/proc/version") as file:
            gvisor = file.read().startswith("Linux version 4.4.0")
        def told(process, name):
            path = f"/proc/{process}/{name}"
            if name in ("fd", "fdinfo"):
                os.listdir(path)  # of numbers; where they lead is asked above
                return set()
            with open(path, "rb") as file:
                content = file.read()
            if name != "maps":
                return {content}
            return {line[line.index(b"/"):] for line in content.splitlines() if b"/" in line}  # files
        def learn(number, name):
            new = told(number, name) - told("self", name)
            if gvisor and not new:  # it lets one look; there is nothing that a fork of the parent has not itself
                raise OSError("nothing new")
        for number in set(filter(str.isdigit, os.listdir("/proc"))) - {str(os.getpid())}:
            for name in ("maps", "environ", "auxv", "fd", "fdinfo"):
                attempt(name, lambda: learn(number, name))
        """,
    ),
    Attack(
        5,
        "labels on the stack or on the heap",
        Action.PREDICT,
        """
        def judge(name, value):
            if isinstance(value, (pd.DataFrame, dict)) and "churned" in value:
                got.append(name)
            if isinstance(value, (pd.Series, np.ndarray)) and len(value) == len(data) and value.dtype.kind == "i":
                got.append(name)
        frame = sys._getframe(1)
        while frame:
            for name, value in {**frame.f_globals, **frame.f_locals}.items():
                judge(name, value)
            frame = frame.f_back
        gc.unfreeze()
        for thing in gc.get_objects():
            if isinstance(thing, (pd.DataFrame, pd.Series)) and thing is not data:
                judge("heap", thing)
        """,
    ),
)
