"""What holds of the test class and of the store's own signatures, beside what the store does."""

import inspect
from typing import get_type_hints

import pytest

from matchmaker.graph.store import GraphStore, OperationsStore
from matchmaker.testing.contract.place import PlaceContract

CONTRACT_MODULES = "matchmaker.testing."


def public_methods(protocol: type) -> list[str]:
    """Return the names of a protocol's methods."""
    return sorted(
        name for name, member in vars(protocol).items() if inspect.isfunction(member) and not name.startswith("_")
    )


class ConformanceContract(PlaceContract):
    """What a store and its test class look like."""

    def test_no_test_of_the_contract_is_overridden_left_out_or_marked(self) -> None:
        names = [name for name in dir(type(self)) if name.startswith("test")]
        assert len(names) > 100
        for name in names:
            defining = [owner for owner in type(self).__mro__ if name in vars(owner)]
            assert len(defining) == 1, f"{name} is defined by {defining}"
            assert defining[0].__module__.startswith(CONTRACT_MODULES), f"{name} is no part of the contract"
            marks = {mark.name for mark in getattr(vars(defining[0])[name], "pytestmark", [])}
            assert marks <= {"parametrize"}, f"{name} is marked {marks}"
        own = {mark.name for mark in getattr(type(self), "pytestmark", [])}
        assert not own & {"skip", "skipif", "xfail"}

    @pytest.mark.parametrize("name", public_methods(GraphStore))
    def test_the_store_has_the_signatures_of_the_protocol(self, store: GraphStore, name: str) -> None:
        assert_same_signature(GraphStore, type(store), name)

    @pytest.mark.parametrize("name", public_methods(OperationsStore))
    def test_its_operations_have_the_signatures_of_the_protocol(self, store: GraphStore, name: str) -> None:
        assert_same_signature(OperationsStore, type(store.operations()), name)


def assert_same_signature(protocol: type, implementation: type, name: str) -> None:
    """See that a method takes and returns exactly what the protocol says."""
    promised, given = getattr(protocol, name), getattr(implementation, name)
    parameters = inspect.signature(given).parameters
    shown = [(one.name, one.kind, one.default) for one in parameters.values()]
    assert shown == [(one.name, one.kind, one.default) for one in inspect.signature(promised).parameters.values()]
    assert get_type_hints(given) == get_type_hints(promised)
