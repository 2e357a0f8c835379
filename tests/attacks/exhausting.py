"""Rows 18 to 25 and 31: using up what there is."""

from __future__ import annotations

from dataclasses import replace

from graders.model.probe import Action, Exit
from sandbox.testing.specimens import BRIEF
from tests.attacks.attack import ROOMY, Attack, Otherwise

#: Where no control group counts: the honest pipeline beside the attack is ended too, and told the limit it passed.
ENDED_BY_PID_1 = Otherwise(
    (Exit.OUT_OF_MEMORY,),
    "MEMORY_LIMIT",
    "PID 1 adds up what all processes hold, and ends the probe as a whole",
)

ATTACKS = (
    Attack(
        18,
        "a fork bomb",
        Action.PREDICT,
        """
        while True:
            try:
                os.fork()
            except OSError:
                pass
        """,
        Exit.TIMED_OUT,  # by CPU time, or on a busy machine by wall clock
        limits=BRIEF,
        under_gvisor=Otherwise(
            (Exit.TIMED_OUT, Exit.OUT_OF_MEMORY),
            None,
            "PID 1 adds up what 64 forks hold, which may pass the limit of memory before that of CPU time",
        ),
    ),
    Attack(
        19,
        "memory without end",
        Action.PREDICT,
        "keep = [np.ones(2**22) for _ in range(100)]",
        Exit.OUT_OF_MEMORY,
        "MEMORY_LIMIT",
        replace(ROOMY, memory_mb=384),
    ),
    Attack(
        19,
        "memory without end in a child",
        Action.PREDICT,
        """
        child = os.fork()
        if child == 0:
            keep = [np.ones(2**22) for _ in range(100)]
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -9:
            got.append("the child lived")
        """,
        limits=replace(ROOMY, memory_mb=384),
        under_gvisor=ENDED_BY_PID_1,
    ),
    Attack(
        20,
        "threads and open files without end",
        Action.PREDICT,
        """
        files = []
        try:
            while len(files) < 10_000:
                files.append(os.open("/dev/null", os.O_RDONLY))
        except OSError:
            pass
        threads = 0
        try:
            while threads < 10_000:
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
                threads += 1
        except RuntimeError:
            pass
        if len(files) > 256 or threads > 64:
            got.append((len(files), threads))
        for fd in files:
            os.close(fd)
        """,
    ),
    Attack(
        25,
        "a log that is no text",
        Action.PREDICT,
        """
        os.write(1, b"\\xff\\xfe\\xed\\xa0\\x80\\x00")
        print("\\ud800\\udfff" * 10, "\\x00")
        """,
    ),
    Attack(
        31,
        "a file of a terabyte without bytes",
        Action.TRAIN,
        "os.truncate(os.open(str(model_dir / 'm'), os.O_CREAT | os.O_RDWR), 2**40)",
        Exit.TOO_LARGE,
        "MODEL_TOO_LARGE",
    ),
)
