"""differences between two texts -> those where one says what the other denies."""

from collections.abc import Iterable
from string import punctuation

from dedup.duplicates.measure import Difference
from dedup.duplicates.story import SENTENCE_WORDS, Story

WORDS = 3  # of such a difference at most
NOT = {
    "not", "no", "never", "nicht", "nie", "niemals", "pas", "jamais", "nunca", "jamás", "não", "non", "niet",
    "nooit", "nigdy", "не", "нет", "inte", "aldrig", "ikke", "aldri", "değil", "tidak", "bukan", "không",
    "नहीं", "لا", "لم", "لن", "ليس", "ليست", "不", "没", "沒", "未",
}  # fmt: skip
AFFIRMED = {
    "cannot": "can", "cant": "can", "couldnt": "could", "wont": "will", "wouldnt": "would", "shouldnt": "should",
    "isnt": "is", "arent": "are", "wasnt": "was", "werent": "were", "hasnt": "has", "havent": "have", "hadnt": "had",
    "dont": "", "doesnt": "", "didnt": "", "without": "with", "neither": "either", "kein": "ein", "keine": "eine",
    "keinen": "einen", "keinem": "einem", "keiner": "einer", "keines": "eines", "ohne": "mit", "geen": "een",
    "zonder": "met", "sans": "avec", "sin": "con", "senza": "con", "sem": "com", "без": "с", "bez": "z", "utan": "med",
}  # fmt: skip
MARKS = punctuation + "“”„«»‘…–—、，。"  # around a word
APOSTROPHES = str.maketrans("", "", "'’")
# What comes and goes with a negation, and says nothing itself.
CARRIES = {"a", "an", "any", "some", "do", "does", "did", "ein", "eine", "einen", "einem", "einer", "eines", "een"}


def turned(a: Story, b: Story, stretches: Iterable[Difference]) -> list[Difference]:
    """Return the stretches between aligned words where one text says what the other denies.

    That is a few words which are the same but for a negation. Lines too short for a sentence are not looked at.
    """
    return [
        each
        for each in stretches
        if max(each[1] - each[0], each[3] - each[2]) <= WORDS
        and _differ(_words(a, each[0], each[1]), _words(b, each[2], each[3]))
        and min(a.line_words(each[0]), b.line_words(each[2])) > SENTENCE_WORDS
    ]


def _words(story: Story, first: int, last: int) -> list[str]:
    """Return the words of tokens `first` to `last` (exclusive), folded; that of "No. 5" is no negation."""
    if first == last:
        return []
    words = [word.strip(MARKS) for word in story.quote(first, last).translate(APOSTROPHES).casefold().split()]
    if words[-1:] == ["no"] and last < len(story) and story.is_number(last):
        return [*words[:-1], "number"]
    return words


def _differ(mine: list[str], other: list[str]) -> bool:
    denied, other_denied = (any(word in NOT or word in AFFIRMED for word in words) for words in (mine, other))
    return denied != other_denied and _affirmed(mine) == _affirmed(other)


def _affirmed(words: list[str]) -> list[str]:
    """Return what some words say without a negation, and without what comes and goes with one."""
    said = (AFFIRMED.get(word, word) for word in words if word not in NOT)
    return [word for word in said if word and word not in CARRIES]
