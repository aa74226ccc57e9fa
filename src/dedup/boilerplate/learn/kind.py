"""learned lines -> the kind of boilerplate they most likely are, by their words."""

import re
from collections import Counter
from collections.abc import Iterable

WORDS = {  # of a line of each kind; the first kind that has one is it
    "copyright": r"©|\(c\)|\bcopyright\b|rights reserved|droits réservés|rechte vorbehalten|derechos reservados"
    r"|direitos reservados|riproduzione riservata|права защищены|版权|版權|著作権|저작권|무단",
    "legal-disclaimer": r"\bdisclaim|\bnot (?:constitute|intended|responsible|liable|necessarily)\b"
    r"|\bno (?:warranty|liability)\b|\badvice\b|\baffiliate|\bforward.looking\b|\blicensed broker|\brisks and unc"
    r"|\bhaftung|免责|免責|отказ от ответственности",
    "newsletter": r"newsletter|subscri|\bsign up\b|\binbox\b|\bfollow us\b|\bdonat|abonn|suscr[ií]b|inscr[ei]v"
    r"|iscriviti|nieuwsbrief|подпи[сш]|подписывай|订阅|关注|구독|اشترك|सब्सक्राइब",
    "credit-line": r"\b(?:reporting|editing|writing|edited|written|reported|photos?|photograph|images?|picture|foto"
    r"|graphic)\b.{0,20}(?:\bby\b|:|/|credit|courtesy)|\bcontributed\b|\breporter\b|\bcorrespondent\b|^by \{"
    r"|责任编辑|记者|기자",
    "about-block": r"^about \S|\b(?:founded|headquarter|formerly known as|years of experience|world.class"
    r"|recognized as (?:a|the)|leading (?:\w+ )?(?:provider|company|supplier|developer|platform|exchange))"
    r"|^über uns|^关于",
    "contact": r"\S@\S|\b(?:contact|tel|phone|fax|inquiries)\b|\bkontakt\b|联系|문의|問い合わせ",
    "link-list": r"^\W*(?:read|see|more|related|also|watch|lire|leer|lee|leia|leggi|lees|lesen|czytaj|baca|читайте)\b"
    r"|\b(?:you (?:may|might)|recommended|most (?:read|popular))\b|相关|関連|관련",
    "link-footer": r"https?://|\bwww\.|\.(?:com|org|net)\b|\bvisit\b|\bclick here\b",
    "platform-chrome": r"\b(?:share|comments?|print|log ?in|cookies?|advertisement|menu|views|loading|play|facebook"
    r"|twitter|scroll down|continues?d? below)\b",
}
CLUES = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in WORDS.items())


def kind_of(lines: Iterable[str]) -> str:
    """Return the kind most of the lines have; "learned" when they do not tell.

    >>> kind_of(["Reporting by {...}; editing by {...}", "Sign up for our newsletter", "Photo: {...}"])
    'credit-line'
    >>> kind_of(["The tide tables of the week"])
    'learned'
    """
    kinds = Counter(next((kind for kind, words in CLUES if words.search(line)), "learned") for line in lines)
    telling = [kind for kind, _ in kinds.most_common() if kind != "learned"]
    return telling[0] if telling else "learned"
