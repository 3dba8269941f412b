"""docs/dedupe.md says what matching runs on."""

from pathlib import Path

from dedupe.explanation import documentation

PAGE = Path(__file__).parents[3] / "docs" / "dedupe.md"


def test_the_page_says_what_matching_runs_on() -> None:
    assert PAGE.read_text("utf-8") == documentation.document(), (
        "stale: run python -m dedupe.explanation.documentation docs/dedupe.md"
    )


def test_the_page_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    assert documentation.main([str(tmp_path / "page.md")]) == 0
    assert (tmp_path / "page.md").read_text("utf-8") == documentation.document()
    assert documentation.main([]) == 2
