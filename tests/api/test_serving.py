"""The server as a process of its own: real sockets, real signals, and a store that others write and that goes away."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from matchmaker.api.problems import MEDIA_TYPE
from matchmaker.asgi import bind
from matchmaker.cli.exit_codes import CONFIG, INTERRUPTED, OK
from matchmaker.cli.main import run
from matchmaker.graph.sqlite.store import SqliteStore
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"
COMMAND = [sys.executable, "-c", "from matchmaker.cli.main import main; main()"]
BOUND_S = 60
DAY = "2026-11-01"


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[str]
    port: int
    store: Path

    def get(self, path: str, method: str = "GET") -> tuple[int, Any, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=BOUND_S)) as connection:
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
            return answer.status, json.loads(body) if body else None, answer.headers["content-type"]

    def stop(self, with_signal: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(with_signal)
        _, said = self.process.communicate(timeout=BOUND_S)
        return self.process.returncode, said


def free_port() -> int:
    with closing(socket.socket()) as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


@contextmanager
def serving(store: Path) -> Iterator[Server]:
    port = free_port()
    command = [*COMMAND, "serve", "--port", str(port), "--store", f"sqlite:///{store}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            server = Server(process, port, store)
            wait_until_live(server)
            yield server
        finally:
            if process.poll() is None:
                process.kill()


def wait_until_live(server: Server) -> None:
    ends = time.monotonic() + BOUND_S
    while time.monotonic() < ends:
        assert server.process.poll() is None, server.process.communicate()
        try:
            if server.get("/health/live")[0] == 200:
                return
        except ConnectionRefusedError:
            time.sleep(0.05)
    pytest.fail("the server didn't start")


def load(store: Path) -> None:
    with closing(SqliteStore.open(store)) as opened:
        import_file(opened, TINY, ImportOptions(), Runner("test", lambda: 0))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = tmp_path_factory.mktemp("serving") / "tiny.db"
    load(store)
    with serving(store) as running:
        yield running


def test_many_threads_get_the_answers_that_one_gets(server: Server) -> None:
    paths = [
        f"/v1/partners?as_of={DAY}",
        f"/v1/partners/{quote('Gear Garage')}?as_of={DAY}",
        f"/v1/partners/a1/suggestions?as_of={DAY}&ecosystem=tiny",
        f"/v1/ecosystems/tiny/gaps?as_of={DAY}",
        f"/v1/ecosystems/tiny/network?as_of={DAY}&audience=public",
        "/v1/patterns",
        "/health/ready",
    ]
    with ThreadPoolExecutor(8) as threads:
        at_once = list(threads.map(server.get, paths * 6))
    alone = [server.get(path) for path in paths]
    assert [status for status, _, _ in alone] == [200] * len(paths)
    assert at_once == alone * 6


def test_what_another_process_writes_is_in_the_next_answer(server: Server, tmp_path: Path) -> None:
    path = f"/v1/partners?q=lantern&as_of={DAY}"
    assert server.get(path)[1]["total"] == 0
    revision = server.get("/health/ready")[1]["revision"]
    (tmp_path / "partners.csv").write_text("id,name,organization_type\nlantern,Lantern Library,library\n")
    command = [*COMMAND, "import", str(tmp_path / "partners.csv"), "--store", f"sqlite:///{server.store}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=BOUND_S, check=False)
    assert done.returncode == 0, done.stderr
    assert [partner["name"] for partner in server.get(path)[1]["partners"]] == ["Lantern Library"]
    assert server.get("/health/ready")[1]["revision"] == revision + 1


def test_a_port_in_use_is_named(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--port", str(server.port), "--store", f"sqlite:///{server.store}"]) == CONFIG
    said = " ".join(capsys.readouterr().err.split())
    assert f"Port {server.port} of 127.0.0.1 is in use" in said
    assert "Serving on" not in said
    assert server.get("/health/live")[0] == 200


def test_being_told_to_end_is_a_clean_end(tmp_path: Path) -> None:
    load(tmp_path / "tiny.db")
    with serving(tmp_path / "tiny.db") as server:
        assert server.get("/v1/partners")[0] == 200
        returned, said = server.stop(signal.SIGTERM)
    assert (returned, "Traceback" in said) == (OK, False), said
    assert not (tmp_path / "tiny.db-wal").exists()
    with closing(bind("127.0.0.1", server.port)) as free:
        assert free.getsockname() == ("127.0.0.1", server.port)


def test_a_store_that_goes_away_is_a_problem_and_the_process_lives_until_interrupted(tmp_path: Path) -> None:
    load(tmp_path / "tiny.db")
    with serving(tmp_path / "tiny.db") as server:
        assert server.get(f"/v1/partners?as_of={DAY}")[0] == 200
        for file in tmp_path.glob("tiny.db*"):
            with file.open("r+b") as held:
                os.truncate(held.fileno(), 0)
                held.write(b"no longer a store" * 1000)
        for path in ("/health/ready", f"/v1/partners?as_of={DAY}", f"/v1/ecosystems/tiny/gaps?as_of={DAY}"):
            status, body, media_type = server.get(path)
            assert (status, media_type) == (503, MEDIA_TYPE)
            assert body["type"].startswith("urn:matchmaker:problem:store")
        assert server.get("/health/live") == (200, {"status": "live"}, "application/json")
        returned, said = server.stop(signal.SIGINT)
    assert (returned, "Traceback" in said) == (INTERRUPTED, False), said


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/v1/partners/a1%2Fsuggestions", "GET", 400),
        ("/v1/partners/%00", "GET", 404),
        ("/v1/partners/%ED%A0%80", "GET", 404),
        ("/v1/partners?q=%ED%A0%80%00", "GET", 200),
        ("/v1/partners/" + "a" * 300, "GET", 404),
        ("/v1/partners/" + "a" * 30_000, "GET", 422),
        ("/v1/partners?cursor=%00", "GET", 422),
        ("/v1/partners?as_of=9999999", "GET", 422),
        ("/v1/partners?as_of=0001", "GET", 200),
        ("/v1/partners/..%2f..%2fhealth%2flive", "GET", 400),
        ("/v1/partners", "HEAD", 405),
        ("/v1/partners", "OPTIONS", 405),
        ("/v1/partners/", "GET", 404),
        ("//v1/partners", "GET", 404),
    ],
)
def test_hostile_requests_get_a_described_answer(server: Server, path: str, method: str, status: int) -> None:
    answered, body, media_type = server.get(path, method)
    assert answered == status, body
    assert media_type == ("application/json" if status == 200 else MEDIA_TYPE)
    if method == "GET" and status != 200:
        assert body["status"] == status
