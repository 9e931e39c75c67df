"""peers side by side.

One command, `python -m benchmarks`: the shipped eligibility ruleset on flk_rules and on four other
engines. See benchmarks/README.md.
"""
