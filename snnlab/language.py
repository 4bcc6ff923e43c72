"""The language in which a model's functions are written: assignments, one return, and the vocabulary.

The source of each function is read once, when the class is defined; `Equations` holds what was read, and every reading
of a model (compiled, NumPy, units, Brian2, LaTeX, phase plane) starts from it.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import linecache
import textwrap
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from .vocabulary import TAKES, VOCABULARY


@dataclasses.dataclass(frozen=True)
class Equations:
    """One function of a model, as read: name, arguments, assignments (name, expression), what it returns."""

    name: str
    args: tuple[str, ...]
    body: tuple[tuple[str, ast.expr], ...]
    returns: tuple[ast.expr, ...]
    keys: tuple[str, ...] = ()  # of the dictionary that `initial` returns

    @property
    def returned_names(self) -> tuple[str, ...]:
        return tuple(node.id for node in self.returns if isinstance(node, ast.Name))

    @property
    def source(self) -> str:
        """The function as normalised Python, for the compiled reading."""
        values = ", ".join(_compiled_text(node) for node in self.returns)
        lines = [f"    {target} = {_compiled_text(value)}" for target, value in self.body]
        return "\n".join([f"def {self.name}({', '.join(self.args)}):", *lines, f"    return {values}"])

    @property
    def calls(self) -> set[str]:
        """The functions that it calls."""
        nodes = [node for value in (*(v for _, v in self.body), *self.returns) for node in ast.walk(value)]
        return {
            node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }

    def tells(self) -> bool:
        """True when what it returns is a comparison, or whole numbers made of some: no quantity."""
        known: dict[str, bool] = {}
        for target, value in self.body:
            known[target] = _tells(value, known)
        return all(_tells(value, known) for value in self.returns)

    def depends_on(self, k: int) -> set[str]:
        """The arguments that the k-th returned value depends on, by data flow."""
        deps: dict[str, set[str]] = {arg: {arg} for arg in self.args}
        for target, value in self.body:
            deps[target] = set().union(*(deps[n] for n in _names(value)))
        return set().union(*(deps[n] for n in _names(self.returns[k])))


def _tells(node: ast.expr, known: dict[str, bool]) -> bool:
    if isinstance(node, ast.Name):
        return known.get(node.id, False)
    if isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
        return not isinstance(node.op, ast.Div | ast.Pow) and all(_tells(part, known) for part in parts)
    if isinstance(node, ast.Call):
        name = node.func.id  # type: ignore[attr-defined]
        values = node.args[1:] if name == "where" else node.args
        return name in TAKES and all(_tells(value, known) for value in values)
    return isinstance(node, ast.Compare) or (isinstance(node, ast.Constant) and isinstance(node.value, int))


class _Powers(ast.NodeTransformer):
    """x**y with a variable y becomes power(x, y), which is quick for 0 and 1."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow) and not isinstance(node.right, ast.Constant):
            return ast.Call(ast.Name("power", ast.Load()), [node.left, node.right], [])
        return node


def _compiled_text(node: ast.expr) -> str:
    return ast.unparse(_Powers().visit(ast.parse(ast.unparse(node), mode="eval").body))


def _names(node: ast.expr) -> list[str]:
    called = {id(n.func) for n in ast.walk(node) if isinstance(n, ast.Call)}
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and id(n) not in called]


_ALLOWED = (
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Name, ast.Constant, ast.Load,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq,
)  # fmt: skip


