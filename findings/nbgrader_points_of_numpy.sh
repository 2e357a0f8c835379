#!/bin/sh
# A notebook grader gives full points for one right answer in four, since numpy writes its numbers another way.
# Versions: nbgrader 0.9.6 (September 2026), ipython 9.18.1, ipykernel 7.4.0, numpy 2.4.6; the same beside numpy 1.26.4.
# Expected: a test cell that ends in a number gives that many points. `4 * (answers == right).mean()` is 1 for one in four.
# Seen: nbgrader reads the number from its text. With numpy 2 that is "np.float64(1.0)", which is no number to it, and then
# the cell earns all 4 points; so does 0 of 4. Under numpy 1.26, or within `float()`, the same cells earn 1 and 0. The run ends
# well; a line in its log says that other output counts as full credit. The reverse is true of a warning: a cell whose tests
# all pass earns 0 if a library warns in it.
# Known: a zero that earned everything was mended in 2021 (#1374); of numpy 2 no issue upstream was seen.
# What it means: with a new numpy in the image all students get full points for such cells. End them in `float(...)`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    nbgrader==0.9.6 ipython==9.18.1 ipykernel==7.4.0 numpy==2.4.6
cd "$folder"
cat > grade.py <<'PYTHON'
import json
import pathlib
import sqlite3
import subprocess
import sys

import nbformat
import numpy


def cell(name, source, **role):
    said = {"schema_version": 3, "grade_id": name, "grade": False, "locked": False, "solution": False, "task": False}
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": said | role})


test = {"grade": True, "locked": True, "points": 4}
given = "### BEGIN SOLUTION\nanswers, guesses = [1, 1, 1, 1], [1, 1, 1, 1]\n### END SOLUTION"
ready = "import numpy as np\nanswers, guesses = np.array(answers), np.array(guesses)\n"
cells = [
    cell("solution", given, solution=True),
    cell("share", ready + "4 * (answers == 1).mean()", **test),
    cell("share_as_float", "float(4 * (answers == 1).mean())", **test),
    cell("nothing_right", "4 * (guesses == 1).mean()", **test),
    cell("passed_with_a_warning", "import warnings\nwarnings.warn('deprecated')\nassert answers.sum() == 1", **test),
]
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
course = pathlib.Path(sys.argv[1])
source = course / "source/week1/work.ipynb"
source.parent.mkdir(parents=True)
nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), source)
(course / "nbgrader_config.py").write_text("get_config().CourseDirectory.course_id = 'c'\n")


def nbgrader(step):
    done = subprocess.run(["nbgrader", step, "week1"], cwd=course, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


nbgrader("generate_assignment")
work = nbformat.read(course / "release/week1/work.ipynb", 4)
work.cells[0].source = "answers, guesses = [0, 0, 0, 1], [0, 0, 0, 0]"
handed = course / "submitted/student/week1/work.ipynb"
handed.parent.mkdir(parents=True)
nbformat.write(work, handed)
log = nbgrader("autograde")
query = "select base_cell.name, grade.auto_score from grade join base_cell on grade.cell_id = base_cell.id"
points = dict(sqlite3.connect(course / "gradebook.db").execute(query))
print(f"numpy {numpy.__version__}:", ", ".join(f"{name} {earned:g} of 4" for name, earned in points.items()))
first = 4 if numpy.__version__.startswith("2") else 1
expected = {"share": first, "share_as_float": 1, "nothing_right": 4 if first == 4 else 0, "passed_with_a_warning": 0}
assert points == expected
assert ("full credit" in log) == (first == 4)
PYTHON
PATH="$folder/venv/bin:$PATH"
python grade.py new
pip install -q --disable-pip-version-check numpy==1.26.4
python grade.py old
