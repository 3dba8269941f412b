"""The census of tiers-lieux by the CGET, 2019: a frozen CSV of 1,512 places."""

from datetime import date
from typing import Any

from crawlers.declaration import Expectations, SourceInfo, Terms
from crawlers.platforms.files import CsvFile
from crawlers.reading.fields import Fields
from crawlers.reading.scope import fabrication
from crawlers.source import OutOfScope


class Cget2019(CsvFile):
    """Rows with a dominant fablab, or whose name or site attests fabrication."""

    info = SourceInfo(
        name="cget_2019",
        title="Recensement des tiers-lieux 2019 (CGET, ANCT)",
        homepage="https://github.com/anct-carto/mission_coworking",
        hosts=("raw.githubusercontent.com",),
        coverage="FR",
        terms=Terms(
            licence="etalab-2.0",
            attribution="CGET / ANCT, Mission Coworking 2019",
            terms_url="https://github.com/etalab/licence-ouverte/blob/master/LO.md",
            checked_on=date(2026, 11, 1),
        ),
        scope="typology with a dominant fablab, or fabrication attested by name or site; pure coworking is none",
        rank=6,
        cadence="frozen",
        expectations=Expectations(listings=(1, 1_512), with_coordinates=0.8, filled={"city": 0.8}),
        contact="https://github.com/anct-carto/mission_coworking/issues",
    )
    file_url = "https://raw.githubusercontent.com/anct-carto/mission_coworking/master/CGET_TiersLieux_2019.csv"
    reads = ("ID", "NOM_TL", "ADRESSE", "CP", "INSEECOM", "NOMCOM", "WEB", "TYPO", "LAT", "LONG")

    def fields(self, data: Any) -> Fields:
        """Return the columns of one row. Postcodes and INSEE codes of "0" are missing; the census says so nowhere."""
        attested = fabrication(data["NOM_TL"], data["WEB"], data.get("FACEBOOK"))
        if "fablab" not in data["TYPO"] and attested is None:
            raise OutOfScope("coworking, or no typology, and nothing attests fabrication", "TYPO", data["TYPO"])
        return {
            "source_key": data["ID"],
            "name": data["NOM_TL"],
            "kinds": [data["TYPO"]],
            "street": data["ADRESSE"],
            "postcode": data["CP"],
            "city": data["NOMCOM"] or data.get("COMINIT"),
            "commune_code": data["INSEECOM"],
            "country_code": "FR",
            "lat": data["LAT"],
            "lon": data["LONG"],
            "website": data["WEB"],
            "links": [data.get("FACEBOOK")],
            "email": data.get("MAIL"),
            "phone": data.get("CONTACT"),
        }

    def position(self, data: Any) -> str | None:
        """Return the census number."""
        return data.get("ID") or None
