"""Settings: what a place may choose, read from the environment. `matchmaker.bootstrap` alone reads them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "MATCHMAKER_"
NO_SNAPSHOTS = "off"
DEFAULT_STORE = "sqlite:///matchmaker.db"


class DurabilityChoice(StrEnum):
    """What a power cut may cost the embedded store."""

    FULL = "full"
    NORMAL = "normal"


class Settings(BaseSettings):
    """Every setting; each is the environment variable of its name in capitals, with ``MATCHMAKER_`` before it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    store: Annotated[
        str,
        Field(
            min_length=1,
            description="Where the graph is: `sqlite:///FILE` for a file beside you, `sqlite:////ABSOLUTE/FILE`, "
            "`neo4j://HOST` or `bolt://HOST`; `+s` after the word asks for an encrypted connection, `+ssc` for one "
            "with any certificate. Never with a password.",
        ),
    ] = DEFAULT_STORE
    durability: Annotated[
        DurabilityChoice,
        Field(
            description="SQLite: with `full`, every batch survives a power cut; `normal` is faster and may lose the "
            "newest ones in one, each whole. A killed process costs nothing in either."
        ),
    ] = DurabilityChoice.FULL
    snapshots: Annotated[
        str | None,
        Field(
            description="Where snapshots of large graphs are kept between runs, so that a start takes seconds: a "
            "folder that nobody else may enter, since they hold all that staff may see; `off` for nowhere. By default "
            "beside an SQLite store (`FILE.snapshots`), and nowhere for Neo4j."
        ),
    ] = None
    neo4j_user: Annotated[str, Field(min_length=1, description="The user of the Neo4j database.")] = "neo4j"
    neo4j_password: Annotated[SecretStr | None, Field(description="That user's password. There is no default.")] = None
    neo4j_password_file: Annotated[
        Path | None, Field(description="A file that holds the password, in place of the above.")
    ] = None
    public_url: Annotated[
        str,
        Field(
            pattern=r"^(https?://[^/\s?#@]+(/[^\s?#]*)?)?$",
            description="Where people outside reach this server, such as `https://hub.example.org`: the stop links in "
            "messages lead there. A proxy need forward nothing but `/v1/stop/`. Without it, messages can't be "
            "saved for sending.",
        ),
    ] = ""
    neo4j_database: Annotated[
        str | None, Field(min_length=1, description="Which database; the server's default where it isn't set.")
    ] = None


def settings_table() -> str:
    """Return every setting as a Markdown table: variable, default, meaning."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        lines.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"
