"""Write the table of licenses from what is installed: `python -m tests.tools.licenses` brings the page up to date.

The table holds whatever the program brings along when it is installed, and the tools named in `pyproject.toml`. It
names no releases, so that it says the same for every one that has kept its license.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "reference" / "licenses.md"

PLAIN = {
    "MIT License": "MIT",
    "BSD": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "LGPLv3": "LGPL-3.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: MIT License": "MIT",
}
"""What older packages call a license, and its short name today."""


class License(NamedTuple):
    """A package, its license, what brings it along, and its page."""

    package: str
    license: str
    why: str
    address: str


def lists(name: str) -> list[str]:
    """Return the requirements that `pyproject.toml` lists under `name`, which no Python before 3.11 can read whole."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(rf"^{name} = \[(.*?)\]$", text, re.MULTILINE | re.DOTALL)
    assert listed, name
    return re.findall(r'"([^"]+)"', re.sub(r"#.*", "", listed[1]))


def brought_along(names: Iterable[str], why: str) -> Iterator[tuple[str, str]]:
    """Yield every package that is needed by those of `names`, themselves first, and what needs it."""
    for name in names:
        yield name, why
        for text in metadata.requires(name) or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": "", "sys_platform": "linux"}):
                yield from brought_along([needed.name], f"for {name}")


def license_of(package: str) -> str:
    """Return the short name of a package's license, as the package says it."""
    about = metadata.metadata(package)
    said = about.get("License-Expression") or about.get("License") or ""
    if not said or "\n" in said or said == "UNKNOWN":
        said = next((each for each in about.get_all("Classifier", []) if each.startswith("License")), "unknown")
    return PLAIN.get(said, said)


def address_of(package: str) -> str:
    """Return where a package is found."""
    return f"https://pypi.org/project/{canonicalize_name(package)}/"


def licenses(requirements: Iterable[str], why: str, deep: bool) -> list[License]:
    """Return the licenses of what `requirements` name, and if `deep` of all that comes along."""
    names = [canonicalize_name(Requirement(text).name) for text in requirements]
    wanted = dict(reversed(list(brought_along(names, why)))) if deep else dict.fromkeys(names, why)
    return [License(name, license_of(name), wanted[name], address_of(name)) for name in sorted(wanted)]


def table() -> str:
    """Return the table of licenses in Markdown."""
    rows = licenses(lists("dependencies"), "the program", deep=True)
    rows += licenses(lists("test"), "tests", deep=False) + licenses(lists("style"), "style", deep=False)
    lines = [f"| [{row.package}]({row.address}) | {row.license} | {row.why} |" for row in rows]
    return "\n".join(["| package | license | needed |", "|---|---|---|", *lines])


def page_with(text: str) -> str:
    """Return the page with `text` as its table."""
    before, after = PAGE.read_text(encoding="utf-8").split("<!-- licenses:start -->\n")
    below = after.split("<!-- licenses:end -->")[1]
    return f"{before}<!-- licenses:start -->\n\n{text}\n\n<!-- licenses:end -->{below}"


if __name__ == "__main__":
    PAGE.write_text(page_with(table()), encoding="utf-8")
