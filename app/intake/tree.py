"""What holds of any tree of files: where it begins, and by which digest it is known."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def without_lone_folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files by their paths below the only top-level folder, where there is one."""
    tops = {name.partition("/")[0] for name in files}
    lone = len(tops) == 1 and all("/" in name for name in files)
    return {name.partition("/")[2] if lone else name: content for name, content in files.items()}


def tree_digest(files: Mapping[str, bytes]) -> str:
    """A SHA-256 over the paths and contents of files, in hexadecimal."""
    digest = hashlib.sha256()
    for path in sorted(files):
        content = hashlib.sha256(files[path]).hexdigest()
        digest.update(f"{content}  {path}\n".encode())
    return digest.hexdigest()
