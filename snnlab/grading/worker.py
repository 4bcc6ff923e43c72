"""One submission in, one result out. A worker keeps nothing, so that it can be killed at any time.

Everything happens in a temporary folder: no gradebook, no results, no other submission is near while a student's code
runs. What happens to the kernel decides on the exercises that are still to come, never on those already answered.
"""

import dataclasses
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from snnlab.checks.compare import NOT_DONE, PASSED, Report, compare
from snnlab.grading import ask, kernel, lesson, restore
from snnlab.grading.feedback import page
from snnlab.grading.sanitise import harmless

NOT_REACHED = "not reached"
ENDINGS = {
    "time": "it took too much time", "memory": "it took too much memory", "output": "it wrote too much output, or closed its connections",
    "disk": "it wrote too many files", "dead": "the kernel ended (killed, or left by exit())",
}  # fmt: skip
SERVANT = "import snnlab.grading.servant as _; del _"


@dataclass(frozen=True)
class Sent:
    """A submission on its way to a worker. hash : of its bytes."""

    student: str
    hash: str
    data: bytes = dataclasses.field(repr=False)


@dataclass
class Result:
    """record : plain values, one line of the results.   executed, feedback : files, as text ("" for an unreadable one)."""

    record: dict[str, Any]
    executed: str = ""
    feedback: str = ""


class WrongVersion(RuntimeError):
    """This worker has another snnlab than the grader that sent the submission."""


def grade(bundle: lesson.Bundle, sent: Sent, version: str) -> Result:
    """Grade one submission. version : of the grader that asks. Raises WrongVersion, KernelNotStarted."""
    if version != lesson.grader_version():
        raise WrongVersion(f"grade.workers: must run snnlab {version}, got {lesson.grader_version()}")
    began = time.monotonic()
    opened = lesson.opened(bundle)
    record: dict[str, Any] = {
        "lesson": bundle.name, "student": sent.student, "hash": sent.hash, "lesson_version": bundle.version,
        "grader_version": version, "seed": bundle.seed, "status": "graded", "reason": "",
    }  # fmt: skip
    try:
        plan = restore.restore(restore.read(sent.data), opened.questions, opened.others)
    except restore.Unreadable as error:
        record |= {**unread(opened, f"the file {error}"), "status": "unreadable"}
        return _result(record, "", page(record, None))
    submitted = {cell.id: list(cell.get("outputs", [])) for cell in plan.notebook.cells}
    reports, failed, ended, cpu = _run(opened, plan, sent.student)
    if ended:
        record |= {"status": "stopped", "reason": f"{ended[0]}: {ENDINGS[ended[0]]}, in {ended[1]}"}
    record |= {**_marks(reports), "notes": plan.notes, "errors": failed, "cpu": round(cpu, 2)}
    executed = nbformat.writes(harmless(plan.notebook, opened.known))
    for cell in plan.notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = submitted[cell.id]
    record["wall"] = round(time.monotonic() - began, 2)
    return _result(record, executed, page(record, harmless(plan.notebook), opened.known))


def _result(record: dict[str, Any], executed: str, feedback: str) -> Result:
    """A result that can be written, whatever text a kernel sent: else it would stop the class's run, not its own."""
    return Result(restore.whole_value(record), restore.whole(executed), restore.whole(feedback))


def unread(opened: lesson.Opened, reason: str) -> dict[str, Any]:
    """The rest of a record whose submission was not run, and why not."""
    reports = {id: _unasked(question, "it was not run") for id, question in opened.questions.items()}
    return {"reason": reason, **_marks(reports), "notes": [], "errors": [], "cpu": 0.0, "wall": 0.0}


def _run(
    opened: lesson.Opened, plan: restore.Plan, student: str
) -> tuple[dict[str, dict[str, Any]], list[str], tuple[str, str] | None, float]:
    """Run the cells and ask the exercises; outputs are written into the notebook.

    Returns the report of each exercise, the cells that raised, (how the kernel ended, where) if it did, and s of CPU.
    """
    bundle, asked = opened.bundle, opened.questions
    budget = kernel.Budget(cell=bundle.cell_seconds(), total=bundle.total_seconds())
    reports = {id: _unasked(question, NOT_REACHED) for id, question in asked.items()}
    failed: list[str] = []
    own = _hand_out(opened, student)
    try:
        with kernel.started(opened.warm, bundle.limits, budget, own=own, trusted=bundle.trusted) as running:
            running.run(SERVANT, cpu=60.0)
            for place, id in plan.steps:
                cell = plan.notebook.cells[place]
                where = f"the cell {cell.id}"
                if id:
                    reports[id] = _ask(opened, running, id, student, cell)
                else:
                    ran = running.run(cell.source)
                    cell.outputs = ran.outputs
                    failed += [f"{cell.id}: {_why(ran)}"] * (ran.status in ("error", "time"))
                if running.dead:
                    return reports, failed, (running.dead, where), running.cpu_seen
            return reports, failed, None, running.cpu_seen
    finally:
        if own is not None:
            shutil.rmtree(own, ignore_errors=True)


def _why(ran: kernel.Ran) -> str:
    return "stopped after too much time" if ran.status == "time" else str(ran.reply.get("ename"))[:60]