class Reader:
    """Reads one function's source into Equations, or says which line is outside the language."""

    def __init__(self, owner: str, function: Callable):
        self.owner, self.function = owner, function
        self.where = f"{owner}.{function.__name__}"
        code = function.__code__
        linecache.checkcache(code.co_filename)
        try:
            lines, self.first = inspect.getsourcelines(function)
        except OSError:
            raise TypeError(
                f"{self.where}: its source can't be read; define the model in a file or in a notebook cell"
            ) from None
        self.lines = textwrap.dedent("".join(lines)).splitlines()
        self.tree = ast.parse("\n".join(self.lines))
        self.node = self.tree.body[0]

    def fail(self, node: ast.AST, message: str) -> NoReturn:
        line = self.lines[getattr(node, "lineno", 1) - 1].strip()
        raise TypeError(f"{self.where}, line `{line}`: {message}")

    def read(self, allowed_args: Iterable[str]) -> Equations:
        node = self.node
        if not isinstance(node, ast.FunctionDef):
            self.fail(node, "must be a plain function (def)")
        arguments = node.args
        if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults:
            self.fail(
                node, "arguments are plain names of states, parameters and inputs: no default, no *, no **"
            )
        args = tuple(a.arg for a in (*arguments.posonlyargs, *arguments.args))
        allowed = tuple(allowed_args)
        for arg in args:
            if arg not in allowed:
                self.fail(node, f"{arg!r} is not known here; known names are {', '.join(allowed)}")
        body, returns, keys = self._statements(node, set(args))
        return Equations(node.name, args, tuple(body), returns, keys)

    def _statements(self, function: ast.FunctionDef, known: set[str]):
        body: list[tuple[str, ast.expr]] = []
        statements = list(function.body)
        if isinstance(statements[0], ast.Expr) and isinstance(statements[0].value, ast.Constant):
            statements.pop(0)  # a docstring
        for position, statement in enumerate(statements):
            if isinstance(statement, ast.Return):
                if position != len(statements) - 1:
                    self.fail(statement, "must be the last line")
                return (body, *self._returned(statement, known))
            if not (
                isinstance(statement, ast.Assign)
                and len(statement.targets) == 1
                and isinstance(statement.targets[0], ast.Name)
            ):
                self.fail(
                    statement,
                    "a body is assignments `name = expression` and one return; no if, no loop: use where()",
                )
            self._expression(statement.value, known)
            known = known | {statement.targets[0].id}
            body.append((statement.targets[0].id, statement.value))
        self.fail(function, "must end with a return")

    def _returned(self, statement: ast.Return, known: set[str]):
        value = statement.value
        if value is None:
            self.fail(statement, "returns nothing")
        keys: tuple[str, ...] = ()
        parts: list[ast.expr]
        if isinstance(value, ast.Dict):
            if not all(isinstance(k, ast.Constant) and isinstance(k.value, str) for k in value.keys):
                self.fail(statement, "keys must be names of states in quotes")
            keys = tuple(k.value for k in value.keys)  # type: ignore[union-attr,misc]
            parts = value.values
        else:
            parts = value.elts if isinstance(value, ast.Tuple) else [value]
        for part in parts:
            self._expression(part, known)
        return tuple(parts), keys

    def _expression(self, expression: ast.expr, known: set[str]) -> None:
        functions = set()
        for node in ast.walk(expression):
            if not isinstance(node, _ALLOWED):
                self.fail(expression, f"{ast.unparse(node) or ast.unparse(expression)!r} is outside the language of equations "
                                      "(+ - * / **, comparisons and calls of the vocabulary)")  # fmt: skip
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", ast.unparse(node.func))
                if name not in VOCABULARY or node.keywords:
                    self.fail(
                        expression, f"{name!r} can't be called here; allowed are {', '.join(VOCABULARY)}"
                    )
                wanted = TAKES.get(name, 1)
                if len(node.args) != wanted:
                    self.fail(expression, f"{name}() takes {wanted} values, got {len(node.args)}")
                functions.add(id(node.func))
            if isinstance(node, ast.Compare) and len(node.ops) > 1:
                self.fail(expression, "a chained comparison is not allowed: write one comparison")
            if isinstance(node, ast.Constant) and (
                isinstance(node.value, bool) or not isinstance(node.value, int | float)
            ):
                self.fail(expression, f"the constant {node.value!r} is not a number")
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _is_zero(node.right):
                self.fail(expression, f"{ast.unparse(node)!r} divides by zero")
        for node in ast.walk(expression):
            if isinstance(node, ast.Name) and id(node) not in functions and node.id not in known:
                self.fail(expression, f"{node.id!r} is neither an argument nor assigned above")

    def numpy_function(self) -> Callable:
        """The function recompiled with the vocabulary as its globals, its lines kept for tracebacks."""
        tree = ast.parse("\n".join(self.lines))
        ast.increment_lineno(tree, self.first - 1)
        namespace: dict[str, Any] = dict(VOCABULARY)
        exec(compile(tree, self.function.__code__.co_filename, "exec"), namespace)
        made = namespace[self.function.__name__]
        made.__module__, made.__qualname__ = self.function.__module__, self.function.__qualname__
        return made


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0
