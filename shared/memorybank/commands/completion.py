"""`memorybank completion`: prints what makes a shell complete the command.

eval "$(memorybank completion bash)"
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from memorybank.commands.terminal import say

Words = dict[str, list[str]]
"""The words that may follow the command and each of its own commands, such as `bank create`."""

_BASH = """\
_memorybank() {{
  local path="" word cur="${{COMP_WORDS[COMP_CWORD]}}"
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case " {paths} " in *" ${{path:+$path/}}$word "*) path="${{path:+$path/}}$word" ;; esac
  done
  local words=""
  case "$path" in
{cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}}
complete -o default -F _memorybank memorybank open-memory-bank
"""


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("completion", help='print what makes a shell complete this command: eval "$(...)"')
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Print the script for a shell."""
    from memorybank.commands.main import parser_of_all  # noqa: PLC0415 - it imports this module

    words = words_of(parser_of_all())
    say(_fish(words) if asked.shell == "fish" else _bash(words, zsh=asked.shell == "zsh"))
    return 0


def words_of(parser: argparse.ArgumentParser, path: str = "") -> Words:
    """Return the words that may follow a parser's command, and all commands below it."""
    found: Words = {path: []}
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to list them
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            for name, inner in action.choices.items():
                found[path].append(name)
                found |= words_of(inner, f"{path}/{name}".strip("/"))
        else:
            found[path] += [option for option in action.option_strings if option.startswith("--")]
            found[path] += [str(choice) for choice in action.choices or ()]
    return found


def _bash(words: Words, *, zsh: bool) -> str:
    cases = "\n".join(f'    "{path}") words="{" ".join(found)}" ;;' for path, found in words.items())
    script = _BASH.format(paths=" ".join(filter(None, words)), cases=cases)
    return f"autoload -U +X bashcompinit && bashcompinit\n{script}" if zsh else script


def _fish(words: Words) -> str:
    def lines() -> Iterator[str]:
        for path, found in words.items():
            names = path.split("/") if path else []
            seen = " and ".join(f"__fish_seen_subcommand_from {name}" for name in names) or "__fish_use_subcommand"
            for word in found:
                said = f"-l {word[2:]}" if word.startswith("--") else f"-a {word}"
                yield f"complete -c memorybank -n '{seen}' {said}"

    return "\n".join(lines())
