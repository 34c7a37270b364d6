"""Reading what people labelled, in each tool's own shape."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from model.corrections import Correction, append_correction
from model.errors import InputError
from model.labels import LABELS, NONE, join_labels
from training.annotations import CONTROL, OBJECT, read_annotations

CLOSE = "The mill will close, with the loss of 90 jobs."
BLOW = "The minister said it was a blow."
RAIN = "It rained."


def annotation(choices: list[str] | None, **fields: Any) -> dict[str, Any]:
    """One annotation as Label Studio's JSON export has it; None: submitted without a choice."""
    result = {
        "value": {"choices": choices},
        "id": "Dx_aB91ISN",
        "from_name": CONTROL,
        "to_name": OBJECT,
        "type": "choices",
        "origin": "manual",
    }
    return {
        "id": 7,
        "completed_by": 1,
        "result": [] if choices is None else [result],
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2026-03-09T22:16:08.728353Z",
        "updated_at": "2026-03-09T22:16:08.728378Z",
        "lead_time": 4.288,
        "prediction": {},
        "result_count": 0,
        "task": 1,
    } | fields


def task(text: str, *annotations: dict[str, Any], **data: Any) -> dict[str, Any]:
    """One task of that export; its data hold the labels that the model gave, too."""
    return {
        "id": 1,
        "annotations": list(annotations),
        "file_upload": "a1b2c3d4-x.json",
        "drafts": [],
        "predictions": [9],
        "data": {"article": "a1", "text": text, "label": ["investment"], **data},
        "meta": {},
        "created_at": "2026-03-09T21:52:49.513742Z",
        "updated_at": "2026-03-09T22:16:08.746926Z",
        "project": 83,
    }


def write(folder: Path, content: Any, name: str = "x.json") -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content, indent=2), encoding="utf-8")
    return file


def read(file: Path) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.article, each.sentence, each.labels) for each in read_annotations(file)]


def minimal(text: str, **fields: Any) -> dict[str, Any]:
    """One record of Label Studio's JSON_MIN export."""
    return {
        "article": "a1",
        "text": text,
        "label": ["investment"],
        "id": 1,
        "annotator": 1,
        "annotation_id": 7,
        "created_at": "2026-03-09T22:16:08.728353Z",
        "updated_at": "2026-03-09T22:16:08.728378Z",
        "lead_time": 4.288,
    } | fields


def test_label_studios_json_is_read_without_cancelled_annotations_and_unannotated_tasks(tmp_path: Path) -> None:
    tasks = [
        task(CLOSE, annotation(["cause", "layoff"])),
        task(BLOW, annotation(["layoff"], was_cancelled=True)),
        task("Sales fell."),
        task(RAIN, annotation([NONE])),
        task("Hm.", annotation(None)),
    ]
    assert read(write(tmp_path, tasks)) == [("a1", CLOSE, ("layoff", "cause")), ("a1", RAIN, ()), ("a1", "Hm.", ())]


def test_of_several_annotations_of_a_task_the_newest_counts(tmp_path: Path) -> None:
    newest = annotation(["cause"], updated_at="2026-05-01T00:00:00.000000Z")
    cancelled = annotation(["layoff"], updated_at="2026-06-01T00:00:00.000000Z", was_cancelled=True)
    assert read(write(tmp_path, [task(CLOSE, newest, annotation(["layoff"]), cancelled)])) == [
        ("a1", CLOSE, ("cause",))
    ]


def test_label_studios_json_min_is_read_by_the_name_of_its_choices(tmp_path: Path) -> None:
    records = [
        minimal(CLOSE, labels={"choices": ["layoff", "cause"]}),
        minimal(BLOW, labels="political_response"),
        minimal(RAIN, labels=NONE),
        minimal("Hm."),
    ]
    assert read(write(tmp_path, records)) == [
        ("a1", CLOSE, ("layoff", "cause")),
        ("a1", BLOW, ("political_response",)),
        ("a1", RAIN, ()),
        ("a1", "Hm.", ()),
    ]


def test_json_min_lists_the_newest_annotation_first_and_it_counts(tmp_path: Path) -> None:
    newest = minimal(CLOSE, labels="layoff", updated_at="2026-05-01T00:00:00.000000Z")
    assert read(write(tmp_path, [newest, minimal(CLOSE, labels="cause")])) == [("a1", CLOSE, ("layoff",))]


