"""number words -> the numbers they stand for."""

from dedup import _kernel
from dedup.tokens import DIGIT

# Without those that are mostly something else in another of these languages: "one", "once", "sei", "elf", Dutch "onze".
WORDS = {
    0: "zero",
    2: "two zwei deux dois duas twee dwa dwie два две iki",
    3: "three drei trois tres tre drie trzy три üç",
    4: "four vier quatre cuatro quattro quatro cztery четыре dört",
    5: "five fünf cinq cinco cinque vijf pięć пять beş",
    6: "six sechs seis zes sześć шесть altı",
    7: "seven sieben sept siete sette sete zeven siedem семь yedi",
    8: "eight acht huit ocho otto oito osiem восемь sekiz",
    9: "nine neun neuf nueve nove negen dziewięć девять dokuz",
    10: "ten zehn diez dieci dez dziesięć десять",
    11: "eleven undici одиннадцать",
    12: "twelve zwölf douze doce dodici doze twaalf двенадцать",
    13: "thirteen dreizehn treize trece tredici treze dertien",
    14: "fourteen vierzehn quatorze catorce veertien",
    15: "fifteen fünfzehn quinze quince vijftien",
    16: "sixteen sechzehn seize dieciséis zestien",
    17: "seventeen siebzehn diecisiete zeventien",
    18: "eighteen achtzehn dieciocho achttien",
    19: "nineteen neunzehn diecinueve negentien",
    20: "twenty zwanzig vingt veinte venti vinte twintig двадцать",
    30: "thirty dreißig trente treinta trenta trinta dertig тридцать",
    40: "forty vierzig quarante cuarenta quaranta quarenta veertig сорок",
    50: "fifty fünfzig cinquante cincuenta cinquanta cinquenta vijftig",
    60: "sixty sechzig soixante sesenta sessanta sessenta zestig",
    70: "seventy siebzig setenta settanta zeventig",
    80: "eighty achtzig ochenta ottanta oitenta tachtig",
    90: "ninety neunzig noventa novanta negentig",
}

ENGLISH = {1: "one", **{number: words.split()[0] for number, words in WORDS.items()}}
JOINED = {ENGLISH[ten] + ENGLISH[one]: ten + one for ten in range(20, 100, 10) for one in range(1, 10)}  # twenty-two
VALUES = JOINED | {word: number for number, words in WORDS.items() for word in words.split()}
(HASHES,) = _kernel.words([" ".join(VALUES).encode()], [b""], True)  # u64 bytes
NUMBERS = frozenset(memoryview(HASHES).cast("Q"))
LONGEST = 2  # digits of a number that may be written in a word


def value(word: str) -> int | None:
    """Return the number a word (folded) or a few digits stand for."""
    if word.isdecimal():
        return int(word) if len(word) <= LONGEST else None
    return VALUES.get(word.replace("-", ""))


def is_number(word: int, flags: int) -> bool:
    """Whether a token holds a digit, or is a number word."""
    return flags & DIGIT != 0 or word in NUMBERS


def figure(word: str) -> str:
    """Return the digits of a number, also of one in a word or with letters: "7th", "07" and "seven" are "7"."""
    folded = word.casefold()
    digits = "".join(each for each in folded if each.isdecimal())
    return digits.lstrip("0") or str(VALUES.get(folded, 0))
