"""Make the outputs of a job from its parts, in order, as soon as they are done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from model.files import write_bytes_whole, write_whole
from model.formats import format_of
from model.labels import LABELS
from model.parts import Plan
from model.prediction import FIELDS
from model.records import BadRecord
from model.report_page import page_end, page_start
from model.summary import ARTICLE_FIELDS, NearCopies

__all__ = ["Done", "Joiner", "joining"]


@dataclass
class Done:
    """What a job came to."""

    rows: int = 0
    sentences: int = 0
    articles: int = 0
    bad: int = 0
    first_bad: str = ""
    copies: int = 0


class Joiner:
    """Adds parts to the outputs; made by `joining`.

    Parameters
    ----------
    plan
        What is made of every part.
    errors
        File of bad records.
    add_rows, add_articles
        Functions that add a part's file to an output.

    Attributes
    ----------
    done
        What the job has come to so far.
    ready
        Number of the first part that may not be added yet: what is there may be left over from an earlier run.
    next
        Number of the part to be added next.
    """

    def __init__(
        self, plan: Plan, errors: IO[str], add_rows: Callable[[Path], None], add_articles: Callable[[Path], None]
    ) -> None:
        self.done = Done()
        self.labels = Counter[str]()
        self.undecided = 0
        self.ready = 0
        self.next = 0
        self._plan = plan
        self._errors = errors
        self._add_rows = add_rows
        self._add_articles = add_articles
        self._copies = NearCopies()

    def take(self) -> None:
        """Add every part before `ready` that is done and has none before it that isn't."""
        while self.next < self.ready and (notes := self._plan.file(self.next, "json")).exists():
            self._take(json.loads(notes.read_bytes()))
            self.next += 1

    def _take(self, notes: dict[str, Any]) -> None:
        done = self.done
        for row, sketch in zip(notes["article_rows"], notes["sketches"], strict=True):
            row["copy_of"] = self._copies.first_of(row["article"], sketch)
            done.copies += row["copy_of"] is not None
        if self._plan.articles:
            file = self._plan.file(self.next, "articles")
            file.write_bytes(format_of(self._plan.articles).encode(ARTICLE_FIELDS, notes["article_rows"]))
            self._add_articles(file)
        if self._plan.rows:
            self._add_rows(self._plan.file(self.next, "rows"))
        self._errors.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in notes["errors"])
        done.articles += notes["articles"]
        done.rows += notes["rows"]
        done.sentences += notes["sentences"]
        done.bad += len(notes["errors"])
        if notes["errors"] and not done.first_bad:
            done.first_bad = str(BadRecord(**notes["errors"][0]))
        self.undecided += notes["undecided"]
        self.labels.update(notes["labels"])

    def write_report(self, path: Path) -> None:
        """Write the report of all parts, whose summary stands on top."""
        with _open(path, self._plan.folder) as out:
            counts = {label: self.labels[label] for label in LABELS}
            out.write(page_start(counts, self.done.articles, self.done.sentences, self.undecided).encode())
            for number in range(self.next):
                out.write(self._plan.file(number, "html").read_bytes())
            out.write(page_end().encode())


@contextmanager
def joining(plan: Plan, bad_records: Path) -> Iterator[Joiner]:
    """Open the outputs; they appear under their names, rows last, when the block ends without an error.

    `bad_records` is where the bad records go, if there are any.
    """
    errors = plan.folder / "errors"
    with ExitStack() as stack:
        add_rows, add_articles = (
            stack.enter_context(format_of(path).joining(fields, stack.enter_context(_open(path, plan.folder))))
            if path
            else _nowhere
            for path, fields in ((plan.rows, FIELDS), (plan.articles, ARTICLE_FIELDS))
        )
        with write_whole(errors) as file:
            joiner = Joiner(plan, file, add_rows, add_articles)
            yield joiner
        if plan.html:
            joiner.write_report(plan.html)
    if joiner.done.bad:
        errors.replace(bad_records)
    else:
        bad_records.unlink(missing_ok=True)


def _open(path: Path, folder: Path) -> AbstractContextManager[BinaryIO]:
    """Open an output in the folder of parts, where a killed run leaves nothing that stays, if that can be."""
    return write_bytes_whole(path, folder if path.parent.stat().st_dev == folder.stat().st_dev else None)


def _nowhere(_: Path) -> None:
    """Add a part to no output."""
