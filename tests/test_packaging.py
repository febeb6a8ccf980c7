"""What a person gets who installs a wheel, and what the pins say."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Final

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY: Final = Path(__file__).resolve().parent.parent
CONSTRAINTS: Final = REPOSITORY / "constraints.txt"
FIXTURES: Final = ("tiny", "portland", "riverbend")

# Run with the unpacked wheel alone on the path: what it prints comes from the wheel.
LOOK_INSIDE: Final = """
from importlib.resources import files
import matchmaker
package = files("matchmaker")
print(matchmaker.__version__)
print(sum(1 for folder in package.joinpath("_cypher").iterdir() if folder.is_dir()
          for file in folder.iterdir() if file.name.endswith(".cypher")))
print(package.joinpath("py.typed").is_file())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(REPOSITORY)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


def files_in(folder: str, suffix: str = "") -> set[str]:
    """The files of a folder that git knows or would know, relative to the folder."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", folder]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True).stdout.decode()
    present = {name for name in listed.split("\0") if name.endswith(suffix) and (REPOSITORY / name).is_file()}
    return {Path(name).relative_to(folder).as_posix() for name in present}


def inside(contents: frozenset[str], prefix: str, suffix: str = "") -> set[str]:
    return {name.removeprefix(prefix) for name in contents if name.startswith(prefix) and name.endswith(suffix)}


def test_every_statement_is_in_the_wheel(contents: frozenset[str]) -> None:
    statements = files_in("cypher", ".cypher")
    assert len(statements) > 0
    assert inside(contents, "matchmaker/_cypher/", ".cypher") == statements


def test_every_example_is_in_the_wheel(contents: frozenset[str]) -> None:
    examples = files_in("fixtures")
    assert {name.partition("/")[0] for name in examples} >= set(FIXTURES)
    assert inside(contents, "matchmaker/_fixtures/") == examples


def test_the_whole_package_is_in_the_wheel_and_nothing_else(contents: frozenset[str]) -> None:
    copied = {f"matchmaker/{name}" for name in files_in("matchmaker")}
    assert "matchmaker/py.typed" in copied
    added = {name for name in contents if not name.startswith(("matchmaker/_cypher/", "matchmaker/_fixtures/"))}
    assert {name for name in added if ".dist-info/" not in name} == copied
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in added)


def test_the_unpacked_wheel_finds_its_own_files(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-S", "-c", LOOK_INSIDE]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    version, statements, typed = done.stdout.split()
    assert version == "0.1.0"
    assert int(statements) == len(files_in("cypher", ".cypher"))
    assert typed == "True"


def test_the_readme_is_the_wheels_description(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("METADATA"))
        headers, _, description = archive.read(name).decode().partition("\n\n")
    assert "Description-Content-Type: text/markdown" in headers
    assert description.strip() == (REPOSITORY / "README.md").read_text(encoding="utf-8").strip()


def test_the_command_is_declared(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert archive.read(name).decode().split("\n")[:2] == ["[console_scripts]", "matchmaker = matchmaker.cli:main"]


def find_pin_faults(text: str) -> list[str]:
    """The lines that aren't exactly a name and a version, and so might say where someone's registry is."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.!+]*( ; [^/\\@]+)?", line)]


def test_constraints_are_exact_and_name_no_place() -> None:
    text = CONSTRAINTS.read_text(encoding="utf-8")
    assert text.count("==") > 30
    assert find_pin_faults(text) == []
    names = [canonicalize_name(line.split("==")[0]) for line in text.splitlines() if "==" in line]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    "line",
    [
        "numpy>=2",
        "numpy",
        "--index-url https://registry.example/simple",
        "numpy @ file:///srv/numpy.whl",
        "-e .",
        "numpy==2.4.6 --hash=sha256:00",
        "/srv/wheels/numpy.whl",
    ],
)
def test_a_pin_that_names_a_place_is_caught(line: str) -> None:
    assert find_pin_faults(f"rich==15.0.0\n{line}\ntyper==0.29.2\n") == [line]


def test_every_direct_requirement_is_pinned_within_its_range() -> None:
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    extras = [text for texts in project["optional-dependencies"].values() for text in texts]
    wanted = [Requirement(text) for text in project["dependencies"] + extras if not text.startswith("matchmaker[")]
    assert len(wanted) > 15
    pins = dict(line.split("==") for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines() if "==" in line)
    pinned = {canonicalize_name(name): version for name, version in pins.items()}
    unmet = [str(each) for each in wanted if not each.specifier.contains(pinned.get(canonicalize_name(each.name), "0"))]
    assert unmet == []


def test_the_composed_neo4j_is_on_loopback_and_has_no_default_password() -> None:
    service = yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))["services"]["neo4j"]
    assert service["image"] == "neo4j:5.26-community"
    assert [port.rpartition(":")[0].rpartition(":")[0] for port in service["ports"]] == ["127.0.0.1", "127.0.0.1"]
    # Compose's `${NAME:?message}` refuses to start without the variable, and `${NAME:-value}` would be a default.
    assert re.fullmatch(r"neo4j/\$\{NEO4J_PASSWORD:\?[^}]+\}", service["environment"]["NEO4J_AUTH"])
