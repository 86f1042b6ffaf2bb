"""Measure the house: how long its rooms are, what goes round in a circle. `python -m tests.tools.house`.

Circles are looked for with imports in functions, and those for type checkers only, counted as all others are.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def modules() -> dict[str, Path]:
    """Return every module of the program by its name."""
    paths = [ROOT / "cli.py", *sorted((ROOT / "kb").rglob("*.py"))]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield what a module imports, “kb.text.wrapping” or “kb.text.wrapping.cut”, and whether a function does it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {id(node) for outer in ast.walk(tree) if isinstance(outer, ast.FunctionDef) for node in ast.walk(outer)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", id(node) in late) for alias in node.names)


def arrows(known: Mapping[str, Path]) -> dict[str, set[str]]:
    """Return for each module the modules that it imports, whenever that is."""
    found: dict[str, set[str]] = {}
    for name, path in known.items():
        meant = (one if one in known else one.rpartition(".")[0] for one, _ in imports(path))
        found[name] = {one for one in meant if one in known and one != name}
    return found


def circle() -> list[str]:
    """Return a circle of modules that import each other, if there is one."""
    try:
        TopologicalSorter(arrows(modules())).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def late_imports() -> Counter[str]:
    """Return how many imports stand in the functions of each module."""
    return Counter(name for name, path in modules().items() for _, late in imports(path) if late)


def per_folder() -> Counter[str]:
    """Return how many modules each folder holds, without what says only what the folder is for."""
    return Counter(str(path.parent.relative_to(ROOT)) for path in modules().values() if path.name != "__init__.py")


def lengths() -> dict[str, int]:
    """Return how many lines each module has."""
    return {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules().items()}


def main() -> None:
    lines = lengths()
    rooms: Counter[str] = Counter()
    for name, count in lines.items():
        rooms[".".join(name.split(".")[:2])] += count
    for room, count in rooms.most_common():
        print(f"{count:>6}  {room}")
    print(f"{sum(lines.values()):>6}  lines in all")
    longest = max(lines, key=lines.__getitem__)
    print(f"longest module: {longest}, {lines[longest]} lines")
    print(f"most modules in a folder: {per_folder().most_common(1)[0]}")
    print(f"imports in functions: {late_imports().total()}")
    print(f"circle: {' -> '.join(circle()) or 'none'}")


if __name__ == "__main__":
    main()
