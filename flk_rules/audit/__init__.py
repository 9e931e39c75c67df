"""what is kept.

Receipts of decisions, the log that holds them, and what can be done with it years later. See
docs/audit.md.
"""

from flk_rules.audit.heads import read_private_key, read_public_key
from flk_rules.audit.identities import PseudonymKey
from flk_rules.audit.log import AuditLog
from flk_rules.audit.reading import Reader, open_store
from flk_rules.audit.receipts import Receipt, Receipts
from flk_rules.audit.replaying import Replayer
from flk_rules.audit.verifying import verify

__all__ = [
    "AuditLog",
    "PseudonymKey",
    "Reader",
    "Receipt",
    "Receipts",
    "Replayer",
    "open_store",
    "read_private_key",
    "read_public_key",
    "verify",
]
