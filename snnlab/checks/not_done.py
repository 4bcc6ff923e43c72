"""The hole of an exercise: one call, `todo("01.2")`, which says in one line that there is something to do."""


class ExerciseNotDone(Exception):
    """A hole was called. A notebook shows it as one line instead of a traceback.

    >>> ExerciseNotDone("01.2")._render_traceback_()
    ['exercise 01.2 is not done yet']
    """

    def __init__(self, id: str) -> None:
        super().__init__(f"exercise {id} is not done yet")
        self.id = id

    def _render_traceback_(self) -> list[str]:
        # IPython asks the exception for its own lines before it draws a traceback.
        return [str(self)]


def todo(id: str) -> None:
    """Stand for what the student still has to write; always raises `ExerciseNotDone`.

    >>> todo("01.2")
    Traceback (most recent call last):
        ...
    snnlab.checks.not_done.ExerciseNotDone: exercise 01.2 is not done yet
    """
    raise ExerciseNotDone(id)
