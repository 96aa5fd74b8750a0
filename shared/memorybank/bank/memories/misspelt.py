"""Which words of the facts a misspelt word of a query may mean: those that are one typing error away.

An error is a letter too many, missing or wrong, or two neighbours that changed places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

LEAST = 5
"""The letters of the shortest word that is compared: most shorter ones are one error away from some other word."""

_MOST, _MOST_ALIKE = 4_000, 20_000


class Words:
    """The different words of facts; the first 4,000 count.

    All look-ups together compare at most 20,000 words letter by letter: facts can be made of words that are all alike.
    """

    def __init__(self, words: Iterable[str]) -> None:
        """Take the words, which may repeat."""
        self._lines = "\n" + "\n".join([*dict.fromkeys(words)][:_MOST]) + "\n"
        self._left = _MOST_ALIKE

    def near(self, word: str) -> list[str]:
        """Return the words that are one error away from this one."""
        half = len(word) // 2  # one error leaves the first half as it was, or what follows the letter after it
        found = chain(self._with("\n" + word[:half], begins=1), self._with(word[half + 1 :] + "\n"))
        alike = {*islice(found, self._left)}
        self._left -= len(alike)
        return [each for each in alike if len(each) >= LEAST - 1 and each.isalpha() and _is_one_error(word, each)]

    def _with(self, part: str, *, begins: int = 0) -> Iterator[str]:
        lines, place = self._lines, 0
        while (place := lines.find(part, place)) >= 0:
            end = lines.index("\n", place + 1)
            yield lines[lines.rindex("\n", 0, place + begins) + 1 : end]
            place = end


def _is_one_error(one: str, other: str) -> bool:
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    same = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if same is None:
        return True  # one is the other and a letter more
    if len(one) != len(other):
        shorter, longer = sorted((one, other), key=len)
        return shorter[same:] == longer[same + 1 :]
    swapped = one[:same] + one[same + 1] + one[same] if same + 1 < len(one) else one
    return one[same + 1 :] == other[same + 1 :] or swapped + one[same + 2 :] == other
