from typing import Any

import pytest

from memorybank.aip.query import read_query
from memorybank.errors import InvalidArgument

TAKEN = ("pageSize", "pageToken", "filter")


def refused(*pairs: tuple[str, str]) -> dict[str, str]:
    with pytest.raises(InvalidArgument) as error:
        read_query(pairs, taken=TAKEN)
    [detail] = error.value.details()
    found: list[dict[str, Any]] = detail["fieldViolations"]
    return {violation["field"]: violation["description"] for violation in found}


def test_both_spellings_are_one_parameter() -> None:
    assert read_query([("page_size", "2"), ("pageToken", "t")], taken=TAKEN) == {"pageSize": "2", "pageToken": "t"}


def test_the_same_value_twice_is_no_contradiction() -> None:
    pairs = [("page_size", "2"), ("pageSize", "2"), ("pageSize", "2")]
    assert read_query(pairs, taken=TAKEN) == {"pageSize": "2"}


@pytest.mark.parametrize("second", ["page_size", "pageSize"])
def test_different_values_of_one_parameter_are_refused(second: str) -> None:
    assert refused(("pageSize", "2"), (second, "3")) == {"pageSize": "is given twice, with different values"}


def test_every_unknown_parameter_is_named_with_what_there_is() -> None:
    says = "is not a query parameter of this method; it takes filter, pageSize, pageToken"
    names = ("page", "PageSize", "page-size", "$filter", "x" * 100)
    assert refused(*((name, "1") for name in names)) == {name[:60]: says for name in names}


@pytest.mark.parametrize(
    "name", ["$alt", "alt", "key", "prettyPrint", "$prettyPrint", "fields", "$.xgafv", "quotaUser"]
)
@pytest.mark.parametrize("taken", [(), TAKEN])
def test_what_every_google_api_takes_is_ignored(name: str, taken: tuple[str, ...]) -> None:
    assert read_query([(name, "a"), (name, "b")], taken=taken) == {}
