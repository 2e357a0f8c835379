"""Rows 9 to 17 and 66: ending, not ending, and ending others."""

from __future__ import annotations

from graders.model.probe import Action, Exit
from sandbox.testing.specimens import BRIEF
from tests.attacks.attack import SHORT, Attack

ATTACKS = (
    Attack(9, "sys.exit in predict", Action.PREDICT, "sys.exit(0)", Exit.NO_ANSWER, "NO_ANSWER"),
    Attack(10, "os._exit in predict", Action.PREDICT, "os._exit(0)", Exit.NO_ANSWER, "NO_ANSWER"),
    Attack(
        11,
        "another program in its place",
        Action.PREDICT,
        "os.execv(sys.executable, [sys.executable, '-c', 'print(1)'])",
        Exit.NO_ANSWER,
        "NO_ANSWER",
    ),
    Attack(
        12,
        "a daemon and an exit handler that write after the end",
        Action.EVALUATE,
        """
        def overwrite():
            os.pwrite(3, b"\\xff" * 99, 0)
        atexit.register(overwrite)
        if os.fork() == 0:
            os.setsid()
            ctypes.CDLL(None).prctl(15, MARK.encode(), 0, 0, 0)  # its name
            while os.getppid() != 1:
                time.sleep(0.01)
            time.sleep(2)
            overwrite()
            os._exit(0)
        """,
    ),
    Attack(
        13,
        "a thread that never ends",
        Action.PREDICT,
        "threading.Thread(target=time.sleep, args=(10_000,)).start()",
    ),
    Attack(14, "a sleep without end", Action.PREDICT, "time.sleep(10_000)", Exit.TIMED_OUT, "WALL_LIMIT", SHORT),
    Attack(
        15,
        "a loop that ignores every signal",
        Action.PREDICT,
        """
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        while True:
            pass
        """,
        Exit.TIMED_OUT,
        "CPU_LIMIT",
        BRIEF,
    ),
    Attack(16, "stopping itself", Action.PREDICT, "os.kill(os.getpid(), 19)", Exit.TIMED_OUT, "WALL_LIMIT", SHORT),
    Attack(
        17,
        "killing PID 1 and everybody",
        Action.PREDICT,
        """
        for number in (2, 9, 11, 15, 19):
            attempt("", lambda: os.kill(1, number))
            attempt("", lambda: os.kill(2, number))
            attempt("", lambda: os.kill(-1, number))
        got.clear()  # some calls succeed, and those of ours are deaf to them
        """,
    ),
    Attack(
        66,
        "closed output and a folder a thousand deep",
        Action.PREDICT,
        """
        for fd in (0, 1, 2):
            os.close(fd)
        os.chdir("/tmp")
        for _ in range(1000):
            os.mkdir("d")
            os.chdir("d")
        """,
    ),
    Attack(66, "a crash in a library", Action.PREDICT, "ctypes.string_at(0)", Exit.CRASHED, "SIGNAL"),
)
