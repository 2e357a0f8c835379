"""The environment variables a probe sees, in a container and on a candidate's own machine alike."""

from __future__ import annotations

#: One thread each: libraries that believe in more cores than they are given slow each other down a hundredfold.
THREADS = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
)

COMMON = {
    **THREADS,
    "LOKY_MAX_CPU_COUNT": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
}
