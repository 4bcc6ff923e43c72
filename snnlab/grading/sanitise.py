"""Text and outputs of students, made harmless before anybody's browser shows them.

nh3 (the Ammonia library) cleans HTML. What has an active and a passive form is kept in the passive one: SVG as a picture
in an `<img>`, where nothing in it runs; JavaScript and widgets not at all.
"""

import base64
import binascii
import copy
import html
import re
from typing import Any

import nh3
from nbconvert.filters import markdown2html
from nbformat import NotebookNode

PICTURES = ("image/png", "image/jpeg")
_EMBEDDED = re.compile(r"data:image/(png|jpeg|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
_TAGS = nh3.ALLOWED_TAGS | {"figure", "figcaption"} - {"map", "area"}
MOST_HTML = 2_000_000


def clean(text: str) -> str:
    """HTML without scripts, frames, forms, styles, event handlers, and without pictures from elsewhere.

    >>> clean('<b onclick="steal()">bold</b><script>steal()</script><a href="javascript:steal()">x</a>')
    '<b>bold</b><a rel="noopener noreferrer">x</a>'
    """
    return nh3.clean(
        text[:MOST_HTML],
        tags=_TAGS,
        url_schemes={"http", "https", "mailto", "data"},
        attribute_filter=_attribute,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Pictures are embedded ones only, and nothing else is: a far picture tells its server who is reading."""
    if name in ("src", "srcset", "poster", "background"):
        return value if tag == "img" and name == "src" and _EMBEDDED.fullmatch(value) else None
    return None if value.strip().lower().startswith("data:") else value


def markdown(source: str) -> str:
    """Markdown as clean HTML.

    >>> markdown("*so* [x](javascript:steal())")
    '<p><em>so</em> <a rel="noopener noreferrer">x</a></p>\\n'
    """
    return clean(markdown2html(source[:MOST_HTML]))


def harmless(notebook: NotebookNode, known: frozenset[str] = frozenset()) -> NotebookNode:
    """A copy of a notebook that can be shown by any program. Text cells whose source is in `known` stay as they are."""
    safe = copy.deepcopy(notebook)
    for cell in safe.cells:
        if cell.cell_type == "code":
            cell.outputs = [new for output in cell.outputs if (new := _output(output)) is not None]
        elif cell.source not in known or cell.cell_type == "raw":
            text = (
                f"<pre>{html.escape(cell.source)}</pre>" if cell.cell_type == "raw" else markdown(cell.source)
            )
            cell.cell_type = "markdown"
            # In one line, so that no part of it is read as Markdown once more.
            cell.source = f"<div>{text.strip()}</div>".replace("\r", "").replace("\n", "&#10;")
    return safe


def _output(output: NotebookNode) -> NotebookNode | None:
    output = NotebookNode(output)
    if "data" not in output:
        return output
    output.metadata = NotebookNode()
    output.data = NotebookNode(data(output.data))
    return output if output.data else None


def data(bundle: dict[str, Any]) -> dict[str, str]:
    """What is kept of an output: plain text, pictures, and HTML that was cleaned."""
    kept = {kind: value for kind, value in bundle.items() if kind == "text/plain" and isinstance(value, str)}
    for kind in PICTURES:
        if kind in bundle and (picture := _base64(bundle[kind])):
            kept[kind] = picture
    if isinstance(bundle.get("text/html"), str):
        kept["text/html"] = clean(bundle["text/html"])
    elif isinstance(bundle.get("text/markdown"), str):
        kept["text/html"] = markdown(bundle["text/markdown"])
    elif isinstance(bundle.get("image/svg+xml"), str):
        encoded = base64.b64encode(bundle["image/svg+xml"][:MOST_HTML].encode("utf-8", "replace")).decode()
        kept["text/html"] = f'<img alt="a drawing" src="data:image/svg+xml;base64,{encoded}">'
    return kept


def _base64(value: Any) -> str:
    """A picture's text if it is base64 and nothing else, since it stands in an attribute."""
    try:
        return base64.b64encode(base64.b64decode("".join(value.split()), validate=True)).decode()
    except (AttributeError, ValueError, binascii.Error):
        return ""
