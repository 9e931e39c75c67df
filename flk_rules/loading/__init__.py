"""TOML to ruleset.

Read the files, structure them strictly, check every condition, resolve layers and dates,
fingerprint. One way in: `load_ruleset`. See docs/rulesets.md.
"""

from flk_rules.loading.finder import available, load_ruleset

__all__ = ["available", "load_ruleset"]
