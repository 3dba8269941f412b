from crawlers.guards.failures import EVIDENCE_LIMIT, FAILURES, CrawlFailed, Failure, printable


def test_every_failure_class_has_a_published_sentence() -> None:
    assert set(FAILURES) == set(Failure)
    for found in FAILURES.values():
        assert found.sentence[0].isupper()
        assert found.sentence.endswith(".")


def test_evidence_is_one_short_line_without_control_characters() -> None:
    failed = CrawlFailed(Failure.NOT_JSON, "a\r\nb\x1b[31m\u202e\x00 " + "x" * 1000)
    assert failed.evidence.startswith("a b [31m x")
    assert len(failed.evidence) == EVIDENCE_LIMIT
    assert failed.evidence.isprintable()
    assert str(failed).startswith("not_json: a b")


def test_printable_keeps_what_can_be_read() -> None:
    assert printable("  L'Établi – œuvre 🛠 ") == "L'Établi – œuvre 🛠"


def test_evidence_tells_no_secret_and_no_contact() -> None:
    failed = CrawlFailed(
        Failure.GONE,
        "HTTP 404 from https://user:hunter2@lab.fr/a?key=s3cret#x: ask pierre.dupont@lab.fr, 06 12 34 56 79",
    )
    assert failed.evidence == "HTTP 404 from https://lab.fr/a ask […], […]"


def test_evidence_keeps_numbers_that_are_no_contact() -> None:
    text = "Received 16777217 bytes, larger than 16777216: https://93.184.215.14/v2/labs-2026"
    assert CrawlFailed(Failure.TOO_LARGE, text).evidence == text
