"""Makes mutants of the engine, tries them and says which live: python -m tests.mutation"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.mutation import explanations, trial
from tests.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).parents[2]
ENGINE = "tariffs/engine"
LEFT_OUT = shutil.ignore_patterns(".*", "var", "__pycache__", "node_modules", "*.sqlite3")
BY_COMMAND = re.compile(r"test_(documentation|rate_\w+)\.py")  # need Django, no database
LEFT_ALONE = re.compile(  # need Django, or take too long; or are not about the engine
    r"test_(names|usage_file|engine_equals_walk)\.py"
)


def main(arguments: Sequence[str]) -> int:
    """Return 0 if every mutant that lives is explained."""
    given = _options(arguments)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        os.chdir(tree)
        chosen = _chosen(given)
        outcomes = _tried(trial.Plan(chosen, *_tests(), given.jobs), tree)
    return _report(chosen, outcomes, is_whole=given.all and not given.files)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("files", nargs="*", help="files of the engine; all if none is named")
    parser.add_argument("--all", action="store_true", help="try every mutant, no sample")
    parser.add_argument("--sample", type=int, default=200, help="how many to try")
    parser.add_argument("--seed", type=int, default=1, help="which sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


def _chosen(given: argparse.Namespace) -> list[Mutant]:
    files = given.files or sorted(map(str, Path(ENGINE).rglob("*.py")))
    made = [m for file in files for m in mutants(file, Path(file).read_text(encoding="utf-8"))]
    if given.all or len(made) <= given.sample:
        return made
    places = random.Random(given.seed).sample(range(len(made)), given.sample)
    return [made[place] for place in sorted(places)]


def _tests() -> tuple[list[str], list[str]]:
    """Return the test files that need no Django, and those that price files by the command."""
    files = sorted(Path("tests/tariffs").glob("test_*.py"))
    whole = [str(file) for file in files if BY_COMMAND.fullmatch(file.name)]
    others = [file for file in files if not LEFT_ALONE.fullmatch(file.name)]
    plain = [str(file) for file in others if str(file) not in whole]
    return [*plain, "tests/mutation/walk_some.py"], whole


def _tried(plan: trial.Plan, tree: Path) -> list[str]:
    """Let another process try them: this one may not be in the copy, where it loaded code."""
    plan_file, result_file = tree.parent / "plan", tree.parent / "result"
    plan_file.write_bytes(pickle.dumps(plan))
    command = [sys.executable, "-m", "tests.mutation.trial", str(plan_file), str(result_file)]
    database = f"sqlite:///{tree.parent / 'database.sqlite3'}"
    environment = {**os.environ, "DATABASE_URL": database, "PYTHONPATH": ""}
    if subprocess.run(command, cwd=tree, env=environment).returncode:
        raise SystemExit("nothing was tried")
    return pickle.loads(result_file.read_bytes())


def _report(chosen: list[Mutant], outcomes: list[str], *, is_whole: bool) -> int:
    """Print a row a file and every mutant that lives without a reason."""
    reasons = explanations.explained()
    alive = [m for m, outcome in zip(chosen, outcomes, strict=True) if outcome == trial.ALIVE]
    open_ = [mutant for mutant in alive if mutant.key not in reasons]
    made, living = Counter(m.path for m in chosen), Counter(m.path for m in alive)
    unexplained = Counter(m.path for m in open_)
    print(f"{'file':44}{'mutants':>9}{'killed':>9}{'explained':>11}{'alive':>7}")
    for path in made:
        known = living[path] - unexplained[path]
        killed = made[path] - living[path]
        print(f"{path:44}{made[path]:9}{killed:9}{known:11}{unexplained[path]:7}")
    known = len(alive) - len(open_)
    print(f"{'all':44}{len(chosen):9}{len(chosen) - len(alive):9}{known:11}{len(open_):7}")
    for mutant in open_:
        print(f"\n{mutant.path}:{mutant.line}\n{explanations.block(mutant.key)}")
    stale = set(reasons) - {mutant.key for mutant in alive} if is_whole else set()
    for key in sorted(stale):
        print(f"\nexplained, but killed or gone:\n{explanations.block(key)}")
    return 1 if open_ or stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
