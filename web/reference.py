"""The reference: one page for each kind of thing in `snnlab.__all__`, made from docstrings and the models themselves.

A docstring is plain text. It is written out as such, with its sections, examples and DOIs; the equations of a model
are those of `snn.latex`, so that the page can't differ from what runs.
"""

import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import snnlab as snn
from snnlab.explore_sliders import meanings_of
from snnlab.model import Declared

KINDS = (
    ("neurons", "Neurons", "A neuron model is its equations."),
    ("synapses", "Synapses", "What a spike does to the neuron that it reaches."),
    ("plasticity", "Plasticity", "How a synapse changes: over seconds, and over the next few spikes."),
    ("simulating", "Simulating", "Populations, connections, inputs, and what comes out."),
)


def pages() -> dict[str, str]:
    """The pages by their names, each in MyST Markdown."""
    names: dict[str, list[str]] = {kind: [] for kind, _, _ in KINDS}
    modules = {}
    for name in snn.__all__:
        thing = getattr(snn, name)
        if isinstance(thing, ModuleType):
            modules[name] = thing
        else:
            names[_kind(thing)].append(name)
    made = {}
    for kind, title, about in KINDS:
        made[kind] = f"# {title}\n\n{about}\n\n" + "\n".join(_entry(n, getattr(snn, n)) for n in names[kind])
    for name, module in modules.items():
        made[name] = f"# snnlab.{name}\n\n{prose(_doc(module))}\n\n" + "\n".join(
            _entry(f"{name}.{n}", thing) for n, thing in _members(module)
        )
    return made


def _kind(thing: Any) -> str:
    if isinstance(thing, type) and issubclass(thing, Declared):
        if issubclass(thing, snn.Neuron):
            return "neurons"
        return "synapses" if issubclass(thing, snn.Synapse) else "plasticity"
    return "simulating"


