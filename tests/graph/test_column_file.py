"""Files of arrays: what comes back is what was kept, or nothing."""

import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from matchmaker.graph.column_file import Column, load_columns, save_columns

KINDS = ("?", "i1", "<i4", "<i8", "<u8", "<f8", "S5")
HELD = st.dictionaries(
    st.text(max_size=5),
    st.sampled_from(KINDS).flatmap(
        lambda kind: arrays.arrays(np.dtype(kind), arrays.array_shapes(min_dims=0, min_side=0))
    ),
)
EXAMPLE: dict[str, Column] = {
    "numbers": np.arange(1000, dtype=np.int32),
    "none": np.empty((0, 2)),
    "flag": np.ones(3, bool),
}


@given(HELD)
def test_what_was_kept_comes_back(tmp_path_factory: pytest.TempPathFactory, held: dict[str, Column]) -> None:
    path = tmp_path_factory.mktemp("columns") / "file"
    save_columns(path, held, {"revision": 3, "scope": "hub"})
    found = load_columns(path, {"revision": 3})
    assert found is not None
    assert dict(found.meta) == {"revision": 3, "scope": "hub"}
    assert found.arrays.keys() == held.keys()
    for name, array in held.items():
        assert (found.arrays[name].dtype, found.arrays[name].shape) == (array.dtype, array.shape)
        assert found.arrays[name].tobytes() == array.tobytes()
        assert not found.arrays[name].flags.writeable


def test_a_file_is_its_owners_alone_and_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "file"
    save_columns(path, EXAMPLE, {"revision": 1})
    first = load_columns(path, {"revision": 1})
    save_columns(path, {"numbers": np.zeros(2)}, {"revision": 2})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["file"]
    assert first is not None
    assert first.arrays["numbers"].sum() == 499_500
    assert load_columns(path, {"revision": 1}) is None
    second = load_columns(path, {"revision": 2})
    assert second is not None
    assert second.arrays["numbers"].tolist() == [0.0, 0.0]


def test_no_byte_can_change_unnoticed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    save_columns(path, EXAMPLE, {"revision": 1})
    whole = path.read_bytes()
    padding = len(whole) - len(whole.rstrip(b"\0"))
    for at in [*range(0, len(whole) - padding, 97), len(whole) - padding - 1]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        found = load_columns(path, {"revision": 1})
        if found is not None:
            assert {name: array.tobytes() for name, array in found.arrays.items()} == {
                name: array.tobytes() for name, array in EXAMPLE.items()
            }


@pytest.mark.parametrize("size", [0, 1, 20, 60, 61, 62, 200, 1000, 3000])
def test_a_part_of_a_file_is_none(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    save_columns(path, EXAMPLE, {"revision": 1})
    path.write_bytes(path.read_bytes()[:size])
    assert load_columns(path, {"revision": 1}) is None


def test_what_is_no_file_of_arrays_is_none(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"something else" * 100)
    assert load_columns(tmp_path / "text", {}) is None
    assert load_columns(tmp_path / "nothing", {}) is None
    assert load_columns(tmp_path, {}) is None


def test_objects_are_refused_and_leave_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="the column x is of type object"):
        save_columns(tmp_path / "file", {"x": np.array([{}, None])}, {})
    assert list(tmp_path.iterdir()) == []
