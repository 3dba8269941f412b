"""A source that announces new keys keeps its labs' ids in the weekly run, and in every replay of that week."""

from pathlib import Path

import pytest

from flows import inputs, stages
from tests.flows.network import TOWNS, collected, plan_of, published
from warehouse.lake import Lake
from warehouse.weeks import Week

W40, W41, W42 = "2026-W40", "2026-W41", "2026-W42"
BEFORE: dict[str, dict[str, str]] = {str(number): {} for number in range(11)}
AFTER = {f"n{key}": {"name": f"Fablab de {TOWNS[int(key)]}", "city": TOWNS[int(key)]} for key in BEFORE} | {
    "n3": {"name": "Atelier des Tilleuls", "city": TOWNS[3]}
}
"""The same labs under other keys, and one renamed as well: nothing but its key tells which it is."""


def lab_ids(warehouse: Path, week: str) -> dict[str, str]:
    rows = Lake(warehouse).read("assignments", Week.parse(week)).to_pylist()
    return {row["source_key"]: row["lab_id"] for row in rows if row["source"] == "maplabbzh"}


def test_announced_keys_keep_every_id_in_the_first_week_that_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, warehouse = tmp_path / "new_keys.csv", tmp_path / "data"
    rows = [f"maplabbzh,{key},n{key},{W41}" for key in BEFORE]
    monkeypatch.setattr(inputs, "NEW_KEYS", file)

    def made(week: str) -> dict[str, str]:
        plan = plan_of(warehouse, week, "maplabbzh", "paris")
        stages.locate_listings(plan)
        stages.resolve_labs(plan)
        return lab_ids(warehouse, week)

    file.write_text("\n".join(["source,old,new,since", *rows]))
    published(warehouse, W40, maplabbzh=BEFORE, paris=3)
    collected(warehouse, W42, maplabbzh=AFTER, paris=3)
    kept = {f"n{key}": lab_id for key, lab_id in lab_ids(warehouse, W40).items()}
    assert made(W42) == kept
    file.write_text("source,old,new,since\n")
    assert {key for key, lab_id in made(W42).items() if lab_id != kept[key]} == {"n3"}, "nobody knew"
    file.write_text("\n".join(["source,old,new,since", *rows]))
    assert made(W42) == kept, "a replay"
