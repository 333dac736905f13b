"""What a model card or a post says of its model: one or two sentences for the alert, and its figures."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from bot.model import Facts
from bot.releases.facts.card_figures import figures_in
from bot.releases.facts.markdown import Block, BlockKind, blocks
from bot.releases.facts.text import one_line

LONGEST_SUMMARY = 300
_MOST_SENTENCES = 2
# In lower case, which takes a fifth of the time that IGNORECASE does.
_OTHER_SECTIONS = re.compile(
    r"licen[cs]e|citation|cite|bibtex|acknowledg|contact|contents|changelog|news|update|install|usage|how to|"
    r"quick ?start|getting started|requirement|deploy|download|prompt|disclaimer|limitation|bias|ethic|risk|"
    r"evaluation|benchmark|result|performance|hardware|environmental|training (?:data|procedure|detail)|"
    r"uses?$|example|faq|team|contributor|author|thank|terms"
)
_BOILERPLATE = re.compile(
    r"licen[cs]ed? (?:under|agreement)|released under|under (?:the|an?) [\w .-]{2,60}licen[cs]e|"
    r"copyright|all rights reserved|terms of (?:use|service)|acceptable use|privacy policy|"
    r"\bby (?:downloading|using|accessing|clicking)|you (?:need|must|have) to (?:agree|accept|share)|"
    r"more information needed|automatically generated|pushed on the hub|has been converted to|"
    r"subscribe|sign up|cookie|brief definition of inputs"
)
_INSTRUCTION = re.compile(
    r"\W*(?:\[!\w+\]|note\b|warning|important|tip\b|disclaimer|update|news|see |click|join |try |visit|"
    r"check |please|for (?:more|further|details)|read (?:more|our|the)|install|run |"
    r"to (?:use|run|install|get|load|learn|cite)|download|the following|below|we recommend|make sure|"
    r"if you|you can |this (?:model card|readme|page|document)|table of|figure|authors?\b|paper\b|homepage)",
    re.IGNORECASE,
)
_COMMON_WORDS = (
    "a an and are can for has have in is it of on our that the this to was we which with "
    "de der des die el en est et es il ist la le les los para pour que und un una une y"
)
_COMMON = frozenset(_COMMON_WORDS.split())
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…](?=[\"'”’)\]]?(?:\s|$))[\"'”’)\]]?|[。！？]")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|cf|al|approx|resp|fig|eq|sec|no|dr|mr|ms|st|inc|ltd|[a-z])\.$", re.IGNORECASE
)
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def summary(markdown: str) -> str:
    """Return the first prose of a model card or a post body, one or two sentences, or "".

    Front matter, headings, badges, images and their alternative text, tables, lists, code, quotes,
    navigation, instructions and licence boilerplate are no prose. At most 300 characters, cut at a
    sentence where one ends in time.
    """
    return _summary_of(blocks(markdown))


def card_facts(markdown: str, name: str = "", counted: int | None = None) -> Facts:
    """Return the parameters, active parameters and context length that a card's text states, and its summary.

    `name` is the repository's and `counted` the Hub's count, to find its row in a table of models. Nothing is
    derived: a figure that the card does not state of its own model, or states in two ways, is None.
    """
    card = list(blocks(markdown))
    return replace(figures_in(card, name, counted), summary=_summary_of(card))


def _summary_of(card: Iterable[Block]) -> str:
    return next((text for block in card if (text := _sentences_of(block))), "")


def _sentences_of(block: Block) -> str:
    if block.kind is not BlockKind.PROSE or not _is_prose(block):
        return ""
    text = ""
    for sentence in islice(_sentences(one_line(block.text, 4 * LONGEST_SUMMARY)), _MOST_SENTENCES):
        # Chinese and Japanese put no space between sentences
        longer = re.sub(r"(?<=[。！？]) ", "", f"{text} {sentence}".strip())
        is_too_much = text and (len(longer) > LONGEST_SUMMARY or sentence.endswith(":"))
        if is_too_much or _BOILERPLATE.search(sentence.lower()):
            break
        text = longer
    return "" if text.endswith(":") else _cut(text)


def _is_prose(block: Block) -> bool:
    text = block.text
    if block.linked > 0.5 or _OTHER_SECTIONS.search(block.section.lower()) or _INSTRUCTION.match(text):
        return False
    is_ascii = text.isascii()
    if not is_ascii and len(_WIDE.findall(text)) >= 15:
        return True
    words = text.split()
    if len(text) < 40 or len(words) < 7 or sum(map(str.isalpha, text)) < 0.6 * len(text):
        return False
    if len(words) < 12 and not _SENTENCE_END.search(text):
        return False
    is_latin = is_ascii or sum(map(str.isascii, text)) > 0.5 * len(text)
    return not is_latin or sum(word in _COMMON for word in _WORD.findall(text.lower())) >= 2


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in _SENTENCE_END.finditer(text):
        sentence = text[start : end.end()].strip()
        if sentence and not _ABBREVIATION.search(sentence[-8:]):
            yield sentence
            start = end.end()
    if text[start:].strip():
        yield text[start:].strip()


def _cut(text: str) -> str:
    """Return a sentence that is too long, cut at its last whole word."""
    if len(text) <= LONGEST_SUMMARY:
        return text
    start = text[: LONGEST_SUMMARY - 1]
    return (start.rpartition(" ")[0] or start).rstrip(" ,;:") + "…"
