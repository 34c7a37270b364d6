"""Read labelled sentences as they come back from people, whichever tool they used.

Read are corrections (`model.corrections`); what Label Studio exports (JSON, JSON_MIN, CSV; see
https://labelstud.io/guide/export) from a project set up with ``docs/labelstudio.xml``; the JSON Lines of doccano; and
CSV with the columns ``text,label`` or ``story,sentence,labels``. Which it is, is told by the content.

doccano exports sentences that nobody has looked at with the labels they came with: export only the approved ones.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.corrections import latest, read_corrections
from model.errors import InputError
from model.files import read_text
from model.labels import split_labels

__all__ = ["CONTROL", "OBJECT", "Annotation", "read_annotations"]

CONTROL = "labels"
"""Name of the choices in ``docs/labelstudio.xml``."""
OBJECT = "text"
"""Name of the sentence in ``docs/labelstudio.xml``."""

_DEFUSED = re.compile(r"\A'(?=[=+\-@\t\r])")

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Annotation:
    """What a person said of one sentence.

    Attributes
    ----------
    article
        The article or story it stands in; empty if that isn't known.
    sentence
        The text.
    labels
        Those that hold, in the order of `LABELS`.
    file, number
        Where it stands: the line, or which task or correction of the file, counted from 1.
    """

    article: str
    sentence: str
    labels: tuple[str, ...]
    file: str
    number: int


def read_annotations(path: Path) -> list[Annotation]:
    """Return the last word on each sentence of each article, in the order of its first mention.

    Left out are Label Studio's tasks without an annotation, and annotations that were cancelled. No choice at all, or
    the choice `none`, means no label.

    Raises
    ------
    InputError
        If the file can't be read, holds no annotation, or a record isn't as it should be; the message names file and
        line, or task.
    """
    text = read_text(path)
    start = text.lstrip()[:1]
    if start == "[":
        found = _from_array(path, text)
    elif start == "{":
        found = _from_lines(path, text)
    else:
        found = _from_csv(path, text)
    answer = list({(each.article, each.sentence): each for each in found}.values())
    if not answer:
        raise InputError(f"{path}: holds no annotated sentence")
    return answer


def _from_array(path: Path, text: str) -> Iterator[Annotation]:
    """Read one JSON array: Label Studio's JSON and JSON_MIN."""
    records = enumerate(_json(text, str(path)), 1)
    return _from_records(path, ((f"{path}: task {number}", number, each) for number, each in records))


def _from_lines(path: Path, text: str) -> Iterator[Annotation]:
    """Read JSON Lines: corrections, or doccano's."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if _are_corrections(lines[0][1]):
        return (
            Annotation(each.article, each.sentence, each.labels, str(path), number)
            for number, each in enumerate(latest(read_corrections(path)), 1)
        )
    return _from_records(
        path, ((f"{path}:{number}", number, _json(line, f"{path}:{number}")) for number, line in lines)
    )


def _are_corrections(line: str) -> bool:
    try:
        first = json.loads(line)
    except (ValueError, RecursionError):
        return line.startswith('{"time": ')
    return isinstance(first, dict) and {"sentence", "given", "labels"} <= first.keys()


def _json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: not valid JSON ({error})") from None


def _from_csv(path: Path, text: str) -> Iterator[Annotation]:
    """Read CSV: Label Studio's, or with the columns ``text,label`` or ``story,sentence,labels``."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    return _from_records(path, _rows(path, reader))


def _rows(path: Path, reader: Any) -> Iterator[tuple[str, int, Record]]:
    header: list[str] = []
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InputError(f"{path}:{number}: not valid CSV ({error})") from None
        if cells is None:
            return
        if not header:
            header = [name.strip() for name in cells]
        elif any(cells):
            if len(cells) != len(header):
                raise InputError(f"{path}:{number}: has {len(cells)} columns, the header has {len(header)}")
            row = dict(zip(header, (_DEFUSED.sub("", cell) for cell in cells), strict=True))
            yield f"{path}:{number}", number, row


def _from_records(path: Path, records: Iterable[tuple[str, int, Any]]) -> Iterator[Annotation]:
    """Read records, each with its place for messages and its number; the oldest of one tool's annotations first."""
    minimal: list[tuple[str, Annotation]] = []
    chosen = False
    for place, number, record in records:
        if not isinstance(record, Mapping):
            raise InputError(f"{place}: must be a JSON object")
        if isinstance(record.get("data"), Mapping):
            names = _of_task(record, place)
            if names is not None:
                yield _annotation(record["data"], names, place, (path, number))
        elif "annotation_id" in record:
            chosen = chosen or CONTROL in record
            names = _names(record.get(CONTROL), place)
            minimal.append((_time(record), _annotation(record, names, place, (path, number))))
        else:
            field = CONTROL if CONTROL in record else "label"
            if field not in record:
                raise InputError(f"{place}: field 'label' is missing")
            if record[field] == "":
                raise InputError(f"{place}: field {field!r} is empty; write none where no label holds")
            yield _annotation(record, _names(record[field], place), place, (path, number))
    if minimal and not chosen:
        raise InputError(f"{path}: no task has choices named {CONTROL!r}; set the project up by docs/labelstudio.xml")
    yield from (annotation for _, annotation in sorted(minimal, key=lambda pair: pair[0]))


def _of_task(task: Record, place: str) -> list[str] | None:
    """Return the choices of the newest annotation of a task of Label Studio, None if it has none."""
    annotations = task.get("annotations", [])
    if not isinstance(annotations, list) or not all(isinstance(each, Mapping) for each in annotations):
        raise InputError(f"{place}: field 'annotations' must be a list of objects; export it as JSON")
    valid = [each for each in annotations if not each.get("was_cancelled")]
    if not valid:
        return None
    try:
        results = [each for each in max(valid, key=_time)["result"] if each["type"] == "choices"]
        return [name for each in results for name in _names(each["value"], place)]
    except (KeyError, TypeError):
        raise InputError(f"{place}: an annotation's 'result' isn't as Label Studio writes it") from None


def _time(record: Record) -> str:
    return str(record.get("updated_at") or record.get("created_at") or "")


def _names(value: Any, place: str) -> list[str]:
    """Return the names of choices, however a tool wrote them down.

    Known are a name, several in a list or joined by ``;``, ``{"choices": [...]}``, a list of these, and JSON of these.
    """
    if value is None or value == "":
        return []
    if isinstance(value, str):
        if value.startswith(("{", "[")):
            return _names(_json(value, place), place)
        return [name.strip() for name in value.split(";")]
    if isinstance(value, Mapping) and "choices" in value:
        return _names(value["choices"], place)
    if isinstance(value, list):
        return [name for each in value for name in _names(each, place)]
    raise InputError(f"{place}: {str(value)[:40]!r} isn't a list of labels")


def _annotation(record: Record, names: list[str], place: str, where: tuple[Path, int]) -> Annotation:
    sentence, article = (_text(record, fields, place) for fields in (("text", "sentence"), ("article", "story")))
    if not sentence.strip():
        raise InputError(f"{place}: field 'text' is missing or empty")
    try:
        labels = split_labels(";".join(names)) if names else ()
    except ValueError as error:
        raise InputError(f"{place}: {error}") from None
    return Annotation(article, sentence, labels, str(where[0]), where[1])


def _text(record: Record, fields: tuple[str, ...], place: str) -> str:
    """Return the first of the fields that is there, or nothing."""
    name = next((field for field in fields if record.get(field) is not None), None)
    if name is None:
        return ""
    if not isinstance(record[name], str | int):
        raise InputError(f"{place}: field {name!r} must be a string")
    return str(record[name])
