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
    "POLARS_MAX_THREADS": "1",
    "MPLBACKEND": "Agg",  # plots go to files: there is no display
    "PYTHONUTF8": "1",
    "TZ": "UTC",
}


def variables(hash_seed: int = 0, other_rounding: bool = False) -> dict[str, str]:
    """What a new interpreter alone takes notice of.

    `hash_seed` decides the order of sets, so that runs with other ones have another order, as on any machine.
    `other_rounding` asks OpenBLAS for the kernels of an old processor, which add up in another order.
    """
    return {"PYTHONHASHSEED": str(hash_seed % 2**32)} | ({"OPENBLAS_CORETYPE": "Nehalem"} if other_rounding else {})
