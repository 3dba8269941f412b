"""HTML and XML responses to documents that are cheap to read and refer to nothing outside themselves."""

from typing import Any

from bs4 import BeautifulSoup
from lxml import etree  # type: ignore[import-untyped]  # no stubs in the lock
from scrapy.http import Response

from crawlers.guards.addresses.public_web import shown
from crawlers.guards.bodies.stand_ins import is_markup, title
from crawlers.guards.bodies.whole import BadBody, decoded, whole_body
from crawlers.guards.failures import Failure

MAX_TAGS = 100_000
"""Tags of a page; BeautifulSoup takes 25 s a million. The largest directory page seen has 40,000."""


def html_body(response: Response) -> BeautifulSoup:
    """Return the document of an HTML response.

    Raises: BadBody with class empty, partial, or hostile when it has more than `MAX_TAGS` tags.
    """
    body = whole_body(response)
    if (tags := body.count(b"<")) > MAX_TAGS:
        raise BadBody(Failure.HOSTILE, f"{tags} tags, at most {MAX_TAGS} are read: {shown(response.url)}")
    return BeautifulSoup(decoded(body, response.headers.get(b"Content-Type") or b""), "lxml")


def xml_body(response: Response) -> Any:
    """Return the root element (lxml) of an XML response: sitemap, KML, RSS.

    No entity is expanded, no DTD loaded and no address asked, so that neither a bomb of entities nor one that names a
    file or a server does anything; a document that declares entities of its own is refused outright.

    Raises: BadBody with class empty, partial, error_page, not_xml or hostile.
    """
    body = whole_body(response)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if is_markup(body):
            raise BadBody(Failure.ERROR_PAGE, f"HTML titled {title(body)!r}: {shown(response.url)}") from error
        raise BadBody(Failure.NOT_XML, f"{error}: {shown(response.url)}") from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise BadBody(Failure.HOSTILE, f"the document declares entities of its own: {shown(response.url)}")
    return root
