"""Makes mutants of a source file: each is one small change of meaning, the text else untouched."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
OPPOSITE |= {"in": "not in", "not in": "in", "is": "is not", "is not": "is"}
ARITHMETIC = {"+": "-", "-": "+", "*": "//", "//": "*", "%": "//", "/": "*", "**": "*"}
ARITHMETIC |= {"&": "|", "|": "&"}
NAMES = {"min": "max", "floor": "ceil", "any": "all", "minimum": "maximum", "zeros": "ones"}
NAMES |= {"zeros_like": "ones_like", "argmax": "argmin", "flatnonzero": "ravel"}
NAMES |= {other: name for name, other in NAMES.items()}
COMPARISONS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip
OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%", ast.Div: "/",
    ast.Pow: "**", ast.BitAnd: "&", ast.BitOr: "|",
}  # fmt: skip
DEFAULTS_OF = {"text", "get", "code", "take", "choice"}  # calls whose last word is a default
IDLE = {"strict", "maxsize"}  # arguments that only guard or speed up
SKIPPED = (ast.Import, ast.ImportFrom, ast.JoinedStr, ast.Raise, ast.Assert)


@dataclass(frozen=True)
class Mutant:
    """One change in one file; lines count from 1."""

    path: str
    line: int
    home: int  # first line of the function it is in; 0 if it is run while modules load
    scope: str  # the function or class it is in
    before: str  # the lines that change, stripped
    after: str
    source: str  # of the whole file

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from others, however lines move."""
        return self.path, self.scope, self.before, self.after

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.before} -> {self.after}"


def mutants(path: str, source: str) -> list[Mutant]:
    """Return every mutant of a file, in the order of its lines."""
    made = {(edit.start, edit.end, edit.text): edit for edit in _Edits(source).all()}
    found = [_mutant(path, source, edit) for _, edit in sorted(made.items())]
    return [mutant for mutant in found if _compiles(mutant)]


@dataclass(frozen=True)
class _Edit:
    start: int  # bytes from the beginning
    end: int
    text: str
    scope: str
    home: int


