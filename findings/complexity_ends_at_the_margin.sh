#!/bin/sh
# By lizard a function of 30 branches has a complexity of 1, if a list in its first lines closes at the left margin.
# Versions: lizard 1.24.3 (October 2026), mccabe 0.7.0.
# Expected: complexity is that of the code, however it is laid out. Python takes no notice of indentation within brackets, and
# mccabe, which reads the syntax tree, gives 31 each time.
# Seen: a line within brackets that starts left of the body ends the function for lizard. A list or a dictionary that closes at
# the margin, or arguments of a call that stand there, leave 1 of 31, and 4 lines of 66; `-C 15` then passes with exit code 0. A
# string over several lines does not do it. A function written in one line, as `def half(x): return x / 2`, is in no list at all:
# of a file of four such functions the count is 0. PyDriller has its figures from here. No warning is given.
# Known: #292, of signatures over several lines, was mended in 2021; of the body no issue was seen.
# What it means: a limit on complexity is passed by the layout. Format the code first, or take a tool that parses it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check lizard==1.24.3 mccabe==0.7.0
cd "$folder"
venv/bin/python - <<'PYTHON'
import ast
import pathlib
import subprocess
import sys

import lizard
import mccabe

branches = "".join(f"    if row == {number}:\n        return {number}\n" for number in range(30)) + "    return 0\n"
starts = {
    "list in one line": "    columns = ['amount', 'day']\n",
    "list closes under its line": "    columns = [\n        'amount',\n        'day',\n    ]\n",
    "list closes at the margin": "    columns = [\n        'amount',\n        'day',\n]\n",
    "list written at the margin": "    columns = [\n'amount',\n'day',\n    ]\n",
    "dictionary closes at the margin": "    columns = {\n        'amount': 1,\n}\n",
    "arguments at the margin": "    columns = dict(\namount=1,\n    )\n",
    "string closes at the margin": "    query = '''\nselect amount\n'''\n",
}


def syntax(code: str) -> dict[str, int]:
    visitor = mccabe.PathGraphingAstVisitor()
    visitor.preorder(ast.parse(code), visitor)
    return {graph.entity: graph.complexity() for graph in visitor.graphs.values()}


seen = {}
for name, start in starts.items():
    code = f"def label(row):\n{start}{branches}"
    (function,) = lizard.analyze_file.analyze_source_code("pipeline.py", code).function_list
    pathlib.Path("pipeline.py").write_text(code)
    limit = subprocess.run([sys.executable, "-m", "lizard", "-C", "15", "pipeline.py"], capture_output=True, text=True)
    seen[name] = function.cyclomatic_complexity, syntax(code)["label"], limit.returncode
    print(f"{name}: complexity {seen[name][0]}, by the syntax tree {seen[name][1]}; {function.nloc} lines; exit {limit.returncode}")
    assert not limit.stderr and seen[name][1] == 31
for name in ("list in one line", "list closes under its line", "string closes at the margin"):
    assert seen[name] == (31, 31, 1)
for name in ("list closes at the margin", "list written at the margin", "dictionary closes at the margin", "arguments at the margin"):
    assert seen[name] == (1, 31, 0)

code = "".join(f"def part{number}(x): return x if x > {number} else {number}\n\n\n" for number in range(4)) + "print(part0(1))\n"
functions = lizard.analyze_file.analyze_source_code("parts.py", code).function_list
print("functions in one line:", len(functions), "of", len(syntax(code)))
assert len(functions) == 0 and len(syntax(code)) == 4
PYTHON
