"""The reader of exercise 03.4: turns the text of an equation into a function, with the mistake of a real simulator.

PyLEMS (version 0.6.8, tried for this lesson; github.com/LEMS/pylems/issues/6, open since 2013) reads
"V - (V^3)/3 - W + I" as V - ((V^3)/3 - W + I): after a product it finishes one waiting operation, where it should finish all that
bind as strongly. This reader works by the usual rule with the same one word changed, and reads the same.
"""

import re
from collections.abc import Callable

BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "~": 3, "^": 4}  # ~ is the sign in front of a term
_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*|[A-Za-z]+)|(\*\*|[-+*/^()]))")
_DO: dict[str, Callable[[float, float], float]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
    "^": lambda x, y: x**y,
}


def read(text: str, careful: bool = False) -> Callable[[float, float, float], float]:
    """The function f(v, w, I) that a text of V, W, I, numbers, + - * / ^ and brackets is read as.

    careful : by the usual rules; otherwise with the mistake. Raises ValueError for what is no such text.

    >>> read("V - V/2 + W", careful=True)(8.0, 1.0, 0.0), read("V - V/2 + W")(8.0, 1.0, 0.0)
    (5.0, 3.0)
    """
    tokens = _tokens(text)
    tree: list = []
    waiting: list[str] = []

    def finish():
        if waiting[-1] == "~" and tree:
            waiting.pop()
            tree.append(("-", "0", tree.pop()))
            return
        if len(tree) < 2:
            raise ValueError(f"the text {text!r} has an operation without two sides")
        right, left = tree.pop(), tree.pop()
        tree.append((waiting.pop(), left, right))

    for token in tokens:
        if token == "(":
            waiting.append(token)
        elif token == ")":
            while waiting and waiting[-1] != "(":
                finish()
            if not waiting:
                raise ValueError(f"the text {text!r} closes a bracket that it never opened")
            waiting.pop()
        elif token == "~":
            waiting.append(token)
        elif token in BINDING:
            while waiting and waiting[-1] != "(" and BINDING[waiting[-1]] >= BINDING[token]:
                finish()
                if not careful:
                    break
            waiting.append(token)
        else:
            tree.append(token)
    while waiting:
        if waiting[-1] == "(":
            raise ValueError(f"the text {text!r} leaves a bracket open")
        finish()
    if len(tree) != 1:
        raise ValueError(f"the text {text!r} is no expression")
    return lambda v, w, I: _value(tree[0], {"V": v, "W": w, "I": I})


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"the text {text!r} has a sign that can't be read, at {text[at:].strip()[0]!r}")
        token = match[1] or match[2].replace("**", "^")
        if match[1] and not token[0].isdigit() and token not in ("V", "W", "I"):
            raise ValueError(f"the text {text!r} has the name {token!r}; there are V, W and I")
        in_front = not found or found[-1] in (*BINDING, "(")
        found.append("~" if token == "-" and in_front else token)
        at = match.end()
    return found


def _value(tree, names: dict[str, float]) -> float:
    if isinstance(tree, str):
        return names[tree] if tree in names else float(tree)
    sign, left, right = tree
    return _DO[sign](_value(left, names), _value(right, names))
