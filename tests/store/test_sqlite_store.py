import pytest

from matchmaker.testing.store_contract import StoreContract, StorePlace


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def place(self, sqlite_place: StorePlace) -> StorePlace:
        return sqlite_place
