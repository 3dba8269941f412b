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
    weight: float = Field(description="Points it gives, after host versus mention and ticked versus described.")
    rule: str = Field(description="Row of the rule table, `signal>archetype`.")
    sentence_fr: str = Field(description="Sentence of the codebook the rule rests on, in French.")
    sentence_en: str = Field(description="The same in English.")


class Guard(BaseModel):
    """Points a guard of the codebook took from an archetype, or gave it."""

    guard: str = Field(description="Guard, as documented in docs/archetypes.md.")
    archetype: str = Field(description="Archetype whose points changed.")
    points: float = Field(description="Points added; negative when taken.")


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
    reason: str | None = Field(
        default=None, description="Why there is no archetype: hors_champ, planned, name_only, thin, tie."
    )
    evidence: list[Evidence] = Field(description="Cues, heaviest first.")
    rules_version: str = Field(description="Version of the rules and the lexicon.")
    codebook_rule: str | None = Field(
        default=None, description="Gate, tie-break or ruling of the codebook that decided, as in docs/archetypes.md."
    )
    guards: list[Guard] | None = Field(default=None, description="Guards that changed points.")
    disagreeing: list[str] | None = Field(
        default=None, description="Listings that alone give another archetype, `source:source_key=archetype`."
    )
