"""The parts of the store contract, one subject a file; `matchmaker.testing.store_contract` joins them."""
