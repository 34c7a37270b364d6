"""The service's limits, its token, how it starts and stops, and what several processes share."""

from __future__ import annotations

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from conftest import Run
from model import Predictor
from model.corrections import read_corrections
from serving import post, serving

SENTENCES = ["Ford will cut 600 jobs because of weak demand.", "", "Société Générale 😀 hires 90."]
TOKEN = "correct-horse-battery"  # noqa: S105 - of the test
LARGE = {"articles": [{"text": "The mill will close. " * 60_000}]}


def test_corrections_of_many_writers_are_all_stored_whole(tmp_path: Path, predictor: Predictor) -> None:
    file = tmp_path / "corrections.jsonl"
    with serving("--corrections", str(file), "--workers", "2") as service:

        def correct(number: int) -> int:
            content = {"article": f"a{number}", "sentence": f"Jobs go {number}.", "given": ["layoff"], "labels": []}
            return post(service, "/v1/corrections", content).status_code

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(correct, range(60))) == {201}
        sentences = [{"sentences": SENTENCES}] * 20
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda content: post(service, "/v1/sentences", content), sentences))
        counted = re.search(
            r"^classify_news_sentences_total (\S+)", httpx.get(f"{service.url}/metrics").text, re.MULTILINE
        )
        assert counted
        assert float(counted[1]) == 20 * len(SENTENCES)
    stored = read_corrections(file)
    assert sorted(each.article for each in stored) == sorted(f"a{n}" for n in range(60))
    assert {each.model for each in stored} == {predictor.manifest.name}


def test_without_a_file_no_corrections_are_taken() -> None:
    with serving() as service:
        answer = post(service, "/v1/corrections", {"sentence": "a", "given": [], "labels": []})
        assert answer.status_code == 404
        assert "--corrections" in answer.json()["detail"]


def test_too_many_requests_at_once_and_too_long_ones_are_told_so() -> None:
    with serving("--concurrent", "1", "--maximum-sentences", "1000000", "--seconds", "20") as service:
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: post(service, "/v1/articles", LARGE), range(6)))
        statuses = {answer.status_code for answer in answers}
        assert statuses == {200, 429}
        assert all(answer.headers["retry-after"] for answer in answers if answer.status_code == 429)
    with serving("--seconds", "0.05", "--maximum-sentences", "1000000") as service:
        answer = post(service, "/v1/articles", LARGE)
        assert (answer.status_code, answer.json()["status"]) == (503, 503)
        assert "0.05 s" in answer.json()["detail"]
        assert post(service, "/v1/sentences", {"sentences": ["a"]}).status_code == 200


def test_a_slow_client_blocks_nobody_and_is_cut_off() -> None:
    lines = ["POST /v1/sentences HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", "Content-Length: 99"]
    head = "\r\n".join([*lines, "", "{"])
    with serving("--upload-seconds", "1", "--concurrent", "1") as service:
        slow = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(20)]
        for connection in slow:
            connection.sendall(head.encode())
        assert post(service, "/v1/sentences", {"sentences": ["Jobs go."]}).status_code == 200
        for connection in slow:
            assert connection.recv(1000).startswith(b"HTTP/1.1 408")
            connection.close()


def test_what_is_running_is_finished_when_the_service_stops() -> None:
    with serving("--maximum-sentences", "1000000") as service, ThreadPoolExecutor(1) as pool:
        running = pool.submit(post, service, "/v1/articles", LARGE)
        time.sleep(0.2)
        assert service.stop() == 0
        assert running.result().status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(service.url)


def test_off_loopback_a_token_is_needed_to_start_and_then_to_ask(classify: Run) -> None:
    done = classify("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 - that is the test
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "set CLASSIFY_NEWS_TOKEN" in done.stderr
    short = classify("serve", environment={"CLASSIFY_NEWS_TOKEN": "short"})
    assert "must be 16 or more" in short.stderr
    with serving("--host", "0.0.0.0", environment={"CLASSIFY_NEWS_TOKEN": TOKEN}) as service:  # noqa: S104
        url = f"http://127.0.0.1:{service.port}"
        for path in ("/v1/model", "/metrics"):
            answer = httpx.get(url + path)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
            assert httpx.get(url + path, headers={"Authorization": "Bearer wrong"}).status_code == 401
            assert httpx.get(url + path, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        for path in ("/", "/healthz", "/readyz"):
            assert httpx.get(url + path).status_code == 200
    assert not any(TOKEN in line for line in service.said)


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--port", "99999"], 2, "isn't a port"),
        (["--concurrent", "0"], 2, "isn't a whole number above 0"),
        (["--host", "203.0.113.1", "--port", "0"], 1, "set CLASSIFY_NEWS_TOKEN"),
        (["--artifact", "nowhere"], 1, "nowhere"),
        (["--corrections", "nowhere/c.jsonl"], 1, "its folder doesn't exist"),
    ],
)
def test_a_service_that_can_not_start_says_why_in_one_line(
    classify: Run, options: list[str], status: int, message: str
) -> None:
    done = classify("serve", *options)
    assert done.returncode == status
    assert message in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", [b"nonsense\n", b"\xff\xfe\n", None])
def test_a_file_that_holds_no_corrections_is_refused_at_the_start(
    classify: Run, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "c.jsonl"
    file.mkdir() if content is None else file.write_bytes(content)
    done = classify("serve", "--corrections", str(file), "--port", "0")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert str(file) in done.stderr


def test_another_loopback_address_is_served_under_its_own_name() -> None:
    with serving("--host", "127.0.0.2") as service:
        assert service.url.startswith("http://127.0.0.2:")
        assert httpx.get(f"{service.url}/v1/model").status_code == 200


def test_a_port_that_is_taken_is_named(classify: Run) -> None:
    with serving() as service:
        done = classify("serve", "--port", str(service.port))
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert f"127.0.0.1:{service.port}: can't be served on (Address already in use)" in done.stderr
