"""What the shared fixtures promise: a database that isn't the tests' own is left alone, nothing is skipped silently."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final, LiteralString

import neo4j
import pytest

from matchmaker.testing.neo4j_server import Neo4jServer

REPOSITORY: Final = Path(__file__).resolve().parent.parent
USES_NEO4J: Final = "tests/test_neo4j_server.py::test_the_shared_server_is_emptied_for_each_test_that_asks"
NOT_WANTED: Final = ("MATCHMAKER_REQUIRE", "MATCHMAKER_TEST_NEO4J_URI", "PYTEST_ADDOPTS")


def run_pytest(test: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in NOT_WANTED}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", test],
        cwd=REPOSITORY,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def address(server: Neo4jServer) -> dict[str, str]:
    return {
        "MATCHMAKER_TEST_NEO4J_URI": server.uri,
        "MATCHMAKER_TEST_NEO4J_USER": server.user,
        "MATCHMAKER_TEST_NEO4J_PASSWORD": server.password,
    }


def ask(server: Neo4jServer, statement: LiteralString) -> int:
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        found = driver.execute_query(statement).records[0].value()
    assert isinstance(found, int)
    return found


def test_a_given_database_is_used_only_if_it_is_empty_or_marked(own_neo4j_server: Neo4jServer) -> None:
    ask(own_neo4j_server, "CREATE (n:Precious) RETURN count(n)")
    refused = run_pytest(USES_NEO4J, **address(own_neo4j_server))
    assert refused.returncode == 1
    assert "holds 1 nodes and is not a test database" in refused.stdout
    assert ask(own_neo4j_server, "MATCH (n:Precious) RETURN count(n)") == 1

    ask(own_neo4j_server, "MATCH (n) DELETE n RETURN count(n)")
    taken = run_pytest(USES_NEO4J, **address(own_neo4j_server))
    assert taken.returncode == 0, taken.stdout
    assert ask(own_neo4j_server, "MATCH (n:MatchmakerTestDatabase) RETURN count(n)") == 1

    ask(own_neo4j_server, "CREATE (n:LeftByAnEarlierRun) RETURN count(n)")
    again = run_pytest(USES_NEO4J, **address(own_neo4j_server))
    assert again.returncode == 0, again.stdout
    assert ask(own_neo4j_server, "MATCH (n) RETURN count(n)") == 1


def test_without_neo4j_its_tests_are_skipped_and_say_how_to_get_it(tmp_path: Path) -> None:
    done = run_pytest(USES_NEO4J, PATH=str(tmp_path))
    assert done.returncode == 0
    assert "1 skipped" in done.stdout
    assert "Skipped: every test that needs neo4j" in done.stdout
    assert "sudo apt-get install default-jre-headless maven" in done.stdout


def test_where_neo4j_is_required_its_absence_is_a_failure(tmp_path: Path) -> None:
    done = run_pytest(USES_NEO4J, PATH=str(tmp_path), MATCHMAKER_REQUIRE="neo4j")
    assert done.returncode == 1
    assert "neo4j is required here and missing" in done.stdout
    assert "skipped" not in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(("prove", "expected"), [("", "property tests: default"), ("1", "property tests: prove")])
def test_the_header_says_how_hard_properties_are_tried(prove: str, expected: str) -> None:
    done = run_pytest("tests/test_house_rules.py::test_an_empty_name_is_caught", MATCHMAKER_PROVE=prove)
    assert done.returncode == 0, done.stdout
    assert expected in done.stdout
