"""Every example in a docstring does what it says."""

import doctest
import importlib
import pkgutil

import pytest

import matchmaker

MODULES = sorted(
    name for _, name, _ in pkgutil.walk_packages(matchmaker.__path__, "matchmaker.") if not name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder()
    modules = [importlib.import_module(name) for name in MODULES]
    assert sum(len(found.examples) for module in modules for found in finder.find(module)) > 50
