"""A pair of listings, and why it is or is not one lab."""

from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from warehouse.schema.row import Row

Verdict = Literal["match", "no_match", "unsure"]


class FeatureReceipt(BaseModel):
    """What one feature said about a pair."""

    feature: str = Field(description="Feature, as documented by labs explain.")
    value: float | None = Field(default=None, description="Value in the unit of its name; null when missing.")
    weight: float = Field(description="Contribution to the score, log-odds.")


class Match(Row):
    """One compared pair; left sorts before right."""

    key: ClassVar[tuple[str, ...]] = ("left_source", "left_source_key", "right_source", "right_source_key")

    left_source: str = Field(description="Source of the left listing.")
    left_source_key: str = Field(description="Key of the left listing.")
    right_source: str = Field(description="Source of the right listing.")
    right_source_key: str = Field(description="Key of the right listing.")
    rule: str = Field(description="Blocking rule that made the pair a candidate.")
    features: list[FeatureReceipt] = Field(description="What each feature said, largest contribution first.")
    score: float = Field(ge=0, le=1, description="Probability that the two are one lab, 0-1.")
    verdict: Verdict = Field(description="match, no_match or unsure.")
    decided_by: str = Field(description="model, veto or judgement, with its name.")
    model_version: str = Field(description="Version of the scoring model.")
