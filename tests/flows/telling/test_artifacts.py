"""What a run leaves for people names what they should look at."""

import asyncio

import pytest
from prefect import flow
from prefect.artifacts import Artifact

from dedupe.explanation.quality import Doubt
from flows.telling.artifacts import tell_doubts

pytestmark = pytest.mark.xdist_group("deployments")

DOUBT = Doubt(
    lab_id="lab-abcdefghijklm", listings=3, mean_score=0.4, least_score=0.1, compared_share=1.0, widest_km=None,
    reasons=("weak_link",),
)  # fmt: skip


@flow(name="told", persist_result=False)
async def told(doubts: int) -> None:
    await tell_doubts("2026-W42", [DOUBT] * doubts)


@pytest.mark.usefixtures("server")
def test_doubtful_labs_are_named_with_their_reasons() -> None:
    asyncio.run(told(150))
    asyncio.run(told(0))
    artifact = asyncio.run(Artifact.aget("doubts"))
    assert artifact is not None
    assert str(artifact.description).startswith("150 labs of 2026-W42"), "none are no table"
    assert str(artifact.data).count("labs explain lab-abcdefghijklm") == 100
    assert "weak_link" in str(artifact.data)
