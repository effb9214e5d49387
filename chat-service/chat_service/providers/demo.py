"""The built-in demo model: answers without any key, so that the first run always works, and says that it is one."""

import asyncio
import re
from collections.abc import AsyncGenerator

from chat_service.providers.port import Delta, Finish, ModelCall, Piece, Usage

NAME = "demo"
MODEL = "parley-demo"
LONG_PARAGRAPHS = 12
QUOTE_CHARS = 120
WORD = re.compile(r"\s*\S+\s*")

INTRODUCTION = (
    "I am Parley's built-in **demo model**. I know nothing about the world, but everything around me is real: "
    "this answer was streamed, stored and counted like any other.\n\n"
)
CONNECT_HINT = (
    "To talk to a real model, set `OPENAI_API_KEY` (and, for another server, `OPENAI_BASE_URL` and `OPENAI_MODEL`) "
    "in `.env` and start Parley again."
)
TABLE = """Here is a table, as a model would write one:

| Part | What it does | Port |
|---|---|---:|
| auth-service | accounts, sessions, tokens | 8001 |
| chat-service | conversations and turns | 8000 |
| analytics-service | the ledger and its reports | 8002 |

"""
CODE = '''Here is some code to look at:

```python
from itertools import pairwise


def is_gapless(sequence: list[int]) -> bool:
    """Tell whether every number follows the one before it."""
    return all(after == before + 1 for before, after in pairwise(sequence))
```

'''
LIST = """Three things worth trying:

1. **Stop me** in the middle of a long answer: what I said is kept.
2. **Reload the page** while I speak: I go on where you left.
3. Sign in as the administrator and watch the *analytics* move.

"""
PARAGRAPH = (
    "Paragraph {number} of {total}. A long answer is a good test: it keeps the stream open while you scroll, reload, "
    "lose the network or close the lid, and it must read the same afterwards, to the letter.\n\n"
)


class DemoModel:
    """Speaks at a steady pace and counts words as its tokens."""

    name = NAME

    def __init__(self, *, deltas_per_second: int) -> None:
        self._pause_seconds = 1 / deltas_per_second

    async def stream(self, call: ModelCall) -> AsyncGenerator[Piece, None]:
        """Stream an answer word by word, then say what it used."""
        words = WORD.findall(answer_to(call))
        for word in words:
            await asyncio.sleep(self._pause_seconds)
            yield Delta(word)
        yield Finish("stop")
        heard = sum(len(message.content.split()) for message in call.messages)
        yield Usage(input_tokens=heard, output_tokens=len(words))

    async def close(self) -> None:
        """Nothing is held."""


def answer_to(call: ModelCall) -> str:
    """Compose the answer: what was asked, and something to look at for the words it recognises."""
    question = call.messages[-1].content
    asked = question.casefold()
    earlier = sum(1 for message in call.messages if message.role == "user") - 1
    parts = [INTRODUCTION]
    if earlier > 0:
        noun = "question" if earlier == 1 else "questions"
        parts.append(f"I was given {earlier} earlier {noun} of this conversation as context.\n\n")
    parts.append(f"You asked:\n\n> {_quoted(question)}\n\n")
    shown = [text for word, text in (("table", TABLE), ("code", CODE), ("list", LIST)) if word in asked]
    if "long" in asked:
        shown.extend(PARAGRAPH.format(number=number, total=LONG_PARAGRAPHS) for number in range(1, LONG_PARAGRAPHS + 1))
    parts.extend(shown or [LIST])
    parts.append(CONNECT_HINT)
    return "".join(parts)


def _quoted(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= QUOTE_CHARS else f"{line[:QUOTE_CHARS].rstrip()}…"
