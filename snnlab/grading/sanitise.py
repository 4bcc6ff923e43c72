"""Text and outputs of students, made harmless before anybody's browser shows them.

nh3 (the Ammonia library) cleans HTML. What has an active and a passive form is kept in the passive one: SVG as a picture
in an `<img>`, where nothing in it runs; JavaScript and widgets not at all.
"""

import base64
import binascii
import copy
import html
import re
import time
from dataclasses import dataclass
from typing import Any

import nh3
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

PICTURES = ("image/png", "image/jpeg")
_EMBEDDED = re.compile(r"data:image/(png|jpeg|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
_TAGS = nh3.ALLOWED_TAGS | {"figure", "figcaption"} - {"map", "area"}
MOST_HTML, MOST_TEXT, MOST_PICTURES = 200_000, 2_000_000, 20_000_000
# Both libraries take a time that grows with the square of some texts, and nothing stops them: so many letters of
# Markdown in one text and in one notebook, and so many pairs of an open <b> and a tag, are read, and HTML for so many seconds. The rest is shown as it is.
MOST_MARKDOWN, MOST_MARKDOWN_IN_ALL, MOST_PAIRS = 20_000, 200_000, 5_000_000
MOST_SECONDS = 5.0
_FORMATTING = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/>]", re.IGNORECASE)


@dataclass
class _Room:
    """Letters of Markdown that are still rendered in a notebook, and seconds that its HTML may take."""

    left: int = MOST_MARKDOWN_IN_ALL
    seconds: float = MOST_SECONDS

    def clean(self, text: str) -> str:
        if self.seconds < 0:
            return _as_it_is(text)
        began = time.thread_time()
        found = clean(text)
        self.seconds -= time.thread_time() - began
        return found

    def take(self, source: str) -> bool:
        self.left -= len(source)
        return self.left >= 0 and len(source) <= MOST_MARKDOWN


def clean(text: str, most: int = MOST_HTML) -> str:
    """HTML without scripts, frames, forms, styles, event handlers, and without pictures from elsewhere.

    >>> clean('<b onclick="steal()">bold</b><script>steal()</script><a href="javascript:steal()">x</a>')
    '<b>bold</b><a rel="noopener noreferrer">x</a>'
    """
    if len(_FORMATTING.findall(text)) * text.count("<") > MOST_PAIRS:
        return _as_it_is(text)
    return nh3.clean(
        text[:most],
        tags=_TAGS,
        url_schemes={"http", "https", "mailto", "data"},
        attribute_filter=_attribute,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Pictures are embedded ones only, and nothing else is: a far picture tells its server who is reading."""
    if name in ("src", "srcset", "poster", "background"):
        return value if tag == "img" and name == "src" and _EMBEDDED.fullmatch(value) else None
    return None if value.strip().lower().startswith("data:") else value


def _as_it_is(text: str) -> str:
    return f"<pre>{html.escape(text[:MOST_TEXT])}</pre>"


def markdown(source: str, attached: Any = None, room: _Room | None = None) -> str:
    """Markdown as clean HTML; source that would take too long, or names a picture that is not there, as it is.

    attached : a cell's attachments, {name: {kind: base64}}; pictures among them are put where the text names them.

    >>> markdown("*so* [x](javascript:steal())")
    '<p><em>so</em> <a rel="noopener noreferrer">x</a></p>\\n'
    """
    if not (room or _Room()).take(source):
        return _as_it_is(source)
    pictures = _pictures(attached) if "attachment:" in source else {}
    largest = max((len(text) for kinds in pictures.values() for text in kinds.values()), default=0)
    if source.count("attachment:") * largest > MOST_PICTURES:
        pictures = {}
    try:
        found = MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=pictures)).render(source)
    except Exception:  # of any kind: a picture that is missing, or what the library does not read
        return _as_it_is(source)
    return clean(found, MOST_HTML + MOST_PICTURES * bool(pictures))


def _pictures(attached: Any) -> dict[str, dict[str, str]]:
    """The pictures among a cell's attachments."""
    found = {}
    for name, kinds in attached.items() if isinstance(attached, dict) else ():
        named = {kind: _base64(kinds[kind]) for kind in PICTURES if isinstance(kinds, dict) and kind in kinds}
        if kept := {kind: text for kind, text in named.items() if text}:
            found[name] = kept
    return found


def harmless(notebook: NotebookNode, known: frozenset[str] = frozenset()) -> NotebookNode:
    """A copy of a notebook that can be shown by any program. Text cells whose source is in `known` stay as they are."""
    safe, room = copy.deepcopy(notebook), _Room()
    for cell in safe.cells:
        attached = cell.pop("attachments", None)
        if cell.cell_type == "code":
            cell.outputs = [new for output in cell.outputs if (new := _output(output, room)) is not None]
        elif cell.source not in known or cell.cell_type == "raw":
            text = (
                _as_it_is(cell.source) if cell.cell_type == "raw" else markdown(cell.source, attached, room)
            )
            cell.cell_type = "markdown"
            # In one line, so that no part of it is read as Markdown once more.
            cell.source = f"<div>{text.strip()}</div>".replace("\r", "").replace("\n", "&#10;")
    return safe


def _output(output: NotebookNode, room: _Room) -> NotebookNode | None:
    output = NotebookNode(output)
    if "data" not in output:
        return output
    output.metadata = NotebookNode()
    output.data = NotebookNode(data(output.data, room))
    return output if output.data else None


def data(bundle: dict[str, Any], room: _Room | None = None) -> dict[str, str]:
    """What is kept of an output: plain text, pictures, and HTML that was cleaned."""
    kept = {kind: value for kind, value in bundle.items() if kind == "text/plain" and isinstance(value, str)}
    for kind in PICTURES:
        if kind in bundle and (picture := _base64(bundle[kind])):
            kept[kind] = picture
    if isinstance(bundle.get("text/html"), str):
        kept["text/html"] = (room or _Room()).clean(bundle["text/html"])
    elif isinstance(bundle.get("text/markdown"), str):
        kept["text/html"] = markdown(bundle["text/markdown"], room=room)
    elif isinstance(bundle.get("image/svg+xml"), str):
        encoded = base64.b64encode(bundle["image/svg+xml"][:MOST_TEXT].encode("utf-8", "replace")).decode()
        kept["text/html"] = f'<img alt="a drawing" src="data:image/svg+xml;base64,{encoded}">'
    return kept


def _base64(value: Any) -> str:
    """A picture's text if it is base64 and nothing else, since it stands in an attribute."""
    try:
        return base64.b64encode(base64.b64decode("".join(value.split()), validate=True)).decode()
    except (AttributeError, ValueError, binascii.Error):
        return ""
