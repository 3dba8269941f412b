"""MapLabBZH: fablabs and tiers-lieux of Brittany, one GeoJSON file kept by hand in a git repository."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, Terms
from crawlers.platforms.files import GeoJsonFile, point
from crawlers.reading.fields import Fields
from crawlers.reading.scope import workshop
from crawlers.source import OutOfScope, key_of

LABS = {"fablab", "fablabmit", "makerspace", "hakerspace", "hackerspace"}
"""`structure` values that are labs; the misspelling is the source's own."""


class MapLabBzh(GeoJsonFile):
    """Features whose structure, name or organisation says that things are made there."""

    info = SourceInfo(
        name="maplabbzh",
        title="MapLabBZH",
        homepage="https://gitlab.com/grouan/maplabbzh",
        hosts=("gitlab.com",),
        coverage="Bretagne",
        terms=Terms(
            licence="CC-BY-4.0",
            attribution="MapLabBZH, Guillaume Rouan",
            terms_url="https://gitlab.com/grouan/maplabbzh",
            checked_on=date(2026, 11, 1),
        ),
        scope="structure fablab, fablabMIT, makerspace or hakerspace; cantine, tierslieu, usages, formation and "
        "frenchtech only where a name says fablab, makerspace or workshop",
        rank=5,
        expectations=Expectations(listings=(1, 500), with_coordinates=0.8, filled={"city": 0.5}),
        contact="https://gitlab.com/grouan/maplabbzh/-/issues",
    )
    file_url = "https://gitlab.com/grouan/maplabbzh/-/raw/master/map_bzh_fablab.geojson"
    reads = ("name", "structure", "adresse", "cp", "ville", "web")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one feature."""
        lab = data["properties"]
        kind = str(lab.get("structure") or "").strip()
        # a course on 3D printing is no workshop, a FabLab that gives courses is one
        attested = workshop(lab.get("name"), lab.get("organisation"), lab.get("web"))
        if kind.lower() not in LABS and attested is None:
            raise OutOfScope("its structure is no workshop and no name attests one", "structure", kind)
        lat, lon = point(data)
        return {
            "source_key": lab.get("id") or key_of(lab.get("name"), lab.get("ville")),
            "name": lab.get("name"),
            "kinds": [kind],
            "operator": lab.get("organisation"),
            "street": lab.get("adresse"),
            "postcode": lab.get("cp"),
            "city": lab.get("ville"),
            "country_code": "FR",
            "lat": lat,
            "lon": lon,
            "website": lab.get("web"),
            "links": [lab.get("facebook")],
            "email": lab.get("email"),
            "phone": lab.get("tel"),
        }
