"""The pages are true where a program can tell: links, commands, settings, codes, tables, names."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from accounts.models import AccountRole
from accounts.staff import StaffRole
from billing_site.demo.logins import LOGINS, PASSWORD
from payments.operations.sync import HANDLED
from reports import integrity
from statements.models import RunChunk
from statements.operations.plan import CHUNK_SIZE
from statements.operations.work import ISSUE_SIZE
from statements.problems import HOLDS, WAYS_OUT
from tests.house.code import APPS, ROOT, sources

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / ".github").glob("*.md")])
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
CALL = re.compile(r"manage\.py ([a-z_]+)")
MAKE = re.compile(r"`make ([a-z-]+)`|^    (?:[A-Z]+=\w+ )?make ([a-z-]+)", re.MULTILINE)
SETTING = re.compile(r"env(?:\.\w+)?\(\s*\"([A-Z][A-Z_]+)\"")
CODE_PATH = re.compile(r"`((?:[a-z_]+/)+[a-z_]+\.py)`(?: `([a-zA-Z_]+)`)?")
OF_THIS_MACHINE = re.compile(r"(?:/home/\w|/Users/\w|/root/|/work/\w|/tmp/\w)")
OF_A_REGISTRY = re.compile(
    r"https?://[^\s\"')>]*(?:/simple\b|artifactory|devpi|nexus|registry\.|proxy\.|mirror)"
)


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def rows(path: str) -> set[str]:
    """Return what stands in the first column of a page's tables as code."""
    return set(re.findall(r"^\| `?([\w./-]+)`?(?: or [^|]*)? \|", text(path), re.MULTILINE))


def anchors(page: Path) -> set[str]:
    """Return the headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def our_commands() -> set[str]:
    return {name for name, app in get_commands().items() if app in APPS}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path):
    lost = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        if not goal.exists() or (anchor and anchor not in anchors(goal)):
            lost.append(target)

    assert lost == []


def test_the_index_lists_every_page():
    index = {(DOCS / target).resolve() for target in LINK.findall(text("docs/README.md"))} | {
        (DOCS / "decisions" / target).resolve()
        for target in LINK.findall(text("docs/decisions/README.md"))
    }
    unlisted = [named(page) for page in DOCS.rglob("*.md") if page.resolve() not in index]

    assert [page for page in unlisted if page != "docs/README.md"] == []


def test_the_readme_is_short():
    assert len(text("README.md").splitlines()) < 150


def test_the_readme_names_every_login_of_the_demonstration():
    readme = text("README.md")
    told = re.findall(r"^\| `([\w.]+@example\.org)` \|", readme, re.MULTILINE)

    assert told == [login.email for login in LOGINS]
    assert {login.password for login in LOGINS} == {PASSWORD} and f"`{PASSWORD}`" in readme


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_that_are_named_exist(page: Path):
    said = page.read_text(encoding="utf-8")
    targets = {one or other for one, other in MAKE.findall(said)}
    known = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))

    assert set(CALL.findall(said)) - set(get_commands()) == set()
    assert targets - known == set()


def test_every_command_of_ours_has_its_section():
    assert our_commands() == set(
        re.findall(r"^### (\w+)$", text("docs/reference/commands.md"), re.M)
    )


def test_every_make_target_is_told():
    targets = set(re.findall(r"^([a-z-]+):.*##", text("Makefile"), re.MULTILINE)) - {"help"}

    assert targets == {
        name
        for name in re.findall(r"^\| `make ([a-z-]+)`", text("docs/reference/commands.md"), re.M)
    }


def test_every_setting_is_in_the_example_and_in_the_reference():
    read = {name for path in ("billing_site/settings.py",) for name in SETTING.findall(text(path))}
    example = set(re.findall(r"^#?([A-Z][A-Z_]+)=", text(".env.example"), re.MULTILINE))
    read |= {"DATABASE_URL", "PORT"}  # read by db_url, and by the demonstration

    assert example == read
    assert rows("docs/reference/settings.md") - {"setting"} == read


def test_every_code_of_check_ledger_is_told():
    told = re.findall(
        r"^\| ([LDAPRSU]\d\d) \|", text("docs/reference/check-ledger.md"), re.MULTILINE
    )

    assert sorted(told) == sorted(integrity.codes())


def test_the_slow_checks_are_told():
    page = text("docs/reference/check-ledger.md")
    slow = set(re.findall(r"^\| ([LDAPRSU]\d\d) \|.*\| slow \|$", page, re.MULTILINE))

    assert slow == integrity.SLOW


def test_every_reason_to_park_or_hold_has_its_way_out():
    assert rows("docs/how-to/parked-accounts.md") - {"code"} == set(WAYS_OUT) | set(HOLDS)


def test_every_event_that_we_handle_is_told_to_who_sets_up_the_webhook():
    told = re.findall(
        r"^      ([a-z_]+\.[a-z_.]+)$", text("docs/how-to/connect-stripe.md"), re.MULTILINE
    )

    assert sorted(told) == sorted(HANDLED)


def test_every_role_is_told():
    assert rows("docs/reference/roles.md") - {"role"} == {
        *StaffRole.values,
        *AccountRole.Role.values,
    }


def test_every_failpoint_is_told():
    hits = {
        name
        for path, tree in sources()
        if path != "core/failpoints.py"
        for name in failpoints(tree)
    }
    page = text("docs/reference/failpoints.md")
    told = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", page, re.MULTILINE))

    assert told == hits


def failpoints(tree: ast.AST):
    """Yield the names of the places that a file marks; a name of a phase once for each phase."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] != "hit":
            continue
        name = node.args[0]
        if isinstance(name, ast.Constant):
            yield name.value
        elif isinstance(name, ast.JoinedStr):
            end = name.values[-1]
            yield from (f"{phase}{end.value}" for phase in RunChunk.Phase.values)


@pytest.mark.parametrize("app", ["ledger", "statements"])
def test_every_table_and_column_is_told(app):
    sections = re.split(r"^### ", text("docs/reference/tables.md"), flags=re.MULTILINE)[1:]
    told = {
        section.splitlines()[0]: set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
        for section in sections
    }
    models = [
        m for m in apps.get_app_config(app).get_models() if "historical" not in m._meta.db_table
    ]
    wanted = {m._meta.db_table: {f.column for f in m._meta.local_concrete_fields} for m in models}

    assert {table: columns for table, columns in told.items() if table.startswith(app)} == wanted


def test_the_sizes_of_a_run_are_those_that_are_told():
    page = text("docs/explanation/billing-runs.md")

    assert f"chunks of {CHUNK_SIZE}." in page and f"at most {ISSUE_SIZE} in a transaction" in page


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_files_and_functions_that_are_named_exist(page: Path):
    lost = []
    for path, name in CODE_PATH.findall(page.read_text(encoding="utf-8")):
        if not (ROOT / path).exists() or (name and name not in definitions(path)):
            lost.append(f"{path} {name}")

    assert lost == []


@cache
def definitions(path: str) -> set[str]:
    tree = ast.parse(text(path))
    return {
        n.name
        for n in ast.walk(tree)
        if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
    }


def tracked() -> list[Path]:
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a checkout of git")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_file_names_a_machine_or_a_registry():
    found = []
    for path in tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        for number, line in enumerate(lines, 1):
            own = path == Path(__file__)
            if not own and (OF_THIS_MACHINE.search(line) or OF_A_REGISTRY.search(line)):
                found.append(f"{named(path)}:{number}: {line.strip()[:80]}")

    assert found == []
