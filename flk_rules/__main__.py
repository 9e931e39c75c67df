"""python -m flk_rules.

The same as the command `flk`.
"""

from flk_rules.cli.main import run

run()
