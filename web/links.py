"""Every link inside the built pages leads to a file that is there, and to a place in it."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """The ids of a page, and what it points to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id" or (name == "name" and tag == "a"):
                self.ids.add(value or "")
            elif name in ("href", "src") and value:
                self.targets.add(value)


def broken(site: Path) -> list[str]:
    """The links of all pages of a site that lead nowhere, in words; links to other sites are not followed."""
    found = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]  # there: templates
    pages = {path.resolve(): _Page(path.read_text(encoding="utf-8")) for path in found}
    if not pages:
        return [f"{site}: has no page"]
    return [
        f"{path.relative_to(site.resolve())}: {target} leads nowhere"
        for path, page in pages.items()
        for target in sorted(page.targets)
        if not _leads(path, target, pages)
    ]


def _leads(path: Path, target: str, pages: dict[Path, _Page]) -> bool:
    address = urlsplit(target)
    if address.scheme or address.netloc:
        return True
    to = (path.parent / unquote(address.path)).resolve() if address.path else path
    if to.is_dir():
        to /= "index.html"
    if not to.is_file():
        return False
    return not address.fragment or to not in pages or unquote(address.fragment) in pages[to].ids
