"""how many physicians.

Needs of regions at a list size, a region's path to the guideline year by year, continuity from
visits, competence against the goals, and the plan of a unit. Plain arithmetic on exact numbers;
every figure says whether a source states it.
"""

from flk_rules.planning.competence import Assessment, assess
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
from flk_rules.planning.unit import UnitPlan, plan_unit
from flk_rules.planning.unit_files import read_unit
from flk_rules.planning.unit_rows import make_unit

__all__ = [
    "Assessment",
    "Dimensioning",
    "Figure",
    "Plan",
    "Projection",
    "Region",
    "UnitPlan",
    "Visit",
    "Window",
    "assess",
    "coc",
    "difference",
    "dimension",
    "make_plan",
    "make_unit",
    "need",
    "per_cent",
    "plan_unit",
    "project",
    "read_plan",
    "read_regions",
    "read_unit",
    "residents_per_specialist",
    "secon",
    "upc",
]
