"""The declaration of a source that stands on a platform no real source stands on yet."""

from datetime import date

from crawlers.declaration import Expectations, SourceInfo, licence_ouverte


def declared(name: str) -> SourceInfo:
    return SourceInfo(
        name=name,
        title=name,
        homepage="https://a.example/",
        hosts=("a.example",),
        coverage="FR",
        terms=licence_ouverte("A", date(2026, 11, 1)),
        scope="all",
        rank=9,
        expectations=Expectations(listings=(1, 10)),
        contact="https://a.example/",
    )
