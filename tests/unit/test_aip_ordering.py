import pytest

from memorybank.aip.ordering import parse_order_by
from memorybank.errors import InvalidArgument

ALLOWED = {"create_time": "create_time", "update_time": "changed_at"}


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        (None, ()),
        ("  ", ()),
        ("create_time", (("create_time", False),)),
        ("createTime desc", (("create_time", True),)),
        (" create_time  DESC ,\tupdateTime asc ", (("create_time", True), ("changed_at", False))),
    ],
)
def test_orders_are_read_in_either_case(text: str | None, orders: tuple[tuple[str, bool], ...]) -> None:
    assert parse_order_by(text, allowed=ALLOWED) == orders


@pytest.mark.parametrize(
    "text",
    [
        "fact",
        "changed_at",
        "create_time down",
        "create_time desc desc",
        "create_time,",
        ",",
        "create_time, createTime desc",
        "create_time; update_time",
        "desc",
        "x" * 100_000,
    ],
)
def test_a_wrong_order_names_what_is_allowed(text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_order_by(text, allowed=ALLOWED)
    (violation,) = caught.value.violations
    assert violation.field == "orderBy"
    assert "create_time, update_time" in violation.description
    assert len(violation.description) < 300
