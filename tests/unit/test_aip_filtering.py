import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from memorybank.aip.filters.parse import MAX_FILTER_DEPTH, parse_filter, required_equality
from memorybank.aip.filters.tree import And, Comparison, Expression, Not, Or
from memorybank.errors import InvalidArgument
from tests.growth import LINEAR, growth


def is_(path: str, op: str, value: str, *, quoted: bool = False, column: int = 1) -> Comparison:
    return Comparison(tuple(path.split(".")), op, value, quoted, column)


def sketch(expression: Expression | None) -> str:
    """Write a tree with every parenthesis there can be."""
    match expression:
        case Comparison(path, op, value):
            return f"{'.'.join(path)}{op}{value}"
        case Not(operand):
            return f"!{sketch(operand)}"
        case And(operands):
            return f"({' & '.join(map(sketch, operands))})"
        case Or(operands):
            return f"({' | '.join(map(sketch, operands))})"
        case _:
            return ""


def refusal(text: str, **limits: int) -> str:
    with pytest.raises(InvalidArgument) as caught:
        parse_filter(text, **limits)
    (violation,) = caught.value.violations
    assert violation.field == "filter"
    return violation.description


@pytest.mark.parametrize("text", [None, "", "  \n\t"])
def test_a_blank_filter_is_none(text: str | None) -> None:
    assert parse_filter(text) is None


@pytest.mark.parametrize(
    ("text", "comparison"),
    [
        ("fact=tea", is_("fact", "=", "tea")),
        ("  fact = tea  ", is_("fact", "=", "tea", column=3)),
        (
            'fact="I like \\"tea\\"\\n\\\\ \\u00e9 \\ud83d\\ude00"',
            is_("fact", "=", 'I like "tea"\n\\ \u00e9 \U0001f600', quoted=True),
        ),
        ("fact='it\\'s \"it\"'", is_("fact", "=", 'it\'s "it"', quoted=True)),
        ('fact=""', is_("fact", "=", "", quoted=True)),
        ('fact =~ "^\\d+\\."', is_("fact", "=~", "^\\d+\\.", quoted=True)),
        ("fact:tea", is_("fact", ":", "tea")),
        ("a.b_c.d != 1.5", is_("a.b_c.d", "!=", "1.5")),
        ("scope.user_id=123", is_("scope.user_id", "=", "123")),
        ("labels.my-key<=-5", is_("labels.my-key", "<=", "-5")),
        ("labels.7 >= 7", is_("labels.7", ">=", "7")),
        ("labels.AND : OR2", is_("labels.AND", ":", "OR2")),
        ("create_time>2031-01-02T03:04:05.678Z", is_("create_time", ">", "2031-01-02T03:04:05.678Z")),
        ("t < 2031-01-02T03:04:05+02:00", is_("t", "<", "2031-01-02T03:04:05+02:00")),
        ("labels:*", is_("labels", ":", "*")),
        ("ORDER=ANDROID", is_("ORDER", "=", "ANDROID")),
        ("\u00fcber=\u00fc", is_("\u00fcber", "=", "\u00fc")),
    ],
)
def test_a_comparison_is_read(text: str, comparison: Comparison) -> None:
    assert parse_filter(text) == comparison


def test_a_key_of_a_map_may_be_quoted() -> None:
    parsed = parse_filter("labels.\"my key\".'it\\'s' = 1")
    assert parsed == Comparison(("labels", "my key", "it's"), "=", "1", quoted=False, column=1)


