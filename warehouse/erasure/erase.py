"""What somebody objects to, to a warehouse that holds nothing of it any more, or to the list of what would change."""

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.erasure.lake import clean_lake, weeks_holding
from warehouse.erasure.objection import Objection, salted, widened
from warehouse.erasure.pages import Cut, archives_holding, cut_archives
from warehouse.erasure.releases import Holdings, Redaction, replace_releases, unnamed
from warehouse.lake import Lake
from warehouse.release.files import Lineage
from warehouse.release.placement import workshop
from warehouse.releases import ROOT, Releases
from warehouse.rulings import Rulings, suppressions
from warehouse.rulings.suppressions import Suppression
from warehouse.weeks import Week


@dataclass(frozen=True)
class Reach:
    """What an erasure touches."""

    objections: Sequence[Suppression]
    """The rows it files: salted hashes."""
    releases: Sequence[tuple[Week, int]]
    """Week and number of each revision that goes."""
    unnamed: Sequence[str]
    """Folders that no release of the index is in: a killed publication left them."""
    weeks: Sequence[Week]
    """Weeks of the lake whose tables lose rows or values."""
    archives: Sequence[str]
    """Archive files that lose pages."""


def reach(lake: Lake, asked: Sequence[Objection], cut: Cut, *, lineage: Lineage) -> Reach:
    """Return what an erasure of the objections would touch; nothing is written.

    Raises: BadObjection.
    """
    releases, rulings = Releases(lake.storage), Rulings.of(lake.storage)
    named = [one for objection in asked for one in widened(objection, lake, releases)]
    filed = salted(list(dict.fromkeys(named)), list(rulings.suppressions), lineage.generated_at.date())
    held = Rulings([*rulings.suppressions, *filed], rulings.corrections)
    return Reach(
        objections=filed,
        releases=list(Holdings(releases, held).going()),
        unnamed=unnamed(releases),
        weeks=list(weeks_holding(lake, held.suppressions)),
        archives=list(archives_holding(lake, held.suppressions, cut)),
    )


def erase(lake: Lake, filed: Sequence[Suppression], cut: Cut, *, lineage: Lineage) -> list[Redaction]:
    """File the objections, take what they and those filed before withdraw out of the warehouse; return what went.

    Killed at any moment, it is run again, without new objections, and finishes. The caller is the one writer.

    Raises: AnotherWriter, ReleaseDamaged, ProofFailed.
    """
    storage = lake.storage
    with workshop(storage, ROOT) as staging:
        suppressions.file(storage, filed)
        rulings = Rulings.of(storage)
        done = replace_releases(lake, staging, rulings, lineage=lineage)
        cut_archives(lake, rulings.suppressions, cut)
        clean_lake(lake, rulings.suppressions)
    return done
