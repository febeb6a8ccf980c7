"""The contract's assertions show their values, as those of any test do."""

import pytest

pytest.register_assert_rewrite("matchmaker.testing.contract", "matchmaker.testing.store_machine")
