"""docs/dedupe.md says what matching runs on."""

from pathlib import Path

from dedupe.explanation import documentation

PAGE = Path(__file__).parents[3] / "docs" / "dedupe.md"


def test_the_page_says_what_matching_runs_on(is_accepting: bool) -> None:
    if is_accepting:
        PAGE.write_text(documentation.document(), encoding="utf-8")
    assert PAGE.read_text("utf-8") == documentation.document(), "stale: run this test with --accept"
