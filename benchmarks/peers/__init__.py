"""engines under comparison.

One module per engine, each with `build`, which returns it with the ruleset prepared.
"""
