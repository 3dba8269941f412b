"""A run that remembers the last one compares only what changed and comes to the same."""

import pyarrow as pa

from tests.dedupe.labs import BRINDILLE, BRINDILLE_AGAIN, ENCLUME, lab, listings
from tests.dedupe.test_resolve import before, resolved


def many(*, moved: bool = False, renumbered: bool = False) -> pa.Table:
    rows = []
    for town in range(30):
        shift = {"lat": 44 + town / 10, "city": f"Ville {town}", "postcode": f"{10000 + town}"}
        for at, base in enumerate((BRINDILLE, BRINDILLE_AGAIN, ENCLUME)):
            # contacts of its own: a new name on a shared site is news for every lab that shares it
            contacts = {
                "website": f"https://{'enclume' if base is ENCLUME else 'brindille'}-{town}.example",
                "email": None,
            }
            own = {**base, **shift, **contacts, "name": f"{base['name']} {town}", "phone": None}
            if moved and town == 7 and at == 1:
                own |= {"name": "Rucher", "street": "5 rue du Port"}
            rows.append(lab(("atlas", "wiki", "region")[at], f"{'n' if renumbered else ''}{town}", **own))
    return listings(*rows)


def test_a_remembered_run_equals_a_full_one() -> None:
    from dataclasses import replace

    first = resolved(many(), "2026-W40")
    past = before(first)
    full = resolved(many(moved=True), "2026-W41", previous=past)
    remembering = replace(past, memory=first.decided.compared.memory)
    part = resolved(many(moved=True), "2026-W41", previous=remembering)
    assert part.decided.compared.remembered > 0.8 * len(part.decided.pairs)
    for name in ("assignments", "matches", "registry", "id_bridge", "departed"):
        assert getattr(part, name).equals(getattr(full, name))


def test_a_source_with_new_keys_is_remembered_by_what_it_says() -> None:
    from dataclasses import replace

    first = resolved(many(), "2026-W40")
    past = replace(before(first), memory=first.decided.compared.memory)
    second = resolved(many(renumbered=True), "2026-W41", previous=past)
    # a pair whose two listings changed places in the order of keys is compared again
    assert second.decided.compared.remembered > 0.8 * len(second.decided.pairs)


def test_a_memory_of_another_model_is_not_used() -> None:
    from dataclasses import replace

    first = resolved(many(), "2026-W40")
    old = replace(first.decided.compared.memory, version="another")
    second = resolved(many(), "2026-W41", previous=replace(before(first), memory=old))
    assert second.decided.compared.remembered == 0
