from pathlib import Path

from warehouse.archetypes import documentation

PAGE = Path(__file__).parents[3] / "docs" / "archetypes.md"


def test_the_page_says_what_the_tables_say(is_accepting: bool) -> None:
    if is_accepting:
        PAGE.write_text(documentation.document(), encoding="utf-8")
    assert PAGE.read_text("utf-8") == documentation.document(), "stale: run this test with --accept"
