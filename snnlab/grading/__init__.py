"""Grading: a folder of submissions in; marks, feedback and a gradebook out. `snnlab grade` is the command.

| module | what it does |
|---|---|
| `sandbox`, `inside` | the bubblewrap command; what runs first in the sandbox: limits, caches, the kernel |
| `kernel`, `usage` | talk to a kernel that is not trusted; what its processes use |
| `servant`, `ask` | hidden inputs go in, plain numbers come out: the half in the kernel, and the grader's |
| `intake`, `restore` | submissions as an LMS exports them; a notebook as it should be before it runs |
| `lesson`, `worker` | what a worker must know of a lesson; one submission in, one result out |
| `results`, `run` | results that survive a crash, as JSON lines; the run over a class, on any executor |
| `sanitise`, `feedback`, `report` | text of students made harmless; a page for each student; the class |
| `gradebook`, `marks` | nbgrader's gradebook for manual marks; CSV files, also for Canvas and Moodle |
| `similarity`, `key` | submissions that are too alike; the parameters that belong to each student |
| `command` | `snnlab grade` |

It needs packages that students don't install: `pip install -e ".[grading]"`. `import snnlab` imports none of this.
docs/grading.md is the instructor's guide, and says what the sandbox does not protect from.
"""
