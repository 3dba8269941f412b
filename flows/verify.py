"""The latest release proven again, and the dead-man's check on its age."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from prefect import flow

from flows.planning.parameters import Place
from flows.settings import Settings
from flows.telling.freshness import freshness
from flows.telling.notify import tell_failure
from warehouse.published.verify import verify as prove_release

logger = logging.getLogger(__name__)


class ReleaseDoubted(Exception):
    """The latest release does not hold what it says, or none was published in time; the run fails for all to see."""


@dataclass(frozen=True)
class Verdict:
    """What the check found."""

    iso_week: str
    proofs: int
    age_days: float


@flow(
    name="verify",
    flow_run_name="verify the latest release",
    persist_result=False,
    on_failure=[tell_failure],
    on_crashed=[tell_failure],
)
async def verify(*, warehouse: Place | None = None) -> Verdict:
    """Prove the latest release again and check its age.

    Args:
        warehouse: Folder or s3:// URL of the warehouse; by default LABS_WAREHOUSE.
    """
    place = warehouse or Settings.read().warehouse
    age = freshness(place, datetime.now(UTC))
    if age.iso_week is None or age.age_days is None or not age.is_fresh:
        raise ReleaseDoubted(age.sentence())
    found = prove_release(place)
    if not found.passed:
        raise ReleaseDoubted("; ".join(f"{proof.name} of {proof.subject}: {proof.why}" for proof in found.doubts))
    logger.info("%s: %d proofs hold", age.sentence(), len(found.proofs))
    return Verdict(age.iso_week, len(found.proofs), age.age_days)
