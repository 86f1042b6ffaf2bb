"""The same answers give the same bytes: under any hash seed, in any order, on a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PROGRAM = """
import random, sys
from kb.engine import Engine
from kb.loading import load
from kb.report import build_report, to_json
from kb.session import Session
engine = Engine(load())
chance = random.Random(int(sys.argv[1]))
for case in engine.kb.cases[::12]:
    answers = list(case.answers.items())
    chance.shuffle(answers)
    sys.stdout.write(to_json(build_report(Session.begin(engine, dict(answers)))))
"""


def _reports(seed: int) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", PROGRAM, str(seed)]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=True).stdout


@pytest.mark.slow
def test_report__twenty_hash_seeds_and_shuffled_answers__is_the_same_byte_for_byte() -> None:
    first = _reports(0)
    assert first.count(b'"format": 1') >= 20
    assert [seed for seed in range(1, 20) if _reports(seed) != first] == []
