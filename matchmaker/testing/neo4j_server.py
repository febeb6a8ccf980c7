"""A real Neo4j server for tests, without containers.

`org.neo4j:neo4j` on Maven Central is the whole community server. It is fetched once into a cache folder and started
from there as an ordinary Java process with a home folder, a password and a loopback port of its own.
"""

import atexit
import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

NEO4J_VERSION: Final = "5.26.12"
"""The server release that is fetched; the newest patch of the 5.26 long-term line tried with this driver."""

HOW_TO_GET_NEO4J: Final = (
    "Neo4j for tests needs Java 17 or newer and Maven: on Debian or Ubuntu "
    "'sudo apt-get install default-jre-headless maven', on macOS 'brew install openjdk maven'. "
    "Or set MATCHMAKER_TEST_NEO4J_URI (with _USER and _PASSWORD) to an empty Neo4j 5.26 database."
)
"""What to tell a person whose tests were skipped."""

OLDEST_JAVA: Final = 17
MAVEN_TIMEOUT_S: Final = 600.0
ADMIN_TIMEOUT_S: Final = 60.0
STOP_TIMEOUT_S: Final = 30.0
LOG_TAIL_LINES: Final = 25

# Bolt's greeting: the magic number and four version proposals, here 5.0 to 5.8 and 4.4.
_BOLT_GREETING: Final = bytes.fromhex("6060b017 00080805 00000404 00000000 00000000")
_JAVA_OPENS: Final = [
    f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch")
]
# The shell becomes the server; what it leaves behind reads this process's end of a pipe and ends the server when the
# pipe closes, so that a test run that is killed leaves no server running.
_END_WITH_PARENT: Final = (
    'exec 3<&0 </dev/null; (cat <&3 >/dev/null; kill -TERM $$) 2>/dev/null & exec 3<&-; exec "$0" "$@"'
)
_POM: Final = """\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>matchmaker.testing</groupId>
  <artifactId>neo4j-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.neo4j</groupId>
      <artifactId>neo4j</artifactId>
      <version>{version}</version>
    </dependency>
  </dependencies>
</project>
"""


class Neo4jUnavailable(Exception):
    """The server can't be had here: Java, Maven or the download is missing. The message says what to do."""


class Neo4jStartFailed(Exception):
    """The server was started and didn't come up. The message ends with the tail of its log."""


