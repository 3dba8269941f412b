"""Free text to the e-mail addresses in it, and each address to a judgement: an organisation's, or a person's."""

import re
import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path

_TABLES = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
ROLE_WORDS = frozenset(_TABLES["role_words"])
ORGANISATION_WORDS = frozenset(_TABLES["organisation_words"])
FREE_MAIL_DOMAINS = frozenset(_TABLES["free_mail_domains"])
GIVEN_NAMES = frozenset(_TABLES["given_names"])
FAMILY_NAMES = frozenset(_TABLES["family_names"])
_ARTICLES = frozenset({"la", "le", "les", "l"})
_SAINTS = frozenset({"saint", "sainte", "st", "ste"})
_LONG_WORDS = tuple(sorted(word for word in ORGANISATION_WORDS | ROLE_WORDS if len(word) >= 7))
"""Words long enough to be told inside a compound: lepetitatelier, contactfablab."""

PLACEHOLDER_DOMAINS = frozenset(
    {"example.com", "example.org", "example.net", "exemple.com", "exemple.fr", "domaine.fr", "domain.com", "email.fr"}
)
UNANSWERED = re.compile(
    r"^(?:no-?|ne-?pas-?)(?:reply|repondre|response)|^(?:mailer-daemon|abuse|spam|nospam|bounces?)$"
)
"""Local parts nobody reads: no contact, and nobody's personal data either."""

FILE_ENDINGS = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "html", "php", "pdf"})
"""`logo@2x.png` is a file name."""

# Bounded quantifiers: linear on hostile text. Letters of any script, since domains may be internationalised.
_LOCAL = r"[^\W_](?:[\w.+'’-]{0,62}[\w])?"
_DOMAIN = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,6}[^\W\d_]{2,24}"
# a quote before it opens a quotation, but behind a letter it is an elision: 'claire@x.fr', d'info@x.fr
ADDRESS = re.compile(rf"(?<![\w.+!-])(?<!\w['’])(?P<local>{_LOCAL})@(?P<domain>{_DOMAIN})(?![\w@]|\.\w)")
_BRACKET_AT = r"\s*[\[({<]\s*(?:at|arobase|arobas|chez|@|a)\s*[\])}>]\s*"
_BRACKET_DOT = r"\s*[\[({<]\s*(?:dot|point|\.|punkt)\s*[\])}>]\s*"
_ENTITIES = {"&#64;": "@", "&#x40;": "@", "&commat;": "@", "&#46;": ".", "%40": "@"}


def addresses(text: str) -> list[tuple[str, str]]:
    """Return (address, as written) of each e-mail address in the text, in order; addresses lower-cased.

    De-obfuscation is conservative: `[at]`, `(arobase)`, `[dot]` in brackets and HTML entities; never the bare words,
    which stand in prose. No address is looked up anywhere.
    """
    found = []
    for match in ADDRESS.finditer(plain(text)):
        address = f"{match['local']}@{match['domain']}".lower().replace("’", "'")
        if address.rpartition(".")[2] not in FILE_ENDINGS and ".." not in address:
            found.append((address, match[0]))
    return found


def plain(text: str) -> str:
    """Return the text with obfuscated `@` and `.` of e-mail addresses written out and `mailto:` cut."""
    for entity, sign in _ENTITIES.items():
        text = text.replace(entity, sign)
    if not _maybe_hidden(text):
        return text
    text = re.sub(r"(?i)\bmailto:\s*", "", text)
    text = re.sub(rf"(?i)(?<=\w){_BRACKET_AT}(?=\w)", "@", text)
    # a dot in brackets only after an @ that stands close before it: "(point)" occurs in prose
    return re.sub(
        rf"(?i)@[\w-]{{1,63}}(?:(?:\.|{_BRACKET_DOT})[\w-]{{1,63}}){{1,5}}",
        lambda match: re.sub(rf"(?i){_BRACKET_DOT}", ".", match[0]),
        text,
    )


def _maybe_hidden(text: str) -> bool:
    return any(sign in text for sign in "[({<:")


def is_contact(address: str) -> bool:
    """Return whether anybody reads the address: no placeholder, no `noreply`."""
    local, _, domain = address.partition("@")
    return domain not in PLACEHOLDER_DOMAINS and not UNANSWERED.search(local)


@lru_cache(maxsize=4096)
def is_personal(address: str) -> bool:
    """Return whether the address looks like one natural person's.

    A role (`contact`) or an organisation's word (`fablab`) at the start speaks for an organisation; a given name, a
    first.last pattern or a free-mail domain without such a word for a person. In doubt it is personal.
    """
    local, _, domain = _folded(address).partition("@")
    local = local.partition("+")[0]
    words = [word for word in re.split(r"[._\-']+|\d+", local) if word]
    if len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]  # le.lab, but also le.gall
    if not words or words[0] in GIVEN_NAMES:
        return True
    if _names_service(words[0]) or _is_site(local, domain):
        return False
    if _has_persons_name(words):
        return True
    if len(words[0]) > 1 and any(_names_service(word) for word in words[1:]):
        return False
    return domain in FREE_MAIL_DOMAINS or _is_first_last(local)


def _names_service(word: str) -> bool:
    """A role, an organisation's word, or a compound as labs name themselves: electrolab, infolab, lafabrique.

    `lab` and `labo` are no beginnings: Labbe and Laborde are surnames. Nor is `asso` an ending, nor `lieu`: Picasso,
    Beaulieu.
    """
    if word in ROLE_WORDS or word in ORGANISATION_WORDS:
        return True
    return len(word) > 4 and (
        word.endswith(("lab", "labs", "labo", "space", "makers", "fab", "factory", "club"))
        or word.startswith(("fablab", "fabriq", "fabrik", "maker", "info", "accueil", "bonjour", "biblio", "repair"))
        or any(long in word for long in _LONG_WORDS)
    )


def _is_site(local: str, domain: str) -> bool:
    """`electrolab@electrolab.fr`: the local part is the site's own name, at a domain of its own."""
    if domain in FREE_MAIL_DOMAINS:
        return False
    own, site = re.sub(r"\W|_", "", local), re.sub(r"\W|_", "", domain.rpartition(".")[0])
    return len(own) >= 3 and (own in site or (len(site) >= 4 and site in own))


def _has_persons_name(words: list[str]) -> bool:
    """A name anywhere, jdupont included, unless it is a saint's and so a place's: fablab.saint.etienne."""
    return any(
        word in GIVEN_NAMES or word in FAMILY_NAMES or (len(word) > 5 and word[1:] in FAMILY_NAMES)
        for at, word in enumerate(words)
        if at == 0 or words[at - 1] not in _SAINTS
    )


def _is_first_last(local: str) -> bool:
    parts = [part for part in re.split(r"[._]", re.sub(r"\d+$", "", local)) if part]
    return len(parts) in {2, 3} and all(re.fullmatch(r"[a-z'-]+", part) for part in parts)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
