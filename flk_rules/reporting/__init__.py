"""pages for auditors.

Receipts as one HTML page that needs nothing else: no network, no other file. See docs/report.md.
"""

from flk_rules.reporting.collecting import MOST_PER_PAGE, Collection
from flk_rules.reporting.pages import page
from flk_rules.reporting.reading import Parts, from_record, read_receipts
from flk_rules.reporting.shapes import Shown

__all__ = ["MOST_PER_PAGE", "Collection", "Parts", "Shown", "from_record", "page", "read_receipts"]
