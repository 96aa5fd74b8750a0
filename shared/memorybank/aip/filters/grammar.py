"""The grammar of filters, on lark's LALR parser; loaded with the first filter that is parsed."""

from __future__ import annotations

import re
from functools import cache
from typing import cast

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken, v_args

from memorybank.aip.filters.tree import And, Comparison, Expression, Not, Or, filter_violation
from memorybank.errors import InvalidArgument

GRAMMAR = r"""
?expression: sequence (_AND sequence)*          -> conjunction
?sequence: factor+                              -> conjunction
?factor: term (_OR term)*                       -> disjunction
?term: simple | (_NOT | _MINUS) simple          -> negation
?simple: comparison | _OPEN expression _CLOSE
comparison: path OPERATOR (QUOTED | BARE)
path: NAME (_DOT (KEY | QUOTED))*

_AND: "AND"
_OR: "OR"
_NOT: "NOT"
_MINUS: "-"
_OPEN: "("
_CLOSE: ")"
_DOT: "."
OPERATOR: /=~|!=|<=|>=|[=<>:]/
NAME: /(?!(?:AND|OR|NOT)\b)[^\W\d]\w*/
KEY: /[\w-]+/
QUOTED: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/s
BARE: /(?!(?:AND|OR|NOT)(?![^\s()]))[^\s()"'=<>,:][^\s()"'=<>,]*/
%ignore /\s+/
"""

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"'\\nrt]))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_LOWER_KEYWORD = re.compile(r"\b(and|or|not)\s*\Z")
_REMEDIES = {
    "BARE": "a value was expected: a word, a number, or text in quotes",
    "KEY": "a name was expected after the dot",
    "OPERATOR": "an operator was expected after the field, = != < <= > >= : or =~ (text with spaces needs quotes)",
    "NAME": 'a comparison was expected, such as display_name = "x"',
}
"""The hint for each expected terminal. NAME may also follow a comparison, so it counts only without _AND."""
_AROUND = 50
_SHOWN = 40


def parse(text: str) -> Expression:
    """Read a filter that is not blank; see `filtering.parse_filter`."""
    try:
        # The tree is built during parsing, so the result is the transformer's value for the start rule.
        return cast("Expression", _parser().parse(text))
    except UnexpectedInput as error:
        raise _syntax_error(text, error) from error


@v_args(inline=True)
class _Builder(Transformer[Token, Expression]):
    """Builds expressions from the grammar's rules; a chain of one operator becomes one flat node."""

    def conjunction(self, *operands: Expression) -> Expression:
        return operands[0] if len(operands) == 1 else And(tuple(_flat(And, operands)))

    def disjunction(self, *operands: Expression) -> Expression:
        return operands[0] if len(operands) == 1 else Or(tuple(_flat(Or, operands)))

    def negation(self, operand: Expression) -> Expression:
        return Not(operand)

    def comparison(self, path: tuple[Token, ...], operator: Token, value: Token) -> Expression:
        names = tuple(_unquoted(each) for each in path)
        return Comparison(names, str(operator), _unquoted(value), value.type == "QUOTED", _column(path[0]))

    def path(self, *names: Token) -> tuple[Token, ...]:
        return names


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", start="expression", transformer=_Builder())


def _flat(kind: type[And | Or], operands: tuple[Expression, ...]) -> list[Expression]:
    """Merge operands that are themselves of this kind."""
    return [inner for each in operands for inner in (each.operands if isinstance(each, kind) else (each,))]


def _unquoted(token: Token) -> str:
    if token.type != "QUOTED":
        return str(token)
    text = _ESCAPE.sub(_unescaped, token[1:-1])
    try:
        # Joins the surrogate pairs that \u escapes come in, and finds those without a partner.
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        raise filter_violation("holds half a surrogate pair", column=_column(token)) from error


def _unescaped(found: re.Match[str]) -> str:
    number, character = found.groups()
    return chr(int(number, 16)) if number else _ESCAPED.get(character, character)


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _syntax_error(text: str, error: UnexpectedInput) -> InvalidArgument:
    position = error.pos_in_stream or 0
    found = text[position : position + 1]
    expected: set[str] = set(getattr(error, "allowed", None) or ())
    if isinstance(error, UnexpectedToken):
        expected = set(error.expected)
        found = str(error.token)[:_SHOWN]
        position = len(text) if error.token.type == "$END" else position
    what = f"found {found!r}" if position < len(text) else "the filter ends"
    problem = f"{what}, but {_remedy(text, expected, position=position)}"
    return filter_violation(f"{problem}\n{_caret(text, position)}", column=position + 1)


def _remedy(text: str, expected: set[str], *, position: int) -> str:
    """Return what would be right at the place where the parser stopped."""
    if text[position : position + 1] in ('"', "'") and "QUOTED" in expected:
        return "this quote is never closed"
    if "OPERATOR" in expected and (keyword := _LOWER_KEYWORD.search(text[:position])):
        return f"{keyword[1]!r} is a keyword only in upper case: {keyword[1].upper()}"
    for terminal, remedy in _REMEDIES.items():
        if terminal in expected and "_AND" not in expected:
            return remedy
    if position >= len(text):
        return "a closing parenthesis was expected"
    if text[position] == ")":
        return "no parenthesis is open here"
    return "AND, OR or another comparison was expected (text with spaces or signs in it needs quotes)"


def _caret(text: str, position: int) -> str:
    """Show the surroundings of a position on one line, and a caret below it."""
    start = max(0, position - _AROUND)
    line = re.sub(r"\s", " ", text[start : position + _AROUND])
    return f"{line}\n{' ' * (position - start)}^"
