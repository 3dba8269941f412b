"""The archetype of a lab and the evidence it rests on."""

from typing import ClassVar

from pydantic import BaseModel, Field

from warehouse.schema.lab import Archetype, Finalite
from warehouse.schema.row import Row


class Evidence(BaseModel):
    """One cue found in one field of one listing."""

    tag: str = Field(description="Signal that fired.")
    matched: str = Field(description="Words that matched.")
    field: str = Field(description="Listing column they stand in.")
    source: str = Field(description="Source of the listing.")
    source_key: str = Field(description="The source's own id of the lab.")
    archetype: str = Field(description="Archetype the cue speaks for.")
    weight: float = Field(description="Weight after host-versus-mention and guards.")
    rule: str = Field(description="Rule that gave the weight.")


class Classification(Row):
    """One lab with its archetype, or the reason why it has none."""

    key: ClassVar[tuple[str, ...]] = ("lab_id",)

    lab_id: str = Field(description="Lab.")
    archetype: Archetype = Field(description="1 to 6, or unclassified.")
    runner_up: str | None = Field(default=None, description="Second archetype.")
    score: float = Field(ge=0, le=1, description="Calibrated probability that the archetype is right, 0-1.")
    margin: float | None = Field(
        default=None, ge=0, description="Lead of the archetype over the runner-up, rule points."
    )
    finalite: Finalite | None = Field(default=None, description="Finality derived from the archetype.")
    decided_by: str = Field(
        description="Step of the codebook that decided: scope, operator, functions, audience, community, score."
    )
    hint: str | None = Field(default=None, description="What thin evidence points to when unclassified; not a label.")
    reason: str | None = Field(default=None, description="Why there is no archetype: hors_champ, name_only, thin, tie.")
    evidence: list[Evidence] = Field(description="Cues, heaviest first.")
    rules_version: str = Field(description="Version of the rules and the lexicon.")
