"""Every code can be said in both languages, from the same values."""

import re

import pytest

from matcher.planning.words import SENTENCES, Phrase
from matcher.problem.objective import NEEDS_TERMS, PROMISE_TERMS, QUALITY_TERMS
from matcher.problem.roster import TIERS
from matcher.problem.rules import RULES

GRAMMAR = {"people", "be", "have", "do", "s"}


@pytest.mark.parametrize("code", SENTENCES)
def test_both_languages_use_the_same_values(code):
    zh, en = (set(re.findall(r"{(\w+)}", sentence)) for sentence in SENTENCES[code])
    counted = {"count"} if en & GRAMMAR else set()
    # A month is a number in Chinese and a name in English.
    assert zh - {"month"} <= (en - GRAMMAR) | counted
    assert en - GRAMMAR - {"name"} <= zh


@pytest.mark.parametrize("code", SENTENCES)
def test_chinese_sentences_have_no_english_punctuation(code):
    assert not re.search(r"[一-鿿][,;:!?]", SENTENCES[code][0])


def test_every_rule_term_and_tier_has_words():
    assert set(RULES) <= SENTENCES.keys()
    assert {f"short_{rule}" for rule in RULES} <= SENTENCES.keys()
    assert {*TIERS, *NEEDS_TERMS, *PROMISE_TERMS, *QUALITY_TERMS} <= SENTENCES.keys()


def test_english_counts_people():
    assert Phrase("is_available", {"count": 1}).say("en") == "1 person is not free then"
    assert Phrase("is_available", {"count": 3}).say("en") == "3 people are not free then"
