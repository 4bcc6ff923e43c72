"""How a course is built: one source per lesson, two notebooks.

| module | what it does |
|---|---|
| `lessons` | where the files of a lesson stand in a course tree |
| `notebooks` | source to notebook; what is stored of a notebook, and what is not |
| `execute` | run a notebook; which outputs are errors |
| `release` | the student's notebook, by nbgrader's own generator |
| `badge` | the row of the title card that leads to mybinder.org |
| `guards` | rules for one notebook (headings, alternative text, length of cells...) |
| `exercises` | rules for the exercises of a lesson: holes, points, checks, no leak |
| `standard` | the parts that every lesson has, from title card to teaching note |
| `build` | `build` and `check`, the two commands |

`release` needs nbgrader, which is not among a student's packages: `pip install -e ".[course]"`.
"""
