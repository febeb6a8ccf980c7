"""Operations: keys, audit trail, jobs and leases beside the graph."""

import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.graph.store import Entry, GraphStore, OperationsStore
from matchmaker.model.canonical import Scalar
from matchmaker.testing.contract.examples import put_example
from matchmaker.testing.contract.place import PlaceContract, StorePlace
from matchmaker.testing.elements import HOSTILE_FLOATS, HOSTILE_INTEGERS, HOSTILE_TEXTS, REFUSED_TEXTS

Answer = TypeVar("Answer")


def at_once(number: int, work: Callable[[int], Answer]) -> list[Answer]:
    """Run ``work`` in ``number`` threads that begin together; return their answers in order."""
    barrier = threading.Barrier(number)

    def run(index: int) -> Answer:
        barrier.wait(timeout=60)
        return work(index)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


class OperationsContract(PlaceContract):
    """What `OperationsStore` promises."""

    @pytest.fixture
    def operations(self, store: GraphStore) -> OperationsStore:
        """Return the operations of a new store."""
        return store.operations()

    def test_an_entry_is_put_once(self, operations: OperationsStore) -> None:
        assert operations.find("jobs", "one") is None
        assert operations.put_new("jobs", "one", {"state": "running", "parts": 3}) is True
        assert operations.put_new("jobs", "one", {"state": "other"}) is False
        assert operations.find("jobs", "one") == Entry("one", {"parts": 3, "state": "running"}, 1, None)
        assert operations.put_new("leases", "one", {"by": "worker"}, 1_700_000_000) is True
        assert operations.find("leases", "one") == Entry("one", {"by": "worker"}, 1, 1_700_000_000)

    def test_compare_and_set_replaces_only_the_version_it_names(self, operations: OperationsStore) -> None:
        operations.put_new("jobs", "one", {"state": "running", "part": 1}, 500)
        assert operations.compare_and_set("jobs", "one", 2, {"state": "no"}) is False
        assert operations.compare_and_set("jobs", "one", 1, {"state": "done"}) is True
        assert operations.find("jobs", "one") == Entry("one", {"state": "done"}, 2, None)
        assert operations.compare_and_set("jobs", "one", 1, {"state": "late"}) is False
        assert operations.compare_and_set("jobs", "none", 0, {"state": "new"}) is False
        assert operations.compare_and_set("jobs", "one", 2, {}, 900) is True
        assert operations.find("jobs", "one") == Entry("one", {}, 3, 900)

    def test_what_is_removed_can_be_put_again(self, operations: OperationsStore) -> None:
        operations.put_new("jobs", "one", {"a": 1})
        assert operations.compare_and_set("jobs", "one", 1, {"a": 2})
        assert operations.remove("jobs", "one") is True
        assert operations.remove("jobs", "one") is False
        assert operations.find("jobs", "one") is None
        assert operations.put_new("jobs", "one", {"a": 3}) is True
        assert operations.find("jobs", "one") == Entry("one", {"a": 3}, 1, None)

    def test_entries_come_in_key_order(self, operations: OperationsStore) -> None:
        keys = ["b", "B", "a", "ä", "a-1", "a1", "a_1", "\U0001f9ea", "\uffee", "10", "9", "z"]
        for key in keys:
            operations.put_new("jobs", key, {"key": key})
            operations.put_new("other", key, {"key": "other"})
        found = list(operations.iter_entries("jobs"))
        assert [entry.key for entry in found] == sorted(keys)
        assert [entry.fields for entry in found] == [{"key": key} for key in sorted(keys)]
        assert list(operations.iter_entries("none")) == []

    @pytest.mark.parametrize(
        "prefix", ["a", "a%", "a_", "%", "_", "a*", "a?", "a[", "a\\", "a'", "$", "a.", "\U0001f9ea", "zz"]
    )
    def test_a_prefix_is_taken_literally(self, operations: OperationsStore, prefix: str) -> None:
        keys = [
            "a",
            "a%b",
            "a_b",
            "axb",
            "a*b",
            "a?b",
            "a[b",
            "a\\b",
            "a'b",
            "$",
            "%",
            "_",
            "a.b",
            "\U0001f9ea1",
            "\U0001f9eb",
        ]
        for key in keys:
            operations.put_new("jobs", key, {})
        found = [entry.key for entry in operations.iter_entries("jobs", prefix)]
        assert found == sorted(key for key in keys if key.startswith(prefix))

    def test_log_entries_are_numbered_from_1_in_each_collection(self, operations: OperationsStore) -> None:
        assert operations.append("audit", [{"who": "a"}, {"who": "b"}]) == 2
        assert operations.append("audit", []) == 2
        assert operations.append("audit", [{"who": "c"}]) == 3
        assert operations.append("other", [{"who": "d"}]) == 1
        assert operations.append("nothing", []) == 0
        assert list(operations.iter_log("audit")) == [(1, {"who": "a"}), (2, {"who": "b"}), (3, {"who": "c"})]
        assert list(operations.iter_log("audit", 2)) == [(3, {"who": "c"})]
        assert list(operations.iter_log("audit", 3)) == []
        assert list(operations.iter_log("none")) == []

    def test_a_long_log_stays_in_order(self, operations: OperationsStore) -> None:
        assert operations.append("audit", [{"n": number} for number in range(1, 251)]) == 250
        assert [fields["n"] for _, fields in operations.iter_log("audit")] == list(range(1, 251))

    def test_a_log_and_entries_may_share_a_collections_name(self, operations: OperationsStore) -> None:
        operations.append("jobs", [{"a": 1}])
        operations.put_new("jobs", "1", {"b": 2})
        assert list(operations.iter_log("jobs")) == [(1, {"a": 1})]
        assert [entry.key for entry in operations.iter_entries("jobs")] == ["1"]
        assert list(operations.collections()) == ["jobs"]

    def test_what_expired_goes_when_asked(self, operations: OperationsStore) -> None:
        for key, expires_at in (("early", 99), ("now", 100), ("later", 101), ("never", None)):
            operations.put_new("leases", key, {"x": 1}, expires_at)
        operations.put_new("answers", "old", {}, 5)
        operations.append("audit", [{"kept": True}])
        assert operations.find("leases", "early") is not None
        assert operations.put_new("leases", "early", {}) is False
        assert operations.expire(100) == 3
        assert [entry.key for entry in operations.iter_entries("leases")] == ["later", "never"]
        assert operations.expire(100) == 0
        assert operations.put_new("leases", "early", {"again": True}) is True
        assert list(operations.collections()) == ["audit", "leases"]

    def test_collections_are_named_in_order(self, operations: OperationsStore) -> None:
        assert list(operations.collections()) == []
        for name in ("secret_keys", "jobs", "a-b", "audit", "a0"):
            operations.put_new(name, "k", {})
        operations.append("log-only", [{"a": 1}])
        assert list(operations.collections()) == ["a-b", "a0", "audit", "jobs", "log-only", "secret_keys"]
        operations.remove("jobs", "k")
        assert "jobs" not in operations.collections()

    def test_secrets_are_kept_like_anything_else(self, operations: OperationsStore) -> None:
        operations.put_new("secret_keys", "k1", {"digest": "00ff"})
        operations.append("secret_uses", [{"key": "k1"}])
        assert operations.find("secret_keys", "k1") == Entry("k1", {"digest": "00ff"}, 1, None)
        assert list(operations.iter_log("secret_uses")) == [(1, {"key": "k1"})]

    def test_operations_are_outside_the_graph(self, store: GraphStore) -> None:
        put_example(store)
        before = store.revision(), store.hashes(), store.contents(None)
        store.operations().put_new("jobs", "one", {"a": 1})
        store.operations().append("audit", [{"a": 1}])
        store.operations().expire(10)
        assert (store.revision(), store.hashes(), store.contents(None)) == before

    def test_operations_outlive_the_handle(self, store: GraphStore, place: StorePlace) -> None:
        operations = store.operations()
        operations.put_new("jobs", "one", {"a": 1}, 7)
        operations.append("audit", [{"a": 1}, {"a": 2}])
        store.close()
        again = place.open()
        try:
            assert again.operations().find("jobs", "one") == Entry("one", {"a": 1}, 1, 7)
            assert again.operations().append("audit", [{"a": 3}]) == 3
        finally:
            again.close()

    @pytest.mark.parametrize(
        "text", [text for text in HOSTILE_TEXTS if text == text.strip()], ids=lambda t: ascii(t)[:30]
    )
    def test_any_text_is_kept_in_a_field(self, operations: OperationsStore, text: str) -> None:
        operations.put_new("jobs", "k", {"text": text})
        operations.append("audit", [{"text": text}])
        entry = operations.find("jobs", "k")
        assert entry is not None
        assert entry.fields == {"text": canonical(text)}
        assert list(operations.iter_log("audit")) == [(1, {"text": canonical(text)})]

    def test_numbers_and_booleans_stay_apart(self, operations: OperationsStore) -> None:
        fields: dict[str, Scalar] = {"yes": True, "no": False, "one": 1, "one_float": 1.0, "zero": -0.0, "text": "1"}
        fields |= {f"f{index}": number for index, number in enumerate(HOSTILE_FLOATS)}
        fields |= {f"i{index}": number for index, number in enumerate((*HOSTILE_INTEGERS, -(2**63)))}
        operations.put_new("jobs", "k", fields)
        operations.append("audit", [fields])
        entry = operations.find("jobs", "k")
        assert entry is not None
        ((_, logged),) = operations.iter_log("audit")
        for found in (entry.fields, logged):
            assert found == fields
            assert {name: type(value) for name, value in found.items()} == {n: type(v) for n, v in fields.items()}
            assert str(found["zero"]) == "0.0"

    def test_an_empty_text_in_a_field_is_absent(self, operations: OperationsStore) -> None:
        operations.put_new("jobs", "k", {"note": "  ", "other": "x"})
        assert operations.find("jobs", "k") == Entry("k", {"other": "x"}, 1, None)

    @pytest.mark.parametrize(
        "fields",
        [
            {"Name": 1}, {"a b": 1}, {"": 1}, {"a`b": 1}, {"a": None}, {"a": ["list"]}, {"a": {"b": 1}},
            {"a": float("nan")}, {"a": float("inf")}, {"a": 2**63}, {"a": 10**4000}, *({"a": t} for t in REFUSED_TEXTS),
        ],
        ids=lambda fields: ascii(sorted(fields))[:20],
    )  # fmt: skip
    def test_fields_that_no_store_keeps_are_refused(
        self, operations: OperationsStore, fields: dict[str, Scalar]
    ) -> None:
        operations.put_new("jobs", "there", {"a": 1})
        with pytest.raises(InvalidInput):
            operations.put_new("jobs", "k", fields)
        with pytest.raises(InvalidInput):
            operations.compare_and_set("jobs", "there", 1, fields)
        with pytest.raises(InvalidInput):
            operations.append("audit", [{"good": 1}, fields])
        assert [entry.fields for entry in operations.iter_entries("jobs")] == [{"a": 1}]
        assert list(operations.iter_log("audit")) == []

    @pytest.mark.parametrize(
        "key", ["", " padded", "Cafe\u0301", "a\x00", "\ud800", "x" * 1001], ids=lambda k: ascii(k)[:20]
    )
    def test_keys_that_no_store_keeps_are_refused(self, operations: OperationsStore, key: str) -> None:
        with pytest.raises(InvalidInput):
            operations.put_new("jobs", key, {})
        assert operations.find("jobs", key) is None
        assert operations.remove("jobs", key) is False
        assert list(operations.iter_entries("jobs", key)) == []

    @pytest.mark.parametrize(
        "name", ["", "Jobs", "a b", "\ud800", "x" * 129, "a'b", "a`b"], ids=lambda n: ascii(n)[:20]
    )
    def test_names_of_collections_are_like_ids(self, operations: OperationsStore, name: str) -> None:
        with pytest.raises(InvalidInput):
            operations.put_new(name, "k", {})
        with pytest.raises(InvalidInput):
            operations.append(name, [{"a": 1}])
        assert operations.find(name, "k") is None
        assert operations.remove(name, "k") is False
        assert list(operations.iter_entries(name)) == []
        assert list(operations.iter_log(name)) == []

    def test_numbers_beyond_64_bits_are_no_accident(self, operations: OperationsStore) -> None:
        operations.put_new("leases", "k", {"a": 1}, 2**62)
        operations.append("audit", [{"a": 1}])
        with pytest.raises(InvalidInput, match="not a valid time"):
            operations.put_new("leases", "other", {}, 2**70)
        with pytest.raises(InvalidInput, match="not a valid time"):
            operations.compare_and_set("leases", "k", 1, {}, 2**70)
        assert operations.compare_and_set("leases", "k", 2**70, {}) is False
        assert list(operations.iter_log("audit", 2**70)) == []
        assert list(operations.iter_log("audit", -(2**70))) == [(1, {"a": 1})]
        assert operations.expire(-(2**70)) == 0
        assert operations.expire(2**70) == 1

    def test_of_many_who_put_the_same_key_one_wins(self, operations: OperationsStore) -> None:
        for number in range(5):
            won = at_once(4, lambda index, key=f"k{number}": operations.put_new("leases", key, {"by": index}))  # type: ignore[misc]  # the default binds the loop's key
            assert sorted(won) == [False, False, False, True]
            entry = operations.find("leases", f"k{number}")
            assert entry is not None
            assert entry.fields == {"by": won.index(True)}

    def test_of_many_who_change_the_same_version_one_wins(self, operations: OperationsStore) -> None:
        operations.put_new("budgets", "k", {"used": 0})

        def count_up(_: int) -> int:
            done = 0
            while done < 5:
                entry = operations.find("budgets", "k")
                assert entry is not None
                done += operations.compare_and_set(
                    "budgets", "k", entry.version, {"used": int(entry.fields["used"]) + 1}
                )
            return done

        assert at_once(4, count_up) == [5] * 4
        assert operations.find("budgets", "k") == Entry("k", {"used": 20}, 21, None)

    def test_logs_are_numbered_without_gaps_by_many(self, operations: OperationsStore) -> None:
        def write(index: int) -> list[int]:
            return [operations.append("audit", [{"by": index, "n": n}, {"by": index, "n": n + 100}]) for n in range(5)]

        lasts = at_once(4, write)
        assert sorted(last for own in lasts for last in own) == list(range(2, 41, 2))
        log = dict(operations.iter_log("audit"))
        assert list(log) == list(range(1, 41))
        for index, own in enumerate(lasts):
            for number, last in enumerate(own):
                assert log[last - 1] == {"by": index, "n": number}
                assert log[last] == {"by": index, "n": number + 100}


def canonical(text: str) -> str:
    """Return text as it is kept: composed."""
    return unicodedata.normalize("NFC", text)