def test_the_column_says_where_a_comparison_begins() -> None:
    parsed = parse_filter("a=1 AND\n (b=2)")
    assert isinstance(parsed, And)
    assert [each.column for each in parsed.operands if isinstance(each, Comparison)] == [1, 11]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a=1 AND b=2", "(a=1 & b=2)"),
        ("a=1 b=2", "(a=1 & b=2)"),
        ("a=1 OR b=2", "(a=1 | b=2)"),
        ("a=1 AND b=2 OR c=3", "(a=1 & (b=2 | c=3))"),
        ("a=1 OR b=2 AND c=3", "((a=1 | b=2) & c=3)"),
        ("a=1 b=2 OR c=3", "(a=1 & (b=2 | c=3))"),
        ("a=1 b=2 AND c=3 d=4", "(a=1 & b=2 & c=3 & d=4)"),
        ("(a=1 AND b=2) OR c=3", "((a=1 & b=2) | c=3)"),
        ("a=1 AND (b=2 AND (c=3))", "(a=1 & b=2 & c=3)"),
        ("NOT a=1 OR b=2", "(!a=1 | b=2)"),
        ("NOT (a=1 OR b=2)", "!(a=1 | b=2)"),
        ("NOT(a=1)", "!a=1"),
        ("-a=1 -b=-2", "(!a=1 & !b=-2)"),
        ("-(a=1 b=2)", "!(a=1 & b=2)"),
        ("a=1(b=2)", "(a=1 & b=2)"),
        ("(((a=1)))", "a=1"),
        ("a=x-b OR NOTE=1", "(a=x-b | NOTE=1)"),
    ],
)
def test_or_binds_tighter_than_and(text: str, tree: str) -> None:
    assert sketch(parse_filter(text)) == tree


@pytest.mark.parametrize(
    ("text", "column", "found", "right"),
    [
        ("a", 2, "the filter ends", "an operator"),
        ("a=", 3, "the filter ends", "a value"),
        ("a=1 AND", 8, "the filter ends", "a comparison"),
        ("a=1 AND )", 9, "found ')'", "a comparison"),
        ("(a=1", 5, "the filter ends", "a closing parenthesis"),
        ("a=1)", 4, "found ')'", "no parenthesis is open"),
        ("a=1 OR OR b=2", 8, "found 'OR'", "a comparison"),
        ("AND a=1", 1, "found 'AND'", "a comparison"),
        ("NOT", 4, "the filter ends", "a comparison"),
        ("NOT NOT a=1", 5, "found 'NOT'", "a comparison"),
        ("a=AND b=1", 3, "found 'AND'", "a value"),
        ("a=1 and b=2", 9, "found 'b'", "only in upper case: AND"),
        ("a=1, b=2", 4, "found ','", "AND, OR or another comparison"),
        ('a="x', 3, "found '\"'", "never closed"),
        ("a='x\\'", 3, "found", "never closed"),
        ("a.=1", 3, "found '='", "a name"),
        ("a = (b)", 5, "found '('", "a value"),
        ("a == 1", 4, "found '='", "a value"),
        ("f(x) = 1", 2, "found '('", "an operator"),
        ("a[0] = 1", 2, "found", "an operator"),
        ("tea time", 5, "found 'time'", "an operator"),
        ('"a" = 1', 1, "found '\"a\"'", "a comparison"),
        ("fact = I like tea", 15, "found 'tea'", "needs quotes"),
        ("()", 2, "found ')'", "a comparison"),
        ("a=1\n AND\n %", 11, "found '%'", "a comparison"),
    ],
)
def test_a_syntax_error_says_where_it_is_what_is_there_and_what_would_be_right(
    text: str, column: int, found: str, right: str
) -> None:
    description = refusal(text)
    assert description.startswith(f"column {column}: {found}")
    assert right in description
    shown, caret = description.split("\n")[1:]
    assert shown == text.replace("\n", " ")
    assert caret == " " * (column - 1) + "^"


def test_the_caret_stands_right_in_a_long_filter_too() -> None:
    shown, caret = refusal("a=1 " * 500 + "b=, " + "c=2 " * 500).split("\n")[1:]
    assert len(shown) <= 100
    assert shown[len(caret) - 1] == ","


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert refusal('a=1 b="\\ud83d"').startswith("column 7: ")