def _members(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """What a module offers: its `__all__`, or all that it defines itself and that has a docstring."""
    listed = getattr(module, "__all__", None)
    for name in listed if listed is not None else sorted(vars(module)):
        thing = getattr(module, name)
        mine = listed is not None or getattr(thing, "__module__", None) == module.__name__
        if name[0] != "_" and mine and (inspect.isfunction(thing) or inspect.isclass(thing)):
            yield name, thing


def _doc(thing: Any) -> str:
    return inspect.getdoc(thing) or ""


def _signature(thing: Any) -> str:
    if isinstance(thing, type) and issubclass(thing, Declared):
        return ""  # the table of parameters says more
    try:
        text = str(inspect.signature(thing, eval_str=False))
    except (TypeError, ValueError):
        return ""
    text = re.sub(r"['\"]", "", text.partition(" -> ")[0])
    return re.sub(r"<factory>|<[^>]*object[^>]*>", "...", text)


def _entry(name: str, thing: Any) -> str:
    """One class or function: heading, signature, equations, parameters, docstring, methods."""
    lines = [f"(api-{name.lower()})=", f"## {name}", ""]
    if _signature(thing):
        lines += ["```python", _wrapped(f"snn.{name}{_signature(thing)}"), "```", ""]
    if isinstance(thing, type) and issubclass(thing, Declared) and thing not in (snn.Neuron, snn.Synapse):
        lines += [*_equations(thing), *_parameters(thing)]
    lines += [prose(_doc(thing)), ""]
    if isinstance(thing, type) and not issubclass(thing, Declared) and not issubclass(thing, Exception):
        for method, member in _methods(thing):
            lines += [f"### {name}.{method}", ""]
            if callable(member):
                signature = re.sub(r"\(self(, )?", "(", _signature(member))
                lines += ["```python", _wrapped(f".{method}{signature}"), "```", ""]
            lines += [prose(_doc(member)), ""]
    return "\n".join(lines)


def _wrapped(text: str, width: int = 88) -> str:
    """A signature on several lines, if it is long."""
    if len(text) <= width or "(" not in text:
        return text
    head, _, rest = text.partition("(")
    arguments = re.split(r", (?![^\[(]*[\])])", rest.rpartition(")")[0])
    return f"{head}(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"


def _equations(model: type[Declared]) -> list[str]:
    try:
        text = snn.latex(model)
    except (TypeError, ValueError):
        return []  # a base class declares no equation
    text = text.strip().strip("$").strip()
    return ["$$", text, "$$", ""] if text else []


def _parameters(model: type[Declared]) -> list[str]:
    units, meanings, rows = getattr(model, "units", {}), meanings_of(model), []
    defaults = inspect.signature(model).parameters
    for name in model.parameters():
        value, unit = defaults[name].default, str(units.get(name, ""))
        shown = (
            f"{value:g}"
            if isinstance(value, int | float)
            else ""
            if value is inspect.Parameter.empty
            else str(value)
        )
        rows.append(
            f"| `{name}` | {shown} | {escaped('' if unit == '1' else unit)} | {escaped(meanings.get(name, ''))} |"
        )
    if not rows:
        return []
    return ["| parameter | default | unit | meaning |", "|---|---|---|---|", *rows, ""]


def _methods(cls: type) -> Iterator[tuple[str, Any]]:
    for name, member in vars(cls).items():
        if name.startswith("_"):
            continue
        member = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if (inspect.isfunction(member) or isinstance(member, property)) and _doc(member):
            yield name, member


# ---------------------------------------------------------------- docstrings


def prose(doc: str) -> str:
    """A docstring as Markdown: its paragraphs, sections, lists and examples."""
    parts: list[str] = []
    lines = doc.splitlines()
    sections = [n for n, line in enumerate(lines[1:]) if re.fullmatch(r"-{3,}\s*", line)]
    ends = [*sections, len(lines)]
    parts += _paragraphs(lines[: ends[0]])
    for start, end in zip(sections, ends[1:], strict=True):
        title, body = lines[start].strip(), lines[start + 2 : end]
        parts.append(f"**{title}**")
        parts += (
            _paragraphs(body) if title in ("Notes", "Examples", "References", "See Also") else _entries(body)
        )
    return "\n\n".join(parts)


def _paragraphs(lines: list[str]) -> Iterator[str]:
    for block in re.split(r"\n\s*\n", "\n".join(lines).strip("\n")):
        if not block.strip():
            continue
        if block.lstrip().startswith(">>>"):
            yield f"```python\n{inspect.cleandoc(block)}\n```"
        elif all(line.startswith("    ") for line in block.splitlines()):
            yield f"```text\n{inspect.cleandoc(block)}\n```"
        elif re.match(r"\s*[-*] ", block):
            items = re.split(r"\n\s*(?=[-*] )", block.strip())
            yield "\n".join(f"- {escaped(' '.join(item[2:].split()))}" for item in items)
        else:
            yield escaped(" ".join(block.split()))


def _entries(lines: list[str]) -> list[str]:
    """`name : type`, and what it means, indented; what follows at the margin is text again."""
    items: list[str] = []
    for at, (line, after) in enumerate(zip(lines, [*lines[1:], ""])):
        if line.strip() and not line.startswith(" "):
            name, colon, kind = line.partition(" : ")
            if not colon and not after.startswith(" "):
                return ["\n".join(items), *_paragraphs(lines[at:])]
            items.append(f"- `{name.strip()}`" + (f" ({escaped(kind.strip())})" if colon else ""))
        elif line.strip() and items:
            items[-1] += f" {escaped(line.strip())}"
    return ["\n".join(items)] if items else []


def escaped(text: str) -> str:
    """Plain text for Markdown: code between backquotes stays, a DOI becomes a link, nothing else has a meaning."""
    parts = re.split(r"(``?[^`]+``?|doi:10\.\S*[\w)])", text)
    made = []
    for part in parts:
        if part.startswith("`"):
            made.append(part)
        elif part.startswith("doi:10."):
            made.append(f"[{part}](https://doi.org/{part[4:]})")
        else:
            made.append(re.sub(r"([\\*_$<>\[\]{}~^#|`])", r"\\\1", part))
    text = "".join(made)
    return re.sub(r"^(\d+)([.)]) ", r"\1\\\2 ", re.sub(r"^([-+=]) ", r"\\\1 ", text))
