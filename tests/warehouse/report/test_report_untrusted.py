"""What strangers wrote is inert: text stays text, and only pages and mail addresses are links."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.report.untrusted import csp_hash, host_of, json_script, link, plain


@pytest.mark.parametrize(
    "address",
    [
        "https://lab.example/",
        "http://lab.example:8080/a?b=c#d",
        "mailto:contact@lab.example",
        "  https://lab.example ",
    ],
)
def test_a_page_or_a_mail_address_is_a_link(address: str) -> None:
    assert link(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\x00script:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//lab.example/",
        "lab.example",
        "https://user:password@lab.example/",
        'https://lab.example/" onclick="x',
        "https://lab.example/<script>",
        "https://lab.example/a b",
        "https:\\\\lab.example",
        "http://[::1",
        "https://",
        "mailto:nobody",
        "https://lab.example/" + "a" * 1000,
        "",
        None,
        7,
    ],
)
def test_anything_else_is_no_link(address: object) -> None:
    assert link(address) is None


def test_direction_overrides_and_invisible_characters_vanish() -> None:
    assert plain("Lab\u202egnp.exe\u2066 \u200b\ufeffA\x1b[31m\r\n B") == "Labgnp.exe A[31m B"


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    assert plain("abcdef", 4) == "abc…"
    assert plain("abcd", 4) == "abcd"


def test_a_look_alike_host_shows_its_punycode() -> None:
    assert host_of("https://www.lab.example/x") == "lab.example"
    assert host_of("https://bücher.example/") == "bücher.example (xn--bcher-kva.example)"


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_in_a_script_cannot_end_it_and_reads_back_the_same(value: object) -> None:
    text = json_script(value)
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == value


@given(st.text())
def test_plain_text_is_one_line_without_controls(text: str) -> None:
    said = plain(text)
    assert said == plain(said)
    assert all(char.isprintable() or char in "\u200c\u200d" or not char.isspace() for char in said)
    assert "\n" not in said and "\u202e" not in said


def test_a_policy_hash_is_that_of_the_text() -> None:
    # echo -n "" | openssl dgst -sha256 -binary | base64
    assert csp_hash("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
