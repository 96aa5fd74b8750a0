"""Makes failures inside the public contracts show both sides of an assertion."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("memorybank.testing")
