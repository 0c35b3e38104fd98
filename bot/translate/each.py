"""Several texts with one question to a translator."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.translate.engines import Translation, Translator


async def translate_each(
    translator: Translator, texts: Sequence[str], source: str, target: str
) -> dict[str, Translation]:
    """Translates several texts with one question, a line for each; what failed is left out.

    Where an engine joins or parts lines, it is asked for each text by itself.
    """
    lines = [" ".join(text.split()) for text in texts]
    whole = await translator.translate("\n".join(lines), source, target)
    if whole is None:
        return {}
    parts = [part.strip() for part in whole.text.strip().split("\n")]
    if len(parts) == len(lines) and all(parts):
        return {text: replace(whole, text=part) for text, part in zip(texts, parts, strict=True)}
    each = await asyncio.gather(*(translator.translate(text, source, target) for text in texts))
    return {text: found for text, found in zip(texts, each, strict=True) if found is not None}
