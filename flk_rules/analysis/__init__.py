"""proofs over rules.

What the rules can tell apart, and what decisions have shown of them.
"""
