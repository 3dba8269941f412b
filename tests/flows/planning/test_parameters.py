"""What the Prefect UI offers for each deployment of prefect.yaml, and what the API refuses."""

from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from prefect.utilities.callables import parameter_schema

from crawlers.catalogue import names
from flows.planning.plan import STAGES

ROOT = Path(__file__).parents[3]
DEPLOYMENTS = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]


def schema(deployment: dict[str, Any]) -> dict[str, Any]:
    path, _, name = deployment["entrypoint"].partition(":")
    flow = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)
    return parameter_schema(flow).model_dump()


SCHEMAS = {deployment["name"]: schema(deployment) for deployment in DEPLOYMENTS}


def test_every_deployment_enforces_its_parameters() -> None:
    assert all(deployment["enforce_parameter_schema"] for deployment in DEPLOYMENTS)
    crons = {one["name"]: [plan["cron"] for plan in one.get("schedules", [])] for one in DEPLOYMENTS}
    assert crons.items() >= {
        "weekly-refresh": ["0 4 * * 1"], "backfill": [], "verify": ["0 9 * * *"], "site-canary": ["0 5 * * 4"],
    }.items()  # fmt: skip


@pytest.mark.parametrize("deployment", SCHEMAS)
def test_every_parameter_is_described(deployment: str) -> None:
    properties = SCHEMAS[deployment]["properties"]
    assert all(len(known.get("description") or "") > 10 for known in properties.values()), properties


def test_a_backfill_offers_its_choices() -> None:
    properties = SCHEMAS["backfill"]["properties"]
    assert SCHEMAS["backfill"]["required"] == ["from_week", "to_week"]
    assert properties["mode"]["enum"] == ["replay", "recrawl"]
    assert properties["publish"]["enum"] == ["yes", "diff-only"]
    assert properties["stages"]["anyOf"][0]["items"]["enum"] == list(STAGES)
    assert properties["sources"]["anyOf"][0]["items"]["enum"] == list(names())
    assert properties["cascade"]["type"] == "boolean"


@pytest.mark.parametrize(
    ("deployment", "given"),
    [
        ("backfill", {"from_week": "2026-42", "to_week": "2026-W42"}),
        ("backfill", {"from_week": "2026-W42"}),
        ("backfill", {"from_week": "2026-W40", "to_week": "2026-W42", "publish": "no"}),
        ("backfill", {"from_week": "2026-W40", "to_week": "2026-W42", "mode": "crawl"}),
        ("backfill", {"from_week": "2026-W40", "to_week": "2026-W42", "stages": ["parse"]}),
        ("backfill", {"from_week": "2026-W40", "to_week": "2026-W42", "cascade": "perhaps"}),
        ("weekly-refresh", {"sources": ["nowhere"]}),
        ("weekly-refresh", {"retry_failed": 3}),
        ("site-canary", {"sources": "paris"}),
        ("verify", {"warehouse": ""}),
    ],
)
def test_wrong_values_are_refused(deployment: str, given: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(given, SCHEMAS[deployment])
