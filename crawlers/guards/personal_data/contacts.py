"""Contact fields and free text to what may be published: addresses and lines of organisations, never of persons.

The rule is data.inclusion's: when a mobile or a personal e-mail is seen, the telephone and the e-mail are both
emptied. Source: gip-inclusion/data-inclusion, pipeline/RGPD.md; publishing-and-safety.md 3.2.
"""

import re

from crawlers.guards.personal_data.emails import ADDRESS, addresses, is_contact, is_personal, plain
from crawlers.guards.personal_data.phones import DATE, FRENCH_NATIONAL, numbers

CUT = "[…]"
"""Stands where personal data was cut, so that words do not run together."""

# "Tél : 030 1234567" of any country: the label says what the digits are
_LABELLED = re.compile(
    r"(?i)\b(t[ée]l(?:[ée]phone|efon|\.)?|phone|mobile|portable|gsm|handy|fax|whatsapp|signal)(\s{0,3}[.:]{0,2}\s{0,3})"
    r"\+?\(?\d[\d\s().\-/\u00a0\u202f]{4,24}\d"
)
_INTERNATIONAL = re.compile(r"(?<![\w+.])(?:\+|00)[1-9](?:[\s().\-/\u00a0\u202f]{0,3}\d){7,13}(?!\d|[.,]\d)")
_TEL_LINK = re.compile(r"(?i)\btel:[+\d().\-]{4,24}")


def role_email(text: str | None) -> str | None:
    """Return the first e-mail address of the text that an organisation answers, lower-cased, else None."""
    if not text:
        return None
    return next((a for a, _ in addresses(str(text)) if is_contact(a) and not is_personal(a)), None)


def landline(text: str | int | float | None, country_code: str | None) -> str | None:
    """Return the first telephone number of the text that is no mobile, in E.164, else None."""
    if text is None:
        return None
    return next((n.e164 for n in numbers(text, country_code) if not n.is_mobile), None)


def contact(
    email: str | None, phone: str | int | float | None, country_code: str | None
) -> tuple[str | None, str | None]:
    """Return the publishable (email, phone): both None when either field shows a mobile or a personal e-mail.

    Both fields are searched for both kinds, since sources mix them up.
    """
    texts = [str(field) for field in (email, phone) if isinstance(field, str)]
    found = [address for text in texts for address, _ in addresses(text) if is_contact(address)]
    if any(is_personal(address) for address in found):
        return None, None
    lines = [*(numbers(phone, country_code) if phone is not None else [])]
    if email:
        lines += numbers(ADDRESS.sub(" ", plain(str(email))), country_code)
    if any(line.is_mobile for line in lines):
        return None, None
    return (found[0] if found else None), (lines[0].e164 if lines else None)


def scrub(text: str) -> str:
    """Return the text with every e-mail address and telephone number replaced by `[…]`.

    All of them, not only personal ones: contacts live in a table of their own, which can be erased. Prices, dates,
    coordinates, SIRET numbers and the digits of URLs stay. Scrubbing twice changes nothing.
    """
    if not any(c.isdigit() or c in "@[({&%" for c in text):
        return text
    opened = plain(text)
    if opened != text and ADDRESS.search(opened):
        text = opened
    text = ADDRESS.sub(CUT, text)
    text = _TEL_LINK.sub(CUT, text)
    text = _LABELLED.sub(lambda match: f"{match[1]}{match[2]}{CUT}", text)
    text = _INTERNATIONAL.sub(CUT, text)
    return FRENCH_NATIONAL.sub(lambda match: match[0] if DATE.match(match[0]) else CUT, text)
