"""The service: the predictor's answers over HTTP, with limits that hold."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from conftest import ROOT, Run
from model import LABELS, Predictor
from serving import Service, post, serving

TEXTS = {file.name: file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests" / "articles").iterdir())}
SENTENCES = ["Ford will cut 600 jobs because of weak demand.", "", "Société Générale 😀 hires 90.", "公司 裁员", "a\0b"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    corrections = tmp_path_factory.mktemp("service") / "corrections.jsonl"
    with serving("--corrections", str(corrections), "--maximum-sentences", "100") as running:
        yield running


def test_sentences_are_answered_as_the_import_answers_them(service: Service, predictor: Predictor) -> None:
    answer = post(service, "/v1/sentences", {"sentences": SENTENCES}).json()
    for found, expected in zip(answer, predictor.predict(SENTENCES), strict=True):
        assert found["sentence"] == expected.sentence
        assert found["labels"] == list(expected.labels)
        assert (found["label"], found["decided"]) == (expected.label, expected.decided)
        assert found["probabilities"] == expected.probabilities


def test_service_command_and_import_give_the_same_answer(
    service: Service, predictor: Predictor, classify: Run, tmp_path: Path
) -> None:
    articles = [{"id": name, "text": text} for name, text in TEXTS.items()]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, articles)), encoding="utf-8")
    classify("predict", "in.jsonl", "--output", "rows.jsonl", cwd=tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    answer = post(service, "/v1/articles", {"articles": articles}).json()
    imported = {name: predictor.predict_article(text) for name, text in TEXTS.items()}
    served = [(article["id"], sentence) for article in answer for sentence in article["sentences"]]
    assert len(served) == len(rows) == sum(map(len, imported.values()))
    for (name, sentence), row in zip(served, rows, strict=True):
        expected = imported[name][row["sentence_index"]]
        assert TEXTS[name][sentence["start"] : sentence["end"]] == sentence["sentence"] == row["sentence"]
        assert sentence["labels"] == row["labels"] == list(expected.labels)
        assert sentence["decided"] == row["decided"] == expected.decided
        assert sentence["probabilities"] == expected.probabilities
        assert {f"p_{label}": round(sentence["probabilities"][label], 6) for label in LABELS}.items() <= row.items()


def test_an_explanation_adds_up(service: Service) -> None:
    answer = post(service, "/v1/explain", {"sentence": SENTENCES[0]}).json()
    assert list(answer) == list(LABELS)
    for each in answer.values():
        weights = sum(part["weight"] for part in each["contributions"])
        assert each["intercept"] + weights == pytest.approx(each["decision"])


def test_the_model_says_what_it_is_and_what_the_limits_are(service: Service, predictor: Predictor) -> None:
    answer = httpx.get(f"{service.url}/v1/model").json()
    assert answer["name"] == predictor.manifest.name
    assert answer["limits"]["maximum_sentences"] == 100
    assert answer["corrections"] is True


@pytest.mark.parametrize(
    ("path", "content", "status", "field"),
    [
        ("/v1/sentences", {"sentences": ["a", 3]}, 422, "sentences.1"),
        ("/v1/sentences", {"sentences": "a"}, 422, "sentences"),
        ("/v1/sentences", {}, 422, "sentences"),
        ("/v1/sentences", {"sentences": [], "more": 1}, 422, "more"),
        ("/v1/sentences", {"sentences": ["a"] * 101}, 422, "sentences"),
        ("/v1/sentences", {"sentences": ["a" * 20_001]}, 422, "sentences.0"),
        ("/v1/articles", {"articles": [{"text": "Jobs go. " * 101}]}, 422, "articles"),
        ("/v1/articles", {"articles": [{"id": "a"}]}, 422, "articles.0.text"),
        ("/v1/explain", {"sentence": None}, 422, "sentence"),
        ("/v1/corrections", {"sentence": "a", "given": [], "labels": ["jobs"]}, 422, "labels.0"),
        ("/v1/corrections", {"sentence": "a", "given": [], "labels": ["cause", "cause"]}, 422, "labels"),
        ("/v1/corrections", {"sentence": " \n", "given": [], "labels": []}, 422, "sentence"),
    ],
)
def test_a_wrong_body_is_a_problem_that_names_the_field(
    service: Service, path: str, content: Any, status: int, field: str
) -> None:
    answer = post(service, path, content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field
    assert field in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"sentences": ["\\ud800"]}', b"[" * 100_000])
def test_a_body_that_is_no_json_is_a_problem(service: Service, body: bytes) -> None:
    answer = httpx.post(f"{service.url}/v1/sentences", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["status"]) == (422, 422)


def test_other_errors_are_problems_too(service: Service) -> None:
    assert httpx.get(f"{service.url}/nothing").status_code == 404
    wrong = httpx.get(f"{service.url}/v1/sentences")
    assert (wrong.status_code, wrong.json()["title"]) == (405, "Method Not Allowed")
    plain = httpx.post(f"{service.url}/v1/sentences", content=b"{}", headers={"Content-Type": "text/plain"})
    assert (plain.status_code, plain.headers["content-type"]) == (415, "application/problem+json")
    large = post(service, "/v1/sentences", {"sentences": ["a" * 3_000_000]})
    assert (large.status_code, large.json()["status"]) == (413, 413)


def test_a_body_without_a_length_is_cut_off_at_the_limit(service: Service) -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"sentences": ["'
        for _ in range(100):
            yield b"a" * 100_000

    headers = {"Content-Type": "application/json"}
    assert httpx.post(f"{service.url}/v1/sentences", content=endless(), headers=headers).status_code == 413


def test_the_service_is_not_called_by_another_name(service: Service) -> None:
    answer = httpx.get(f"{service.url}/v1/model", headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert "evil.example" in answer.json()["detail"]


def test_every_answer_carries_the_security_headers(service: Service) -> None:
    for path in ("/", "/v1/model", "/nothing", "/openapi.json"):
        headers = httpx.get(service.url + path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


def test_metrics_count_requests_sentences_and_labels(service: Service) -> None:
    def figures() -> dict[str, float]:
        text = httpx.get(f"{service.url}/metrics").text
        return {name: float(value) for name, value in re.findall(r"^(classify_news\S+) (\S+)$", text, re.MULTILINE)}

    before = figures()
    answer = post(service, "/v1/sentences", {"sentences": [SENTENCES[0]] * 7}).json()
    after = figures()
    assert after["classify_news_sentences_total"] - before["classify_news_sentences_total"] == 7
    name = 'classify_news_requests_total{path="/v1/sentences",status="200"}'
    assert after[name] - before[name] == 1
    for label in answer[0]["labels"]:
        name = f'classify_news_labels_total{{label="{label}"}}'
        assert after[name] - before[name] == 7
    share = after["classify_news_undecided_total"] / after["classify_news_sentences_total"]
    assert after["classify_news_share_undecided"] == pytest.approx(share)


def test_the_access_log_holds_requests_and_no_text(service: Service) -> None:
    post(service, "/v1/sentences", {"sentences": ["Xylophone makers dismiss staff."]})
    deadline = time.monotonic() + 10
    while not any('"/v1/sentences"' in line for line in service.said) and time.monotonic() < deadline:
        time.sleep(0.05)
    entry = json.loads([line for line in service.said if '"/v1/sentences"' in line][-1])
    assert (entry["method"], entry["path"]) == ("POST", "/v1/sentences")
    assert set(entry) == {"time", "client", "method", "path", "status", "milliseconds", "bytes_in", "bytes_out"}
    assert not any("Xylophone" in line for line in service.said)


@pytest.mark.parametrize("mode", GenerationMode)
def test_what_openapi_says_holds_for_generated_requests(service: Service, mode: GenerationMode) -> None:
    document = schemathesis.openapi.from_url(f"{service.url}/openapi.json")
    tried = 0
    for found in document.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and operation.method == "get":
            continue

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=40, suppress_health_check=list(HealthCheck))
        def check(case: schemathesis.Case) -> None:
            case.call_and_validate()

        check()
        tried += 1
    assert tried >= 4


def test_the_examples_of_openapi_are_answered(service: Service) -> None:
    document = httpx.get(f"{service.url}/openapi.json").json()
    for path, operations in document["paths"].items():
        if "post" in operations:
            body = operations["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            for example in document["components"]["schemas"][body.rpartition("/")[2]]["examples"]:
                assert post(service, path, example).status_code in (200, 201)
