#!/bin/sh
# sarif-tools counts a suppressed result as an open error.
# Version: sarif-tools 3.0.5 on a document that is valid SARIF 2.1.0.
# Expected: a result with an accepted suppression is left out of the summary, as code scanning does.
# Seen: it counts with the level of its rule. A result of kind `pass` is counted too, under `none`.
# What it means: a build that fails on `sarif summary` or `sarif --check error` fails on findings that people have accepted.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check sarif-tools==3.0.5
cd "$folder"
venv/bin/python - <<'PYTHON'
import json
import subprocess

place = {"physicalLocation": {"artifactLocation": {"uri": "pipeline.py"}, "region": {"startLine": 1}}}


def result(**more):
    return {"ruleId": "E1", "ruleIndex": 0, "message": {"text": "seen"}, "locations": [place], **more}


run = {
    "tool": {"driver": {"name": "t", "rules": [{"id": "E1", "defaultConfiguration": {"level": "error"}}]}},
    "results": [
        result(),
        result(suppressions=[{"kind": "external", "status": "accepted"}]),
        result(kind="pass", level="none"),
    ],
}
with open("f.sarif", "w") as file:
    json.dump({"version": "2.1.0", "runs": [run]}, file)
told = subprocess.run(["venv/bin/sarif", "summary", "f.sarif"], capture_output=True, text=True).stdout
print(told)
assert "error: 2" in told
assert "none: 1" in told
PYTHON
