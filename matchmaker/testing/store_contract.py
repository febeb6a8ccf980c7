"""The contract that every store passes: inherit `StoreContract`, give the fixture ``place``, override nothing else.

::

    class TestMyStore(StoreContract):
        @pytest.fixture
        def place(self, tmp_path: Path) -> StorePlace:
            return MyPlace(tmp_path)
"""

from matchmaker.testing.contract.batches import BatchContract
from matchmaker.testing.contract.conforming import ConformanceContract
from matchmaker.testing.contract.describing import RecordContract, TenancyContract
from matchmaker.testing.contract.exploring import ExplorationContract
from matchmaker.testing.contract.operating import OperationsContract
from matchmaker.testing.contract.place import PlaceContract, RawReader, StorePlace
from matchmaker.testing.contract.racing import ConcurrencyContract
from matchmaker.testing.contract.reading import ReadingContract
from matchmaker.testing.contract.refusing import RefusalContract
from matchmaker.testing.contract.removing import RemovalContract
from matchmaker.testing.contract.valuing import ValueContract

__all__ = ["PlaceContract", "RawReader", "StoreContract", "StorePlace"]


class StoreContract(
    BatchContract,
    RefusalContract,
    RemovalContract,
    RecordContract,
    TenancyContract,
    ReadingContract,
    ValueContract,
    OperationsContract,
    ConcurrencyContract,
    ExplorationContract,
    ConformanceContract,
):
    """Every promise of `matchmaker.graph.store`, as tests."""
