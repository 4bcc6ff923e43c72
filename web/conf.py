"""Sphinx's settings for the tree that web/assemble.py writes."""

import tomllib
from pathlib import Path

about = tomllib.loads(Path(__file__).with_name("about.toml").read_text(encoding="utf-8"))

project = "snnlab"
author = "The snnlab maintainers"
version = release = about["version"]
copyright = "The snnlab maintainers. Text and figures: CC BY 4.0. Code: MIT"
language = "en"
extensions = ["myst_nb", "sphinx.ext.mathjax"]
nb_execution_mode = "off"  # the outputs are the stored ones
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "deflist", "attrs_inline"]
myst_heading_anchors = 4
suppress_warnings = ["mystnb.unknown_mime_type"]  # a stored sound is HTML too
exclude_patterns = [".doctrees"]
mathjax_path = "tex-svg.js"  # a copy: the pages need no other site
mathjax3_config = {"options": {"enableMenu": False}}
html_theme = "sphinx_book_theme"
html_title = "snnlab"
html_static_path = ["_static"]
html_css_files = ["snnlab.css"]
html_js_files = ["snnlab.js"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "repository_url": about["repository"],
    "use_repository_button": True,
    "use_download_button": False,
    "show_toc_level": 2,
    "navbar_persistent": [],  # the search stands in the side bar
    "navigation_with_keys": False,  # the arrow keys belong to the reader's own tools
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
