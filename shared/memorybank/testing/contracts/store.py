"""What every document store must do, as tests: subclass `StoreContract` beside a fixture `store` and run pytest.

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self) -> Iterator[DocumentStore]: ...

`FaultContract` (`store_faults`) has what a store must do when its driver fails, beside a fixture `outage`.

The store may be shared and need not be empty: every test uses paths and collection ids that are new. For
failures that show both sides of an assertion, call `pytest.register_assert_rewrite("memorybank.testing")` before
importing this module.
"""

from __future__ import annotations

from memorybank.testing.contracts.store_commits import CommitContract
from memorybank.testing.contracts.store_nearest import NearestContract
from memorybank.testing.contracts.store_queries import QueryContract
from memorybank.testing.contracts.store_threads import ThreadContract
from memorybank.testing.contracts.store_values import ValueContract


class StoreContract(ValueContract, CommitContract, QueryContract, NearestContract, ThreadContract):
    """Every promise of `memorybank.ports.documents`."""
