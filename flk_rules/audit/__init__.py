"""what is kept.

Receipts of decisions, the log that holds them, and what can be done with it years later. See
docs/audit.md.
"""

from flk_rules.audit.identities import PseudonymKey
from flk_rules.audit.log import AuditLog
from flk_rules.audit.receipts import Receipt, Receipts

__all__ = ["AuditLog", "PseudonymKey", "Receipt", "Receipts"]
