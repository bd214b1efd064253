"""The flat XML in which messages come."""

from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import fromstring

from connectors.channel import Malformed


def read_xml(content: bytes) -> dict[str, str]:
    """Tag to text of the root's children.

    Raises:
        Malformed: it is no XML, or declares entities.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, ValueError, LookupError) as error:
        raise Malformed(type(error).__name__) from error
    return {child.tag: (child.text or "").strip() for child in root}
