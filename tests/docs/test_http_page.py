"""The page on the HTTP API names every path."""

from pathlib import Path

from matchmaker.api.app import create_app
from matchmaker.graph.sqlite import SqliteStore

PAGE = Path(__file__).parents[2] / "docs" / "http-api.md"


def test_the_page_names_every_path(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    store = SqliteStore.open(tmp_path / "store.db")
    try:
        paths = create_app(store).openapi()["paths"]
    finally:
        store.close()
    routes = [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]
    assert "POST /v1/imports/{job}/undo" in routes
    assert [route for route in routes if f"`{route}`" not in page and f"`{route}?" not in page] == []
