"""The engines that keep no facts: what is known goes in whole, every time, through layers of productions.

- *zen-engine*: one decision table a layer, one row a production; every answer evaluates all layers anew, each with what
  the layers before it concluded;
- *json-rules-engine*: the layers as priorities, conclusions added as facts while it runs; every answer runs all anew.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from .engines import Peer, Plain, Variables, installed


def layers(productions: list[Plain]) -> list[list[Plain]]:
    """Return the productions in layers: each rests only on answers and on what earlier layers conclude."""
    makers: dict[str, list[int]] = {}
    for index, (_, concludes) in enumerate(productions):
        for variable, _ in concludes:
            makers.setdefault(variable, []).append(index)
    depth: dict[int, int] = {}

    def depth_of(index: int) -> int:
        if index not in depth:
            before = (maker for variable, _ in productions[index][0] for maker in makers.get(variable, ()))
            depth[index] = 1 + max(map(depth_of, before), default=-1)
        return depth[index]

    found: list[list[Plain]] = []
    for index, production in enumerate(productions):
        found += [[] for _ in range(depth_of(index) + 1 - len(found))]
        found[depth_of(index)].append(production)
    return found


class Layered(Peer):
    """An engine without facts: what is known goes in whole, every time. Variables and values are numbered."""

    def __init__(self, productions: list[Plain]) -> None:
        super().__init__(productions)
        names = dict.fromkeys(variable for each in productions for part in each for variable, _ in part)
        self.variables = {name: f"c{index}" for index, name in enumerate(names)}
        self.layers = layers(productions)
        self.known: Variables = {}

    def forget(self) -> None:
        self.known = {}

    def derived(self) -> Variables:
        spelled = {variable: name for name, variable in self.variables.items()}
        return {spelled[variable]: value for variable, value in self.known.items()}

    def taken(self, variables: Variables) -> Variables:
        return {self.variables[variable]: value for variable, value in variables.items() if variable in self.variables}


class Zen(Layered):
    name = "zen-engine"

    def __init__(self, productions: list[Plain]) -> None:
        super().__init__(productions)
        self._tables = [json.dumps(self._table(layer)) for layer in self.layers]
        self._concludes = [
            [[(self.variables[variable], value) for variable, value in concludes] for _, concludes in layer]
            for layer in self.layers
        ]

    @staticmethod
    def version() -> str:
        return installed("zen-engine", "zen")

    def _table(self, layer: list[Plain]) -> dict[str, Any]:
        rows = []
        for number, (premises, _) in enumerate(layer):
            lines = (
                f"{self.variables[variable]} in {json.dumps(values)}"
                if len(values) > 1
                else f"{self.variables[variable]} == {json.dumps(values[0])}"
                for variable, values in premises
            )
            rows.append({"_id": f"r{number}", "when": " and ".join(lines), "row": str(number)})
        table = {
            "hitPolicy": "collect",
            "inputs": [{"id": "when", "name": "when"}],
            "outputs": [{"id": "row", "name": "row", "field": "row"}],
            "rules": rows,
        }
        nodes = [("in", "inputNode", {}), ("table", "decisionTableNode", {"content": table}), ("out", "outputNode", {})]
        edges = [("in", "table"), ("table", "out")]
        return {
            "contentType": "application/vnd.gorules.decision",
            "nodes": [{"id": name, "name": name, "type": kind, **more} for name, kind, more in nodes],
            "edges": [{"id": one + two, "sourceId": one, "targetId": two, "type": "edge"} for one, two in edges],
        }

    def ready(self) -> None:
        import zen

        engine = zen.ZenEngine()
        self._decisions = [engine.create_decision(table) for table in self._tables]
        self.forget()

    def give(self, variables: Variables) -> None:
        self.known.update(self.taken(variables))
        for decision, concludes in zip(self._decisions, self._concludes, strict=True):
            for hit in decision.evaluate(self.known)["result"] or ():
                self.known.update(concludes[hit["row"]])


NODE_MODULES = "BENCHMARK_NODE_MODULES"
"""The environment variable that names the folder in which json-rules-engine was installed."""

SCRIPT = Path(__file__).with_name("json_rules.js")


class JsonRules(Layered):
    name = "json-rules-engine"

    def __init__(self, productions: list[Plain]) -> None:
        super().__init__(productions)
        self._rules = [
            {
                "all": [[self.variables[variable], values] for variable, values in premises],
                "concludes": [[self.variables[variable], value] for variable, value in concludes],
                "priority": len(self.layers) - depth,
            }
            for depth, layer in enumerate(self.layers)
            for premises, concludes in layer
        ]
        self._spent = 0.0
        self._used = 0
        self.clock = lambda: self._spent  # of node's own process: the way to it and back is not counted
        node = shutil.which("node")
        assert node is not None, "node was there when its version was asked for"
        self._node = subprocess.Popen(
            [node, "--expose-gc", str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            cwd=_node_folder(),
        )
        self._ask(rules=self._rules)

    @staticmethod
    def version() -> str:
        node = shutil.which("node")
        if node is None:
            return ""
        call = "console.log(require('json-rules-engine/package.json').version + ', node ' + process.version)"
        ended = subprocess.run([node, "-e", call], cwd=_node_folder(), capture_output=True, encoding="utf-8")
        return ended.stdout.strip() if ended.returncode == 0 else ""

    def _ask(self, **asked: Any) -> dict[str, Any]:
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps(asked) + "\n")
        self._node.stdin.flush()
        reply: dict[str, Any] = json.loads(self._node.stdout.readline())
        self._spent += reply["seconds"]
        self._used = reply["bytes"]
        return reply

    def ready(self) -> None:
        self._ask(ready=True)
        self.forget()

    def give(self, variables: Variables) -> None:
        self.known.update(self.taken(variables))
        self.known.update(self._ask(known=self.known)["concluded"])

    def bytes_used(self) -> int:
        return int(self._ask(rest=True)["bytes"])

    def close(self) -> None:
        self._node.kill()
        self._node.communicate()


def _node_folder() -> str:
    return os.environ.get(NODE_MODULES) or "."
