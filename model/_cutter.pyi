from collections.abc import Callable
from typing import TypeAlias

Spans: TypeAlias = list[tuple[int, int]]

class Words:
    def __init__(
        self, ask: Callable[[str], bool | str | None], ask_pair: Callable[[str], bool], starters: frozenset[str]
    ) -> None: ...

def cut_article(
    article: str,
    settle_paragraph: Callable[[str, int, int], Spans],
    settle_block: Callable[[str, int, int], Spans],
    words: Words,
) -> Spans | None: ...