def test_label_studios_csv_is_read_with_choices_as_text_or_as_json(tmp_path: Path) -> None:
    records = [
        minimal(CLOSE, labels=json.dumps({"choices": ["layoff", "cause"]}), label='["investment"]'),
        minimal(BLOW, labels="political_response", label="[]"),
        minimal("Hm.", label="[]"),
    ]
    out = io.StringIO()
    writer = csv.DictWriter(out, sorted({*records[0]}), quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    writer.writerows(records)
    assert read(write(tmp_path, out.getvalue(), "x.csv")) == [
        ("a1", CLOSE, ("layoff", "cause")),
        ("a1", BLOW, ("political_response",)),
        ("a1", "Hm.", ()),
    ]


@pytest.mark.parametrize("field", ["label", "labels"])
def test_doccanos_json_lines_are_read(tmp_path: Path, field: str) -> None:
    lines = [
        {"id": 1, "text": CLOSE, "article": "a1", "before": "", field: ["cause", "layoff"], "Comments": []},
        {"id": 2, "text": RAIN, "article": "a1", "before": CLOSE, field: [], "Comments": ["hm"]},
    ]
    content = "".join(json.dumps(line) + "\n" for line in lines)
    assert read(write(tmp_path, content, "admin.jsonl")) == [("a1", CLOSE, ("layoff", "cause")), ("a1", RAIN, ())]


def test_of_corrections_the_last_word_on_a_sentence_counts(tmp_path: Path) -> None:
    file = tmp_path / "corrections.jsonl"
    for article, labels in (("a1", ["cause"]), ("a2", ["cause"]), ("a1", ["layoff"])):
        append_correction(file, Correction.now("m", article, CLOSE, ["investment"], labels))
    assert read(file) == [("a1", CLOSE, ("layoff",)), ("a2", CLOSE, ("cause",))]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            f'text,label\n"{CLOSE}",layoff;cause\n{RAIN},none\nHm.,none\n',
            [("", CLOSE, ("layoff", "cause")), ("", RAIN, ())],
        ),
        (f'\ufeffid;text;label;article\n1;"{CLOSE}";"cause;layoff";a1\n', [("a1", CLOSE, ("layoff", "cause"))]),
        (f'story,sentence,labels\ns1,"{CLOSE}",layoff\n\n', [("s1", CLOSE, ("layoff",))]),
        ("text,label\n'=1+1 jobs go.,layoff\n", [("", "=1+1 jobs go.", ("layoff",))]),
    ],
)
def test_our_own_csv_is_read(tmp_path: Path, content: str, expected: list[object]) -> None:
    assert read(write(tmp_path, content, "x.csv"))[: len(expected)] == expected


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.json", [task(CLOSE, annotation(["jobs"]))], r"x\.json: task 1: unknown label 'jobs'"),
        ("x.json", [task(RAIN), task(CLOSE, {"id": 7})], r"x\.json: task 2: an annotation's 'result' isn't as"),
        (
            "x.json",
            [task(RAIN) | {"annotations": [7]}],
            r"x\.json: task 1: field 'annotations' must be a list of objects",
        ),
        ("x.json", [task("", annotation(["cause"]))], r"x\.json: task 1: field 'text' is missing or empty"),
        ("x.json", [minimal(CLOSE, kind="layoff")], r"x\.json: no task has choices named 'labels'"),
        ("x.json", [minimal(CLOSE, labels=7)], r"x\.json: task 1: '7' isn't a list of labels"),
        ("x.json", [7], r"x\.json: task 1: must be a JSON object"),
        ("x.json", [task(CLOSE)], r"x\.json: holds no annotated sentence"),
        ("x.json", "[{", r"x\.json: not valid JSON"),
        ("x.jsonl", '{"text": "a", "label": []}\n{"text"\n', r"x\.jsonl:2: not valid JSON"),
        ("x.jsonl", '{"text": "a", "label": ["none", "cause"]}\n', r"x\.jsonl:1: 'none' stands beside another"),
        ("x.jsonl", '{"text": ["a"], "label": []}\n', r"x\.jsonl:1: field 'text' must be a string"),
        ("x.jsonl", '{"text": "a"}\n', r"x\.jsonl:1: field 'label' is missing"),
        ("x.csv", "text,label\na,none\nb,jobs\n", r"x\.csv:3: unknown label 'jobs'"),
        ("x.csv", "text,label\na\n", r"x\.csv:2: has 1 columns, the header has 2"),
        ("x.csv", 'text,label\n"a"b,none\n', r"x\.csv:2: not valid CSV"),
        ("x.csv", "", r"x\.csv: holds no annotated sentence"),
    ],
)
def test_a_bad_record_is_one_line_with_its_place(tmp_path: Path, name: str, content: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_annotations(write(tmp_path, content, name))
    assert "\n" not in str(caught.value)


@given(st.text())
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path_factory: Any, content: str) -> None:
    file = tmp_path_factory.mktemp("any") / "x"
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    with suppress(InputError):
        assert read_annotations(file)


@given(
    st.lists(st.tuples(st.text(st.characters(exclude_categories=["C"]), min_size=1), st.sets(st.sampled_from(LABELS))))
)
def test_any_sentence_and_labels_come_back_from_csv(tmp_path_factory: Any, rows: list[tuple[str, set[str]]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("text", "label"), *((f"s {text}", join_labels(labels)) for text, labels in rows)])
    file = tmp_path_factory.mktemp("csv") / "x.csv"
    file.write_bytes(out.getvalue().encode())
    expected = {f"s {text}": join_labels(labels) for text, labels in rows}
    if rows:
        assert {each.sentence: join_labels(each.labels) for each in read_annotations(file)} == expected


def test_the_labelling_configuration_is_well_formed_and_names_the_four_labels() -> None:
    view = ET.parse(ROOT / "docs" / "labelstudio.xml").getroot()  # noqa: S314 - our own file
    (choices,) = view.iter("Choices")
    assert [choice.get("value") for choice in choices] == [*LABELS, NONE]
    assert (choices.get("name"), choices.get("toName"), choices.get("choice")) == (CONTROL, OBJECT, "multiple")
    assert {text.get("value") for text in view.iter("Text")} == {"$before", "$text", "$after"}
    assert OBJECT in {text.get("name") for text in view.iter("Text")}


def test_an_empty_cell_is_no_answer(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("text,label\nThe mill will close.,\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.csv:2: field 'label' is empty; write none"):
        read_annotations(file)
