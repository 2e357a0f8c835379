"""The edge: command line, API, pages, storage, queue."""

import os

# Before numpy is loaded: our arrays are small, and threads that wait for each other take CPU time from the sandbox.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
