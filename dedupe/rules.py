"""By which keys listings become candidate pairs: the blocking rules, and what each is for."""

from dataclasses import dataclass

WHOLE, NEIGHBOURS = 10, 3
"""Members of a block that are all paired with each other, and the neighbours by name that a member of a larger block is
paired with: where more than ten listings share a site, a cell or a word, more neighbours bring hardly a true pair (at
1 M 0.0005 of them, for 14 % of the pairs, against blocks of 24 and 6 neighbours)."""

FAR_KM = 200.0
"""Distance from which a word in common says nothing: a sixth of all pairs at 1 M, 0.00003 of the true ones. Coordinates
that are wrong by less are met in real lists: of 219 labelled pairs one lies 138 km apart, none farther."""

RULE_BITS = 4
"""At most 15 rules: a pair of a million rows and its rule fit in one integer."""

LAST_WEEK, JUDGED = 1 << 15, 1 << 16
"""Stand in `Candidates.rules` of pairs that were one lab last week, and of those that somebody judged."""


@dataclass(frozen=True)
class Rule:
    """One way to find pairs: records with an equal key are candidates.

    Attributes:
        name: What `matches.rule` says.
        keys: Columns of `imprint.KEYS`; equal keys of different columns make a pair too.
        why: What the rule is for; published by `labs explain`.
        is_near: True when two records whose points are more than `FAR_KM` apart are none of its pairs.
    """

    name: str
    keys: tuple[str, ...]
    why: str
    is_near: bool = False


RULES = (
    Rule("site", ("site", "page", "link", "mail_host"),
         "Same web host, platform page or e-mail host: networks share one, so it is only a candidate."),
    Rule("phone", ("phone",), "Same phone number."),
    Rule("email", ("email",), "Same e-mail address."),
    Rule("register", ("register",), "Same SIRET or RNA number."),
    Rule("name", ("name_country",),
         "Same words in the name, in any order, same country, not far apart.", is_near=True),
    Rule("joined", ("joined", "handle"),
         "Same letters, in any words, in name, web or mail address, not far apart.", is_near=True),
    Rule("rare_word", ("word_country",),
         "Same rarest word in the name, same country, not far apart.", is_near=True),
    Rule("word_city", ("word1_city", "word2_city", "word3_city", "initials_city"),
         "A heavy word of the name in common, or the other's initials, same city."),
    Rule("prefix_city", ("prefix_city",), "Rarest word starts alike, same city: typing errors."),
    Rule("initials_city", ("initials_city", "joined_city"), "One name is the other's initials, same city."),
    Rule("cell", ("cell",), "Same 250 m cell."),
    Rule("cell_shifted", ("cell_shifted",), "Same 250 m cell of the grid moved by half a cell."),
    Rule("word_cell", ("word_cell",),
         "Same rarest word in the name within some 3 km, whatever the city is called."),
    Rule("street_postcode", ("street_postcode",), "Same number, street word and postcode."),
    Rule("street_city", ("street_city",), "Same number, street word and city."),
)  # fmt: skip
"""The rules by number."""

RULE_NAMES = tuple(rule.name for rule in RULES)

REASONS = {rule.name: rule.why for rule in RULES} | {
    "last_week": "They were one lab last week.",
    "judgement": "Somebody judged them.",
}
"""Why a pair is compared: its rule, by number, or in the order of `LAST_WEEK` and `JUDGED`; see `labs explain`."""

BY_RULE = (1 << len(RULES)) - 1
"""The bits of `Candidates.rules` that rules set."""
