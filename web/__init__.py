"""The web edition: the lessons as a book, a glossary, and a reference, as static pages that need no server.

    npm ci --prefix web --ignore-scripts      # MathJax, once
    python -m web artifacts/web               # build it, check every link inside it

Nothing is executed: the outputs are those stored in the notebooks. `assemble` writes a tree of sources for Sphinx, and
names no lesson, model or function: it finds them.
"""
