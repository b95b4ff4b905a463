"""In a job: writing what was decided to files, and taking decisions in."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from trackside.data.formats.format import FORMATS
from trackside.data.queue import Queue, apply, export_tasks, import_tasks
from trackside.data.workbench import Workbench
from trackside.data.writing import write_dataset
from trackside.server.datasets.doing import Job

# What a corrected data set is written as, where its own format is only read.
_ELSE = "coco"


def export(job: Job, to: str, out: Path) -> str:
    """Write what somebody wants; gives the name under which they save it.

    Args:
        job: the data set.
        to: "label-studio", tasks and the labelling interface (zip); "data-set", its corrected files without pictures (zip).
        out: the file to write.

    Raises:
        TracksideError: it cannot be read, or the format cannot hold what was decided.
    """
    queue = Queue(Workbench(job.work).queue_path)
    with TemporaryDirectory(dir=out.parent) as folder:
        inside = Path(folder) / "files"
        inside.mkdir()
        if to == "label-studio":
            export_tasks(queue, job.read(), inside / "tasks.json", state="all")
        else:
            _write_corrected(job, queue, inside)
        shutil.move(shutil.make_archive(str(Path(folder) / "packed"), "zip", inside), out)
    return f"{to}.zip"


def take_in(job: Job, path: Path) -> dict[str, object]:
    """Take Label Studio's export in; gives how many decisions are new, and what could not be used.

    Raises:
        InputError: it is no such export.
    """
    taken = import_tasks(Queue(Workbench(job.work).queue_path), job.read(), path)
    return {"new": taken.new, "known": taken.known, "troubles": [str(one) for one in taken.troubles[:20]]}


def _write_corrected(job: Job, queue: Queue, folder: Path) -> None:
    corrected = apply(job.read(), queue)
    form = FORMATS.get(corrected.format)
    chosen = corrected.format if form is not None and form.write is not None else _ELSE
    losses = write_dataset(corrected, folder, chosen, images="none")
    if losses:
        (folder / "LOST.txt").write_text(f"{losses}\n", "utf-8")
