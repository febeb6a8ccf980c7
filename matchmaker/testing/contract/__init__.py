"""The parts of the store contract, one subject a file; `matchmaker.testing.store_contract` joins them."""

import sys

import pytest

# A failing assertion of the contract shows its values, as that of any test does. This has to happen before the parts
# are imported, and importing any of them comes by here.
_ASSERTING = (
    *(
        f"{__name__}.{part}"
        for part in (
            "batches",
            "conforming",
            "describing",
            "exploring",
            "operating",
            "place",
            "racing",
            "reading",
            "refusing",
            "removing",
            "valuing",
        )
    ),
    "matchmaker.testing.store_machine",
)
pytest.register_assert_rewrite(*(name for name in _ASSERTING if name not in sys.modules))
