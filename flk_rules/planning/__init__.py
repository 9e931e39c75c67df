"""how many physicians.

Needs of regions at a list size, a region's path to the guideline year by year, and continuity from
visits. Plain arithmetic on exact numbers; every figure says whether a source states it.
"""

from flk_rules.planning.continuity import Visit, Window, coc, secon, upc
from flk_rules.planning.dimensioning import (
    Dimensioning,
    Region,
    difference,
    dimension,
    need,
    per_cent,
    residents_per_specialist,
)
from flk_rules.planning.figures import Figure
from flk_rules.planning.plans import read_plan
from flk_rules.planning.projecting import Plan, Projection, make_plan, project
from flk_rules.planning.regions import read_regions

__all__ = [
    "Dimensioning",
    "Figure",
    "Plan",
    "Projection",
    "Region",
    "Visit",
    "Window",
    "coc",
    "difference",
    "dimension",
    "make_plan",
    "need",
    "per_cent",
    "project",
    "read_plan",
    "read_regions",
    "residents_per_specialist",
    "secon",
    "upc",
]
