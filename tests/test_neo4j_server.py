"""The server that the Neo4j tests run on does what it says: keeps its data, restarts with settings, dies on demand."""

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, LiteralString

import neo4j
import pytest
from neo4j.exceptions import AuthError, ClientError, ServiceUnavailable

from matchmaker.testing import neo4j_server as module
from matchmaker.testing.neo4j_server import (
    Neo4jAccess,
    Neo4jServer,
    Neo4jStartFailed,
    Neo4jUnavailable,
    get_cache_folder,
)

# Run by another Python, which is then killed and can't clean up.
START_AND_WAIT: Final = """
import time
from matchmaker.testing.neo4j_server import Neo4jServer
server = Neo4jServer()
server.start()
print(server.uri.rpartition(":")[2], server.home, sep="\\n", flush=True)
time.sleep(300)
"""


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run(access: Neo4jAccess, statement: LiteralString) -> list[object]:
    """Return the first column, asking once: a server that is gone is not waited for."""
    auth = (access.user, access.password)
    with neo4j.GraphDatabase.driver(access.uri, auth=auth, max_transaction_retry_time=0) as driver:
        found = driver.execute_query(statement, database_=access.database)
    return [record.value() for record in found.records]


def test_a_fresh_server_is_the_pinned_community_release(own_neo4j_server: Neo4jServer) -> None:
    components = run(
        own_neo4j_server.access, "CALL dbms.components() YIELD versions, edition RETURN edition + versions[0]"
    )
    assert components == [f"community{module.NEO4J_VERSION}"]


def test_what_was_committed_survives_a_kill_and_a_restart(own_neo4j_server: Neo4jServer) -> None:
    run(own_neo4j_server.access, "CREATE (:Kept {value: 41})")
    own_neo4j_server.kill()
    assert not own_neo4j_server.running
    with pytest.raises(ServiceUnavailable):
        run(own_neo4j_server.access, "RETURN 1")
    own_neo4j_server.start()
    assert run(own_neo4j_server.access, "MATCH (n:Kept) RETURN n.value") == [41]
    own_neo4j_server.restart()
    assert run(own_neo4j_server.access, "MATCH (n:Kept) RETURN n.value") == [41]


def test_restart_takes_settings_and_gives_them_back(own_neo4j_server: Neo4jServer) -> None:
    own_neo4j_server.restart({"server.databases.read_only": "neo4j"})
    with pytest.raises(ClientError, match="read-only"):
        run(own_neo4j_server.access, "CREATE (:Refused)")
    own_neo4j_server.restart({})
    assert run(own_neo4j_server.access, "CREATE (n:Accepted) RETURN labels(n)") == [["Accepted"]]


def test_a_wrong_password_is_refused(own_neo4j_server: Neo4jServer) -> None:
    stranger = Neo4jAccess(own_neo4j_server.uri, own_neo4j_server.user, "not the password")
    with pytest.raises(AuthError):
        run(stranger, "RETURN 1")


def test_a_start_that_fails_shows_the_log(own_neo4j_server: Neo4jServer) -> None:
    with pytest.raises(Neo4jStartFailed, match=r"No declared setting with name: server\.nonsense"):
        own_neo4j_server.restart({"server.nonsense": "1"})
    assert not own_neo4j_server.running
    own_neo4j_server.restart({})
    assert run(own_neo4j_server.access, "RETURN 1") == [1]


def test_close_leaves_nothing_behind(own_neo4j_server: Neo4jServer) -> None:
    # Asking for the shared server first skips this test where none can be had.
    assert own_neo4j_server.running
    with Neo4jServer() as server:
        home = server.home
        assert server.uri != own_neo4j_server.uri
        assert run(server.access, "MATCH (n) RETURN count(n)") == [0]
    assert not server.running
    assert not home.exists()
    with pytest.raises(ServiceUnavailable):
        run(server.access, "RETURN 1")


def test_the_server_ends_with_the_process_that_started_it(own_neo4j_server: Neo4jServer) -> None:
    assert own_neo4j_server.running
    with subprocess.Popen([sys.executable, "-c", START_AND_WAIT], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        port = int(owner.stdout.readline())
        home = Path(owner.stdout.readline().strip())
        assert is_open(port)
        owner.kill()
    deadline = time.monotonic() + 60
    while is_open(port) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not is_open(port)
    shutil.rmtree(home)


def test_the_shared_server_is_emptied_for_each_test_that_asks(empty_neo4j: Neo4jAccess) -> None:
    assert run(empty_neo4j, "MATCH (n) WHERE NOT n:MatchmakerTestDatabase RETURN count(n)") == [0]


def test_without_java_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Neo4jUnavailable, match=r"'java' is not installed.*default-jre-headless maven"):
        Neo4jServer()


def test_an_old_java_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.20\"' >&2\n", encoding="utf-8")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Neo4jUnavailable, match=r"Java 17 or newer is needed.*11\.0\.20"):
        Neo4jServer()


def test_a_failed_download_shows_what_maven_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    maven = tmp_path / "mvn"
    maven.write_text("#!/bin/sh\necho 'no route to the repository'\nexit 1\n", encoding="utf-8")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Neo4jUnavailable, match="no route to the repository"):
        module.get_neo4j_libraries(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MATCHMAKER_CACHE", str(tmp_path / "mine"))
    assert get_cache_folder() == tmp_path / "mine"
    monkeypatch.delenv("MATCHMAKER_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert get_cache_folder() == tmp_path / "xdg" / "matchmaker"
