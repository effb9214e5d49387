"""The tool that computes, which models do badly."""

from typing import Any

from chat_service.providers.port import OfferedTool
from chat_service.tools.arithmetic import CONSTANTS, FUNCTIONS, MAX_CHARS, NotComputable, evaluate
from chat_service.tools.port import TIMEOUT_SECONDS, ToolFailed
from service_kit.auth import Scope


class Calculator:
    """Computes an arithmetic expression exactly, as far as there is an exact result."""

    offered = OfferedTool(
        name="calculator",
        description=(
            "Computes an arithmetic expression with + - * / // % ** and parentheses, the functions "
            f"{', '.join(FUNCTIONS)} and the constants {', '.join(CONSTANTS)}. "
            "Angles are in radians; log(x) is the natural logarithm, log(x, b) the one to base b."
        ),
        parameters={
            "type": "object",
            "properties": {
                "expression": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": MAX_CHARS,
                    "description": "For example (17.5 + 3) * 12 / sqrt(2).",
                }
            },
            "required": ["expression"],
            "additionalProperties": False,
        },
    )

    timeout_seconds = TIMEOUT_SECONDS

    async def run(self, arguments: dict[str, Any], *, caller: Scope) -> str:
        """Return the value of the expression."""
        try:
            return evaluate(arguments["expression"])
        except NotComputable as refusal:
            raise ToolFailed(str(refusal)) from None
