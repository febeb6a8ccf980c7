"""Opening files of unknown origin: whatever is in them, the answer is their contents or `InvalidInput`."""

from matchmaker.exchange.safety.archives import SafeArchive, open_zip
from matchmaker.exchange.safety.files import open_file, read_head, read_whole
from matchmaker.exchange.safety.json_documents import load_json, parse_json
from matchmaker.exchange.safety.workbooks import check_workbook
from matchmaker.exchange.safety.xml_documents import parse_xml

__all__ = [
    "SafeArchive",
    "check_workbook",
    "load_json",
    "open_file",
    "open_zip",
    "parse_json",
    "parse_xml",
    "read_head",
    "read_whole",
]
