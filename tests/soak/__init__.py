"""long proving runs.

`python -m soak` with `tests` on the path: parity of the engines over random rulesets, and memory
over as many decisions. `make test` runs the same code for a short while.
"""
