"""Check your work before you hand it in: python check.py submission

The very code that receives submissions looks at yours and runs it once on a part of the public rows, on this
machine.  It needs no Docker and no account, and sends nothing anywhere.
"""

import sys
from pathlib import Path

KIT = Path(__file__).resolve().parent
sys.path.insert(0, str(KIT / "_assay"))

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - on a candidate's machine
        sys.exit("The check needs Python 3.11 or later.")
    try:
        from app.intake.receive import examine
        from starter_kit.check import main
    except ModuleNotFoundError as missing:
        sys.exit(f"The check needs {missing.name}: pip install -r packages.txt")
    sys.exit(main(sys.argv[1:], KIT / "data" / "public.csv", KIT / "_assay" / "challenge.json", examine))