def _hand_out(opened: lesson.Opened, student: str) -> Path | None:
    """A folder with the files that belong to this student alone, if the lesson hands out any."""
    if opened.hand_out is None:
        return None
    folder = lesson.temporary("own")
    folder.chmod(0o755)
    for name, text in opened.hand_out(student).items():
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    return folder


def _ask(
    opened: lesson.Opened, running: kernel.Kernel, id: str, student: str, cell: NotebookNode
) -> dict[str, Any]:
    """Ask one exercise, compare here, and write the report under its check."""
    question = opened.questions[id]
    exercise = question.exercise
    cases = opened.cases_of(exercise, student)
    cpu = opened.bundle.exercise_seconds(exercise)
    ran = running.ask(ask.expression(question.argument, exercise, cases, cpu), 2.0 * cpu + 5.0)
    if running.dead:
        return _unasked(question, "the kernel was stopped here")
    try:
        if ran.status == "time":
            raise ask.NoAnswer("it was stopped: it takes too long")
        outcomes = ask.outcomes(ran.reply, len(cases))
    except ask.NoAnswer as error:
        return _unasked(question, str(error))
    report = compare(exercise, cases, outcomes)
    cell.outputs = [nbformat.v4.new_output("display_data", data={"text/plain": repr(report)})]
    return _reported(report, outcomes, ran.cpu)


def _reported(report: Report, outcomes: Sequence[Mapping[str, Any]], cpu: float) -> dict[str, Any]:
    """A report in plain values. `public` is what a student reads of each case, `text` what the instructor does."""
    lines = [{"name": line.name, "ok": line.ok, "text": line.text, "public": "" if line.ok else ask.public(line, dict(outcome))}
             for line, outcome in zip(report.lines, outcomes)]  # fmt: skip
    return {
        "title": report.title, "points": report.points, "state": report.state, "score": round(report.credit * report.points, 2),
        "wrong": report.wrong, "hint": report.hint, "lines": lines, "notes": list(report.notes),
        "reason": report.message, "cpu": round(cpu, 3),
    }  # fmt: skip


def _unasked(question: restore.Question, reason: str) -> dict[str, Any]:
    exercise = question.exercise
    report = Report(exercise.id, exercise.title, exercise.points, NOT_REACHED, message=reason)
    return _reported(report, [], 0.0)


def _marks(reports: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "score": round(sum(report["score"] for report in reports.values()), 2),
        "points": sum(report["points"] for report in reports.values()),
        "exercises": dict(reports),
    }


def reference(bundle: lesson.Bundle, solution: bytes) -> lesson.Bundle:
    """The bundle with its reference: the solution is run twice, once for the caches and once for the time.

    Raises ValueError if the lesson's own solution does not get full marks.
    """
    home = lesson.temporary("reference")
    try:
        (home / "work").mkdir()
        for name, content in bundle.data.items():
            (home / "work" / name).parent.mkdir(parents=True, exist_ok=True)
            (home / "work" / name).write_bytes(content)
        first = lesson.opened(bundle)
        _reference_run(first, home, solution, keep=True)
        bundle = dataclasses.replace(bundle, warm=_packed(home))
        return dataclasses.replace(
            bundle, cpu=_reference_run(lesson.opened(bundle), None, solution, keep=False)
        )
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _reference_run(opened: lesson.Opened, home: Path | None, solution: bytes, keep: bool) -> dict[str, float]:
    plan = restore.restore(restore.read(solution), opened.questions)
    budget = kernel.Budget(cell=1200.0, total=3600.0)
    used: dict[str, float] = {"cell": 0.0}
    own = _hand_out(opened, "reference")
    bundle = dataclasses.replace(opened.bundle, cpu=dict.fromkeys(opened.questions, 60.0))
    calm = dataclasses.replace(opened, bundle=bundle)
    with kernel.started(
        home or opened.warm, bundle.limits, budget, own=own, keep=keep, trusted=bundle.trusted
    ) as running:
        running.run(SERVANT, cpu=600.0)
        for place, id in plan.steps:
            cell = plan.notebook.cells[place]
            if not id:
                ran = running.run(cell.source)
                used["cell"] = max(used["cell"], ran.cpu)
            else:
                report = _ask(calm, running, id, "reference", cell)
                used[id] = report["cpu"]
                if report["state"] != PASSED:
                    said = (
                        "; ".join(line["text"] for line in report["lines"] if not line["ok"])
                        or report["reason"]
                    )
                    raise ValueError(
                        f"grade.lesson: its own solution must pass exercise {id}, got {report['state']!r} ({said})"
                    )
            if running.dead:
                raise ValueError(
                    f"grade.lesson: its own solution must run in the sandbox, and {ENDINGS[running.dead]} ({cell.id})"
                )
        used["total"] = running.cpu_seen
    if own is not None:
        shutil.rmtree(own, ignore_errors=True)
    return used


def _packed(home: Path) -> bytes:
    """The caches that a run left behind, as a tar."""
    import io
    import tarfile

    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in (".cache", ".config", ".brian"):
            if (home / name).is_dir():
                tar.add(home / name, arcname=name, filter=_nobodys)
    return packed.getvalue()


def _nobodys(entry: Any) -> Any:
    """Belongs to nobody, is readable by all, and is no link."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode |= 0o555 if entry.isdir() else 0o444
    return entry if entry.isdir() or entry.isreg() else None


__all__ = ["NOT_DONE", "Result", "Sent", "grade", "reference"]