def get_cache_folder() -> Path:
    """Return the folder that downloads are kept in.

    `MATCHMAKER_CACHE` where set, else `matchmaker` under `XDG_CACHE_HOME` or `~/.cache`.
    """
    chosen = os.environ.get("MATCHMAKER_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matchmaker"


def get_neo4j_libraries(cache: Path | None = None) -> Path:
    """Return the folder with the server's jar files, fetching them with Maven the first time (about ten seconds).

    Several processes may ask at once: each fetches into a folder of its own and the first to finish is kept.

    Raises
    ------
    Neo4jUnavailable
        Maven is missing, or could not fetch the server.
    """
    folder = (cache or get_cache_folder()) / f"neo4j-community-{NEO4J_VERSION}"
    if folder.is_dir():
        return folder
    maven = _get_program("mvn")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetching-") as name:
        work = Path(name)
        pom = work / "pom.xml"
        pom.write_text(_POM.format(version=NEO4J_VERSION), encoding="utf-8")
        goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
        command = [
            maven,
            "-q",
            "-B",
            "-f",
            str(pom),
            goal,
            "-DincludeScope=runtime",
            "-DoutputDirectory=jars",
        ]
        try:
            done = subprocess.run(  # noqa: S603 - the program that the person installed, with our own arguments
                command, cwd=work, capture_output=True, text=True, timeout=MAVEN_TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            message = f"Maven did not fetch Neo4j {NEO4J_VERSION} within {MAVEN_TIMEOUT_S:.0f} s."
            raise Neo4jUnavailable(message) from error
        if done.returncode != 0:
            message = f"Maven could not fetch Neo4j {NEO4J_VERSION}:\n{_tail(done.stdout + done.stderr)}"
            raise Neo4jUnavailable(message)
        # A folder that another process has put there meanwhile holds the same files.
        with contextlib.suppress(OSError):
            (work / "jars").rename(folder)
    return folder


@dataclass(frozen=True, slots=True)
class Neo4jAccess:
    """How to reach one database of a running server."""

    uri: str
    user: str
    password: str = field(repr=False)
    database: str = "neo4j"


class Neo4jServer:
    """A community server on a free loopback port, with a home folder that lives as long as this object.

    Usable as a context manager: started on entering, closed on leaving. A test run that ends without closing it ends
    the server all the same.

    Parameters
    ----------
    config
        Further lines of `neo4j.conf`, such as `{"server.databases.read_only": "neo4j"}`; they win over the defaults.
    start_timeout_s
        How long `start` waits for the server to answer.
    cache
        The folder that keeps the server's jar files; `get_cache_folder()` by default.

    Attributes
    ----------
    uri, user, password
        How to reach the server; they stay the same over `stop`, `start` and `restart`.
    home
        The server's folder, with `data`, `logs` and `conf`.

    Raises
    ------
    Neo4jUnavailable
        Java or Maven is missing, or the download failed.
    """

    def __init__(
        self,
        *,
        config: Mapping[str, str] | None = None,
        start_timeout_s: float = 120.0,
        cache: Path | None = None,
    ) -> None:
        self._java = _get_java()
        self._libraries = get_neo4j_libraries(cache)
        self._config = dict(config or {})
        self._start_timeout_s = start_timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._port = _get_free_port()
        self._log_start = 0
        self.home = Path(tempfile.mkdtemp(prefix="matchmaker-neo4j-"))
        self.uri = f"bolt://127.0.0.1:{self._port}"
        self.user = "neo4j"
        self.password = secrets.token_hex(12)
        atexit.register(self.close)
        try:
            for folder in ("data", "logs", "conf"):
                (self.home / folder).mkdir()
            self._write_config()
            self._set_initial_password()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def access(self) -> Neo4jAccess:
        """How to reach the server's one database."""
        return Neo4jAccess(self.uri, self.user, self.password)

    @property
    def running(self) -> bool:
        """Whether the server's process is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server and wait until it takes connections; nothing happens if it runs already.

        Raises
        ------
        Neo4jStartFailed
            The process ended, or didn't answer within `start_timeout_s`.
        """
        if self.running:
            return
        self._write_config()
        self._log_start = self._log.stat().st_size if self._log.exists() else 0
        command = [
            *("sh", "-c", _END_WITH_PARENT, self._java, "-Xms256m", "-Xmx768m", *_JAVA_OPENS),
            *("-cp", f"{self._libraries}/*", "org.neo4j.server.CommunityEntryPoint"),
            *(f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"),
        ]
        with self._console.open("wb") as console:
            self._process = subprocess.Popen(  # noqa: S603 - our own arguments only
                command,
                stdin=subprocess.PIPE,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_up(self._process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop the server in order, as its operator would; its data stays for the next `start`."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server at once (SIGKILL), as a power cut would; its data stays for the next `start`."""
        self._end(signal.SIGKILL)

    def restart(self, config: Mapping[str, str] | None = None) -> None:
        """Stop the server and start it again on the same port with the same data.

        Parameters
        ----------
        config
            Replaces the further configuration; `None` keeps it and `{}` takes it away.

        Raises
        ------
        Neo4jStartFailed
            As `start`.
        """
        self.stop()
        if config is not None:
            self._config = dict(config)
        self.start()

    def close(self) -> None:
        """End the server and remove its home folder; may be called more than once."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)
        atexit.unregister(self.close)

    @property
    def _console(self) -> Path:
        return self.home / "logs" / "console.log"

    @property
    def _log(self) -> Path:
        return self.home / "logs" / "neo4j.log"

    def _write_config(self) -> None:
        lines = {
            "server.default_listen_address": "127.0.0.1",
            "server.bolt.listen_address": f"127.0.0.1:{self._port}",
            "server.bolt.advertised_address": f"127.0.0.1:{self._port}",
            "server.http.enabled": "false",
            "server.https.enabled": "false",
            "server.memory.pagecache.size": "256m",
            "dbms.usage_report.enabled": "false",
            # Without it every stop waits ten seconds for connections that no one opens.
            "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
        } | self._config
        text = "".join(f"{key}={value}\n" for key, value in lines.items())
        (self.home / "conf" / "neo4j.conf").write_text(text, encoding="utf-8")

    def _set_initial_password(self) -> None:
        command = [
            *(self._java, "-Xmx256m", *_JAVA_OPENS, "-cp", f"{self._libraries}/*"),
            "org.neo4j.server.startup.Neo4jAdminCommand",
            *("dbms", "set-initial-password", self.password),
        ]
        environment = os.environ | {"NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")}
        done = subprocess.run(  # noqa: S603 - our own arguments only
            command, env=environment, capture_output=True, text=True, timeout=ADMIN_TIMEOUT_S, check=False
        )
        if done.returncode != 0:
            message = f"Neo4j took no password:\n{_tail(done.stdout + done.stderr)}"
            raise Neo4jStartFailed(message)

    def _wait_until_up(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self._start_timeout_s
        while time.monotonic() < deadline:
            if process.poll() is not None:
                message = f"Neo4j ended with exit code {process.returncode}:\n{self._log_tail()}"
                raise Neo4jStartFailed(message)
            if _speaks_bolt(self._port) and "Started." in self._read_log():
                return
            time.sleep(0.1)
        message = f"Neo4j did not answer within {self._start_timeout_s:.0f} s:\n{self._log_tail()}"
        raise Neo4jStartFailed(message)

    def _read_log(self) -> str:
        if not self._log.exists():
            return ""
        return self._log.read_bytes()[self._log_start :].decode(errors="replace")

    def _log_tail(self) -> str:
        return _tail(self._read_log() + self._console.read_text(errors="replace"))

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        group = process.pid
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        # The watcher that shares the group has nothing left to watch.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        if process.stdin is not None:
            process.stdin.close()


def _get_program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        message = f"'{name}' is not installed. {HOW_TO_GET_NEO4J}"
        raise Neo4jUnavailable(message)
    return found


def _get_java() -> str:
    java = _get_program("java")
    done = subprocess.run(  # noqa: S603 - the program that the person installed
        [java, "-version"], capture_output=True, text=True, timeout=ADMIN_TIMEOUT_S, check=False
    )
    version = re.search(r'version "(\d+)', done.stderr + done.stdout)
    if version is None or int(version[1]) < OLDEST_JAVA:
        found = _tail(done.stderr + done.stdout).strip() or "no answer"
        message = f"Java {OLDEST_JAVA} or newer is needed; 'java -version' says: {found}. {HOW_TO_GET_NEO4J}"
        raise Neo4jUnavailable(message)
    return java


def _get_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _speaks_bolt(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as connection:
            connection.sendall(_BOLT_GREETING)
            return len(connection.recv(4)) > 0
    except OSError:
        return False


def _tail(text: str) -> str:
    return "\n".join(text.splitlines()[-LOG_TAIL_LINES:])
