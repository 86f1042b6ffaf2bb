"""Change one thing in the code at a time, and see whether the tests notice: `python -m tests.tools.mutants`.

It needs mutmut (`pip install --group mutation`), takes an hour or two, and works in a copy. `[tool.mutmut]` in
pyproject.toml says which modules are changed and which tests are run. What no test notices is a *survivor*; each has
a reason in docs/reference/mutants.md, and those that have none are shown at the end, as rows for that page.

python -m tests.tools.mutants                 all mutants of which nothing is known yet
python -m tests.tools.mutants survivors       those again that survived, after tests were added
python -m tests.tools.mutants NAME ...        those whose names match, such as 'kb.inference.engine.*'
python -m tests.tools.mutants report          only the table and what has no reason yet
"""

from __future__ import annotations

import ast
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
COPY = Path(os.environ.get("UNSTUCK_MUTANTS", ROOT / "build" / "mutants"))
REASONS = ROOT / "docs" / "reference" / "mutants.md"
COPIED = ("kb", "rules", "tests", "docs", "cli.py", "pyproject.toml", "README.md", "LICENSE", ".ci")
SURVIVED = (0, 5, 33)  # the last two: no test comes by
TIMES_OUT = (24, -24, 36, 152, 255)


# --- the copy ---------------------------------------------------------------------------------------------------------


def undecorated(source: str) -> str:
    """Return a module in which properties are made by a call, because mutmut leaves alone what is decorated.

    `@property def name` becomes `def _of_name`, and `name = property(_of_name)` after it.
    """
    lines = source.splitlines()
    for parent in ast.walk(ast.parse(source)):
        if not isinstance(parent, ast.ClassDef):
            continue
        for node in parent.body:
            if not isinstance(node, ast.FunctionDef) or len(node.decorator_list) != 1:
                continue
            decorator = ast.unparse(node.decorator_list[0])
            if decorator in ("property", "cached_property"):
                lines[node.decorator_list[0].lineno - 1] = ""
                lines[node.lineno - 1] = lines[node.lineno - 1].replace(f"def {node.name}(", f"def _of_{node.name}(")
                assert node.end_lineno is not None
                lines[node.end_lineno - 1] += f"\n\n    {node.name} = {decorator}(_of_{node.name})"
    return "\n".join(lines) + "\n"


def copy() -> None:
    """Bring the copy up to date. What has not changed is not touched, so that what is known of its mutants stays."""
    COPY.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        for path in [ROOT / name] if (ROOT / name).is_file() else sorted((ROOT / name).rglob("*")):
            target = COPY / path.relative_to(ROOT)
            if path.is_dir() or "__pycache__" in path.parts or not path.exists():
                continue
            content = path.read_bytes()
            if path.suffix == ".py" and path.parts[len(ROOT.parts)] == "kb":
                content = undecorated(content.decode()).encode()
            if not target.exists() or target.read_bytes() != content:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                # mutmut keeps a copy of its own, which it does not renew.
                shutil.rmtree(COPY / "mutants" / "tests", ignore_errors=True)


def run(names: list[str]) -> None:
    """Run mutmut in the copy."""
    environment = {**os.environ, "CI": "1", "UNSTUCK_EXAMPLES": "25", "PYTHONHASHSEED": "0"}
    children = environment.get("UNSTUCK_MUTANTS_AT_ONCE", "1")
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", children, *names]
    subprocess.run(command, cwd=COPY, env=environment, check=False)


# --- what came of it --------------------------------------------------------------------------------------------------


def known() -> dict[str, dict[str, int | None]]:
    """Return how each mutant of each module ended, as mutmut notes it."""
    found = sorted((COPY / "mutants" / "kb").rglob("*.py.meta"))
    ended = {path.name.removesuffix(".py.meta"): json.loads(path.read_text())["exit_code_by_key"] for path in found}
    return {module: mutants for module, mutants in ended.items() if mutants}


def survivors() -> list[str]:
    """Return the names of the mutants that no test notices."""
    return [name for mutants in known().values() for name, code in mutants.items() if code in SURVIVED]


def change(name: str) -> str:
    """Return what a mutant changes, as one line: the function, and the lines before and after."""
    module, _, mangled = name.rpartition(".")
    path = COPY / "mutants" / (module.replace(".", "/") + ".py")
    spans = json.loads(Path(f"{path}.spans").read_text())["spans"]
    lines = path.read_text().splitlines()
    original = re.sub(r"__mutmut_\d+$", "__mutmut_orig", mangled)
    before, after = (
        [line.replace(which, "") for line in lines[spans[which][0] - 1 : spans[which][1]]]
        for which in (original, mangled)
    )
    function = re.sub(r"^x_|__mutmut_orig$", "", original).removeprefix("xǁ").replace("ǁ", ".")
    if any(f"property({function.rpartition('.')[2]})" in line for line in lines):
        function = function.replace("._of_", ".")
    differing = [line for line in difflib.ndiff(before, after) if line[:2] in ("- ", "+ ")]
    parts = [" ".join(line[2:].strip() for line in differing if line[0] == sign) for sign in "-+"]
    return f"{module.removeprefix('kb.')} `{function}`: `{parts[0]}` → `{parts[1]}`".replace("|", "¦")


def report() -> int:
    """Print the score of each module, and the survivors that have no reason yet."""
    reasons = REASONS.read_text(encoding="utf-8") if REASONS.exists() else ""
    print("| module | mutants | killed | survived | score |\n|---|---:|---:|---:|---:|")
    total: Counter[str] = Counter()
    for module, mutants in known().items():
        tried = [code for code in mutants.values() if code is not None]
        alive = sum(code in SURVIVED for code in tried)
        total.update(tried=len(tried), alive=alive, untried=len(mutants) - len(tried))
        if tried:
            print(f"| {module} | {len(tried)} | {len(tried) - alive} | {alive} | {1 - alive / len(tried):.1%} |")
    print(f"| all | {total['tried']} | {total['tried'] - total['alive']} | {total['alive']} | |")
    print(f"\nNot tried: {total['untried']}.")
    timed = [name for mutants in known().values() for name, code in mutants.items() if code in TIMES_OUT]
    print(f"Ran out of time, which counts as killed: {len(timed)}.\n")
    unexplained = [name for name in survivors() if change(name) not in reasons]
    for name in unexplained:
        print(f"| {change(name)} | ? | <!-- {name} -->")
    return bool(unexplained)


def main(arguments: list[str]) -> int:
    if arguments != ["report"]:
        copy()
        run(survivors() if arguments == ["survivors"] else arguments)
    return report()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
