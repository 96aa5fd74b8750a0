import pytest

from memorybank.aip.casing import to_camel, to_snake


@pytest.mark.parametrize(
    ("snake", "camel"),
    [
        ("create_time", "createTime"),
        ("fact", "fact"),
        ("a_b_c", "aBC"),
        ("", ""),
        ("_private", "_private"),
        ("x2", "x2"),
    ],
)
def test_names_go_from_one_spelling_to_the_other_and_back(snake: str, camel: str) -> None:
    assert to_camel(snake) == camel
    assert to_snake(camel) == snake


def test_a_name_already_in_the_wanted_spelling_stays() -> None:
    assert to_camel("createTime") == "createTime"
    assert to_snake("create_time") == "create_time"
