"""a whole country.

Synthetic units, physicians and patients from a seed, and one run in which the rules are asked of
all of them, several ways side by side. See benchmarks/README.md.
"""
