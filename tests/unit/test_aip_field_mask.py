import pytest

from memorybank.aip.field_mask import parse_mask
from memorybank.errors import InvalidArgument

ALLOWED = ("display_name", "fact", "context_spec", "labels.*")


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (None, None),
        (" ", None),
        (",", None),
        ("fact", ("fact",)),
        ("displayName, fact ,display_name", ("display_name", "fact")),
        ("contextSpec.memoryBankConfig.ttl_config", ("context_spec.memory_bank_config.ttl_config",)),
        ("labels", ("labels",)),
        ("labels.myKey", ("labels.myKey",)),
        ("*", ("display_name", "fact", "context_spec", "labels")),
        ("fact,*", ("display_name", "fact", "context_spec", "labels")),
    ],
)
def test_masks_are_read_in_either_case(text: str | None, paths: tuple[str, ...] | None) -> None:
    assert parse_mask(text, allowed=ALLOWED) == paths


def test_every_unknown_path_is_named_along_with_what_is_allowed() -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_mask("scope,fact,createTime", allowed=ALLOWED)
    assert [violation.field for violation in caught.value.violations] == ["updateMask", "updateMask"]
    assert "'createTime'" in caught.value.violations[1].description
    assert "display_name, fact, context_spec, labels" in caught.value.violations[0].description


@pytest.mark.parametrize("text", ["fact.", ".fact", "context_spec..x", "labels.*.", "fact.*,x", "FACT"])
def test_a_malformed_path_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument):
        parse_mask(text, allowed=ALLOWED)
