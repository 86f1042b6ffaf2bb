"""Look around in the lines of a text: above, below, and how deep each is indented. Lines count from 0."""

from __future__ import annotations

from typing import NamedTuple


class Lines(NamedTuple):
    """The lines of a text."""

    lines: list[str]

    def line(self, number: int) -> str:
        """Return a line; past the ends of the text it is empty."""
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def at(self, place: tuple[int, int]) -> str:
        """Return the character at a line and a column, or nothing."""
        return self.line(place[0])[place[1] : place[1] + 1]

    def indent(self, number: int) -> int:
        """Return by how many spaces a line is indented."""
        line = self.line(number)
        return len(line) - len(line.lstrip(" "))

    def above(self, number: int) -> int | None:
        """Return the nearest line above that says something."""
        for earlier in range(number - 1, -1, -1):
            if says_something(self.lines[earlier]):
                return earlier
        return None

    def below(self, number: int) -> int:
        """Return the nearest line below that says something, or one past the last."""
        later = number + 1
        while later < len(self.lines) and not says_something(self.lines[later]):
            later += 1
        return later

    def head(self, number: int) -> int | None:
        """Return the nearest line above that is indented no deeper: the line which this one follows or belongs to."""
        for earlier in range(number - 1, -1, -1):
            if says_something(self.lines[earlier]) and self.indent(earlier) <= self.indent(number):
                return earlier
        return None


def says_something(line: str) -> bool:
    """Say whether a line holds more than a remark."""
    return bool(line.strip()) and not line.lstrip().startswith("#")
