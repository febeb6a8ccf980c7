"""The contract that every store passes: inherit `StoreContract`, give the fixture ``place``, override nothing else.

::

    class TestMyStore(StoreContract):
        @pytest.fixture
        def place(self, tmp_path: Path) -> StorePlace:
            return MyPlace(tmp_path)
"""

from matchmaker.testing.contract.batches import BatchContract
from matchmaker.testing.contract.place import PlaceContract, RawReader, StorePlace
from matchmaker.testing.contract.refusing import RefusalContract

__all__ = ["PlaceContract", "RawReader", "StoreContract", "StorePlace"]


class StoreContract(BatchContract, RefusalContract):
    """Every promise of `matchmaker.graph.store`, as tests."""
