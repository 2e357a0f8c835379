"""Why packages cannot be had where that is the asker's to mend; what is our fault is a SandboxError."""

from __future__ import annotations

from typing import Literal

from graders.model.probe import SandboxError

Code = Literal[
    "PACKAGE_UNKNOWN",
    "PACKAGE_NO_WHEEL",
    "PACKAGE_CONFLICT",
    "PACKAGE_HASH",
    "PACKAGE_BROKEN",
    "PACKAGES_TOO_MANY",
    "PACKAGES_TOO_BIG",
]


class PackagesRefused(Exception):
    """These packages cannot be had.  `names` says which; `detail` says more, in words of others, bounded and clean."""

    def __init__(self, code: Code, names: tuple[str, ...] = (), detail: str = "") -> None:
        super().__init__(code, names, detail)
        self.code, self.names, self.detail = code, names, detail


class IndexUnreachable(SandboxError):
    """The package index, or a file of it, cannot be had now: nobody's packages are to blame."""
