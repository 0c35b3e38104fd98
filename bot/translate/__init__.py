"""Translation between staff and visitors; failing means the original with a notice.

A translator never raises and never keeps anybody waiting longer than its time limit.
"""

from bot.translate.each import translate_each
from bot.translate.engines import NoTranslator, Translation, Translator
from bot.translate.glossary import Glossary, Term
from bot.translate.interpreter import Interpreter
from bot.translate.make import GoogleTranslator, LibreTranslator, make_translator
from bot.translate.memory import Memory, Remembered
from bot.translate.said import Heard, Spoken

__all__ = [
    "Glossary",
    "GoogleTranslator",
    "Heard",
    "Interpreter",
    "LibreTranslator",
    "Memory",
    "NoTranslator",
    "Remembered",
    "Spoken",
    "Term",
    "Translation",
    "Translator",
    "make_translator",
    "translate_each",
]
