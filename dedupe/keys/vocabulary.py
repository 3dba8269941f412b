"""Words and hosts that say nothing about which lab is meant: street types, free mail, platforms."""

COMPOUNDS: tuple[tuple[str, str], ...] = (
    (r"\bfab(?:rication)? ?lab(?:s|oratory|oratories)?\b", "fablab"),
    (r"\bmakers? ?space(?:s)?\b", "makerspace"),
    (r"\b(?:hacker|hack) ?space(?:s)?\b", "hackerspace"),
    (r"\btiers? ?lieux?\b", "tierslieu"),
    (r"\brepair ?caf(?:e|es)\b", "repaircafe"),
    (r"\bco ?working\b", "coworking"),
    (r"\b(?:st|sainte|ste)\b", "saint"),
    (r"\bchaos computer club\b", "ccc"),
    (r"\buniversit(?:e|at|aet|y|a|ad)\b", "university"),
)
"""Spellings of one word: the generic words are one token each, so that their weight is one too."""

GENERIC = (
    "fablab", "makerspace", "hackerspace", "hacklab", "tierslieu", "repaircafe", "coworking", "makespace", "maker",
    "makers", "lab", "labs", "labo", "laboratory", "laboratoire", "laboratorio", "atelier", "ateliers", "workshop",
    "werkstatt", "taller", "officina", "oficina", "fabrique", "fabrica", "space", "espace", "espacio", "association",
    "http", "https", "www", "com", "org", "net", "wiki",
)  # fmt: skip
"""Words for a kind of lab, in the languages of the sources, and words of a web address in place of a name: none says
which lab it is, however rare it is in a list."""

ARTICLES = (
    "de", "du", "des", "d", "la", "le", "les", "l", "un", "une", "et", "en", "au", "aux", "pour", "del", "della", "di",
    "da", "do", "dos", "das", "el", "los", "las", "il", "y", "e", "o", "a", "the", "of", "and", "in", "at", "for",
    "van", "von", "der", "den", "die", "und", "het",
)  # fmt: skip
"""Words between words: "Fablab de Laon" and "Fablab de Mende" have nothing in common."""

BRANCH_WORDS = (
    "nord|sud|est|ouest|centre|north|south|east|west|center|central|norte|sur|este|oeste|centro|ost|sued|zentrum|mitte|"
    "noord|zuid|oost|campus|ii|iii|iv|[0-9]{1,3}"
)
"""Words of a name, and numbers, that tell one branch of a lab from another."""

LEGAL_FORMS = (
    "e v", "ev", "asbl", "vzw", "gmbh", "ug", "ggmbh", "sas", "sarl", "scic", "scop", "srl", "s r l", "aps", "ltd",
    "llc", "inc", "cic",
)  # fmt: skip
"""What kind of body a lab is, at the end of its name."""

STREET_WORDS = (
    "rue|r|avenue|av|ave|boulevard|bd|blvd|bld|place|pl|chemin|ch|che|impasse|imp|quai|allee|allees|all|cours|route|rte|"
    "square|sq|passage|street|st|str|strasse|road|rd|lane|ln|drive|dr|way|court|ct|weg|platz|gasse|calle|c|avenida|avda|"
    "plaza|paseo|carrer|via|viale|vle|v|piazza|pza|p|za|corso|rua|praca|pc|travessa|straat|laan|plein|gate|vej|ulica|ul|"
    "de|du|des|d|la|le|les|l|del|della|di|da|do|dos|das|the|of|van|von|der|den|"
    "batiment|bat|zone|zi|zac|zae|parc|campus|etage|floor|suite|unit|bis|ter|cedex|bp|cs|co|mairie|n|no|nr"
)
"""Words of a street line that name its kind or a part of a building, not the street."""

CITY_WORDS = r"\bcedex\b|\b\d+(?:er|e|eme|th|st|nd|rd)?\b|\bcentre\b|\bmetropole\b"
"""What sources add to a city's name."""

FREE_MAIL = (
    "gmail|googlemail|hotmail|outlook|live|yahoo|ymail|aol|gmx|web|icloud|me|mac|msn|orange|wanadoo|free|laposte|sfr|"
    "neuf|bbox|numericable|mail|protonmail|proton|riseup|posteo|mailbox|qq|163|126|yandex|libero|hotmail|t-online|"
    "bluewin|telenet|skynet|uol|bol|terra|rediffmail|framalistes|googlegroups"
)
"""Mail hosts that belong to nobody: their domain says nothing, and a generic local part on them neither."""

GENERIC_MAILBOX = "contact|info|infos|hello|bonjour|fablab|admin|direction|accueil|mail|office|webmaster|hola|ciao|hi"

PLATFORMS = (
    "facebook.com|fb.com|fb.me|m.facebook.com|fr-fr.facebook.com|twitter.com|x.com|instagram.com|linkedin.com|"
    "youtube.com|youtu.be|vimeo.com|flickr.com|plus.google.com|google.com|sites.google.com|docs.google.com|goo.gl|"
    "maps.google.com|meetup.com|github.com|gitlab.com|bit.ly|tinyurl.com|t.co|tumblr.com|pinterest.com|reddit.com|"
    "discord.gg|discord.com|telegram.me|t.me|eventbrite.com|helloasso.com|wiki.hackerspaces.org|hackerspaces.org|"
    "fablabs.io|fablab.io|makery.info|wikipedia.org|en.wikipedia.org|fr.wikipedia.org|de.wikipedia.org|wikidata.org|"
    "openstreetmap.org|medium.com|wikifactory.com|movilab.org|fabfoundation.org|fab.cba.mit.edu|fabacademy.org|"
    "wiki.fablab.is|wiki.fablab.fr|diybio.org|groups.google.com|soundcloud.com|foursquare.com|yelp.com|linktr.ee"
)
"""Hosts where many have a page: there the page's path is the identity, not the host."""

HOSTERS = (
    r"wordpress\.com|blogspot\.[a-z.]+|github\.io|gitlab\.io|free\.fr|weebly\.com|wixsite\.com|wix\.com|jimdo\.com|"
    r"jimdofree\.com|over-blog\.com|e-monsite\.com|webnode\.[a-z.]+|squarespace\.com|altervista\.org|eklablog\.com|"
    r"strikingly\.com|tumblr\.com|typepad\.com|netlify\.app|pagesperso-orange\.fr|wikidot\.com|frama\.site|"
    r"(?:(?:co|com|org|net|ac|gov|gouv|edu|asso|sch|uni)\.)?[a-z]{2,}"
)
"""Ends of a host that say nothing of whose it is: hosting services and public suffixes."""
