"""What commands cost: `python -m benchmarks.commands FOLDER [CHECKOUT]` for `assay --help` and `assay quality FOLDER`.

CPU seconds of the command as `time` shows them, and of every process that it starts, those nobody waits for included.
The second needs control groups of version 1 and root.  CHECKOUT is another state of this repository to compare with.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 3
GROUP = Path(f"/sys/fs/cgroup/cpuacct/assay-commands-{os.getpid()}")
COMMAND = "from app.cli.main import main; main()"


def main(folder: str, *others: str) -> None:
    GROUP.mkdir()
    print(f"{'command':<10}{'round':>6}{'as time shows it':>18}{'with all processes':>20}  checkout")
    for words in (["--help"], ["quality", folder]):
        for number in range(ROUNDS):
            for checkout in (str(Path.cwd()), *others):
                shown, whole = spent(words, checkout)
                print(f"{words[0]:<10}{number:>6}{shown:>18.2f}{whole:>20.2f}  {checkout}")
    GROUP.rmdir()


def spent(words: list[str], checkout: str) -> tuple[float, float]:
    before, whole = resource.getrusage(resource.RUSAGE_CHILDREN), used()
    subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        check=True,
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": checkout},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: (GROUP / "tasks").write_text(str(os.getpid())),  # type: ignore[arg-type,return-value]
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    while (GROUP / "tasks").read_text():
        time.sleep(0.1)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, used() - whole


def used() -> float:
    return int((GROUP / "cpuacct.usage").read_text()) / 1e9


if __name__ == "__main__":
    main(*sys.argv[1:])