class _Edits:
    """Walks a file and lists what to put in which place."""

    def __init__(self, source: str) -> None:
        self.bytes = source.encode()
        self.tree = ast.parse(source)
        lines = self.bytes.splitlines(keepends=True)
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(line))
        self.enums = _enums(self.tree)
        self.scope: list[str] = []
        self.home = 0

    def all(self) -> Iterator[_Edit]:
        for statement in self.tree.body:
            yield from self._statement(statement)

    def _edit(self, start: int, end: int, text: str) -> _Edit:
        return _Edit(start, end, text, ".".join(self.scope), self.home)

    def _from(self, node: ast.AST) -> int:
        return self.starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]

    def _to(self, node: ast.AST) -> int:
        return self.starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def _replaced(self, node: ast.AST, text: str) -> _Edit:
        return self._edit(self._from(node), self._to(node), text)

    def _between(self, left: ast.AST, right: ast.AST, old: str, new: str) -> Iterator[_Edit]:
        """Replace an operator in the text between its operands."""
        start, end = self._to(left), self._from(right)
        pattern = re.escape(old.encode()).replace(rb"\ ", rb"\s+")
        found = re.search(pattern, self.bytes[start:end])
        if found:
            yield self._edit(start + found.start(), start + found.end(), new)

    def _statement(self, node: ast.AST) -> Iterator[_Edit]:
        if isinstance(node, SKIPPED):
            if isinstance(node, ast.Raise):
                yield self._replaced(node, "pass")
            return
        if isinstance(node, ast.Assign) and _names(node) == ["__all__"]:
            return
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from self._named(node)
            return
        yield from self._dropped(node)
        yield from self._inside(node)

    def _named(self, node: ast.FunctionDef | ast.ClassDef) -> Iterator[_Edit]:
        self.scope.append(node.name)
        home = self.home
        if isinstance(node, ast.FunctionDef) and not home:
            self.home = min(row.lineno for row in (node, *node.decorator_list))
        if isinstance(node, ast.FunctionDef):
            for default in (*node.args.defaults, *node.args.kw_defaults):
                if default is not None:
                    yield from self._expression(default)
                    yield from self._word(default)
        for statement in node.body:
            yield from self._statement(statement)
        self.scope.pop()
        self.home = home

    def _dropped(self, node: ast.AST) -> Iterator[_Edit]:
        """Leave a statement out, or take the other way out of a loop."""
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            yield self._replaced(node, "pass")
        elif isinstance(node, ast.AugAssign):
            yield self._replaced(node, "pass")
            old = OPERATORS.get(type(node.op), "")
            if old in ARITHMETIC:
                yield from self._between(node.target, node.value, f"{old}=", f"{ARITHMETIC[old]}=")
        elif isinstance(node, ast.Continue):
            yield self._replaced(node, "break")
        elif isinstance(node, ast.Break):
            yield self._replaced(node, "continue")

    def _inside(self, node: ast.AST) -> Iterator[_Edit]:
        if isinstance(node, ast.If | ast.While):
            yield from self._condition(node.test)
        if isinstance(node, ast.AnnAssign):
            if node.value is not None:
                yield from self._expression(node.value)
                yield from self._word(node.value)
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                yield from self._statement(child)
            elif isinstance(child, ast.withitem):
                yield from self._expression(child.context_expr)
            elif isinstance(child, ast.expr):
                yield from self._expression(child)

    def _condition(self, test: ast.expr) -> Iterator[_Edit]:
        """Turn a condition round that is no comparison; those are turned round elsewhere."""
        if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.NamedExpr):
            text = self.bytes[self._from(test) : self._to(test)].decode()
            yield self._replaced(test, f"not ({text})")

    def _expression(self, node: ast.AST) -> Iterator[_Edit]:
        for child in _parts(node):
            yield from self._operator(child)
            yield from self._value(child)
            if isinstance(child, ast.IfExp):
                yield from self._condition(child.test)
            for test in getattr(child, "ifs", []):
                yield from self._condition(test)

    def _operator(self, node: ast.AST) -> Iterator[_Edit]:
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            for left, right, kind in zip(operands, operands[1:], node.ops, strict=False):
                old = COMPARISONS[type(kind)]
                for new in filter(None, (BOUNDARY.get(old), OPPOSITE[old])):
                    yield from self._between(left, right, old, new)
        elif isinstance(node, ast.BinOp):
            old = OPERATORS.get(type(node.op), "")
            if old in ARITHMETIC:
                yield from self._between(node.left, node.right, old, ARITHMETIC[old])
        elif isinstance(node, ast.BoolOp):
            old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            for left, right in zip(node.values, node.values[1:], strict=False):
                yield from self._between(left, right, old, new)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub | ast.Invert):
            yield self._edit(self._from(node), self._from(node.operand), "")

    def _value(self, node: ast.AST) -> Iterator[_Edit]:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bool):
                yield self._replaced(node, str(not node.value))
            elif isinstance(node.value, int):
                yield self._replaced(node, str(node.value + 1))
                if node.value:
                    yield self._replaced(node, str(node.value - 1))
        elif isinstance(node, ast.Call):
            yield from self._call(node)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            members = self.enums.get(node.value.id, [])
            if node.attr in members and len(members) > 1:
                other = members[(members.index(node.attr) + 1) % len(members)]
                yield self._replaced(node, f"{node.value.id}.{other}")

    def _call(self, node: ast.Call) -> Iterator[_Edit]:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name in NAMES:
            end = self._to(node.func)
            yield self._edit(end - len(name.encode()), end, NAMES[name])
        if name in DEFAULTS_OF and len(node.args) > 1:
            yield from self._word(node.args[-1])

    def _word(self, node: ast.AST) -> Iterator[_Edit]:
        """Change a default that is a word."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield self._replaced(node, repr(node.value + "x"))


def _mutant(path: str, source: str, edit: _Edit) -> Mutant:
    old = source.encode()
    new = old[: edit.start] + edit.text.encode() + old[edit.end :]
    line = old.count(b"\n", 0, edit.start) + 1
    begins = old.rfind(b"\n", 0, edit.start) + 1
    ends = old.find(b"\n", edit.end) % (len(old) + 1)
    moved = ends + len(new) - len(old)
    before, after = (_joined(part) for part in (old[begins:ends], new[begins:moved]))
    return Mutant(path, line, edit.home, edit.scope, before, after, new.decode())


def _joined(part: bytes) -> str:
    return " ".join(part.decode().split())


def _compiles(mutant: Mutant) -> bool:
    try:
        compile(mutant.source, mutant.path, "exec")
    except SyntaxError:
        return False
    return True


def _names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Walk an expression, but not what is text or does not decide anything."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr) or getattr(child, "arg", "") in IDLE:
            continue
        yield from _parts(child)


def _enums(tree: ast.Module) -> dict[str, list[str]]:
    """Return the members of the enums that the file uses by name."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return {name: members for name, members in _all_enums().items() if name in used}


@cache
def _all_enums() -> dict[str, list[str]]:
    """Read the enums from the sources, so that nothing of the engine is loaded."""
    found = {}
    for file in (*Path("tariffs/engine").rglob("*.py"), Path("core/money.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and "StrEnum" in map(ast.unparse, node.bases):
                found[node.name] = [
                    name for row in node.body if isinstance(row, ast.Assign) for name in _names(row)
                ]
    return found