def test_a_filter_has_a_greatest_length() -> None:
    assert parse_filter("a=" + "x" * 4094)
    assert "4096" in refusal("a=" + "x" * 4095)
    assert "3" in refusal("a=10", max_length=3)


def test_parentheses_may_be_many_but_operators_are_nested_only_so_deep() -> None:
    assert parse_filter("(" * 10_000 + "a=1" + ")" * 10_000, max_length=30_000) == is_("a", "=", "1", column=10_001)
    for opening in ("NOT (a=1 OR ", "a=1 AND (b=1 OR ("):
        for depth in (MAX_FILTER_DEPTH, 3_000):
            text = opening * depth + "a=1" + ")" * opening.count("(") * depth
            assert "deeper than" in refusal(text, max_length=100_000)


@pytest.mark.parametrize(("text", "end"), [("(", ""), (")", ""), ("NOT ", ""), ("-", ""), ("a=1 OR ", ""), ('""', '"')])
def test_hostile_repetition_is_refused_at_a_cost_in_proportion(text: str, end: str) -> None:
    def refuse(repeated: str) -> None:
        assert refusal(repeated, max_length=100_000)

    assert growth(refuse, lambda times: text * times + end, 1_250) < LINEAR


def test_a_long_chain_is_one_flat_node() -> None:
    parsed = parse_filter("a=1 " * 1000)
    assert isinstance(parsed, And)
    assert len(parsed.operands) == 1000


def test_no_text_whatever_makes_the_parser_crash() -> None:
    """Each text is a good filter with a few pieces of it lost, doubled or replaced."""
    dice = random.Random(160)  # noqa: S311 - the same dice every time
    good = ["a", "=", "1", "AND", "(", "b", ".", "c", ":", '"q"', "OR", "NOT", "d", ">", "2031-01-02T00:00:00Z", ")"]
    strays = [*good, "-", "'", '"', "\\", "\n", "*", ",", "\u00e9", "\0", "\U0001f600", "{", "and", "=~", "!=", ""]
    read = 0
    for _ in range(3000):
        pieces = list(good)
        for _ in range(dice.randint(1, 4)):
            pieces[dice.randrange(len(pieces))] = dice.choice(strays) + dice.choice(["", " ", dice.choice(strays)])
        text = dice.choice(["", " "]).join(pieces)
        try:
            read += parse_filter(text) is not None
        except InvalidArgument as error:
            assert error.violations[0].description.startswith("column ")  # noqa: PT017 - most texts are refused
    assert 100 < read < 2900


def test_many_threads_may_read_filters_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        parsed = list(pool.map(parse_filter, [f"a={number} OR b.c:{number}" for number in range(200)]))
    assert [sketch(each) for each in parsed] == [f"(a={number} | b.c:{number})" for number in range(200)]


def test_the_parser_library_is_loaded_with_the_first_filter_only() -> None:
    code = (
        "import sys; from memorybank.aip.filters import parse, schema; assert 'lark' not in sys.modules;"
        "parse.parse_filter('a=1'); assert 'lark' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('scope.user_id="1"', "1"),
        ("fact:x AND scope.user_id=1 create_time > 2031-01-01", "1"),
        ("(fact:x OR fact:y) (scope.user_id=1)", "1"),
        ('scope.user_id=""', ""),
        ("scope.user_id=1 AND scope.user_id=2", "1"),
        ("scope.userId=1", None),
        ("scope=1", None),
        ("scope.user_id!=1", None),
        ("scope.user_id:1", None),
        ("scope.user_id=1 OR fact:x", None),
        ("NOT scope.user_id=1", None),
        ("scope.user_id=1*", None),
        ('scope.user_id="*1"', None),
        ("", None),
    ],
)
def test_an_equality_that_must_hold_is_found_for_the_store(text: str, value: str | None) -> None:
    assert required_equality(parse_filter(text), ("scope", "user_id")) == value


def test_an_equality_is_found_in_camel_case_too() -> None:
    assert required_equality(parse_filter('userId="u"'), ("user_id",)) == "u"
