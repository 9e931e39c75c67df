"""the rules in OpenFisca.

The same conditions as variables of OpenFisca-Core, vectorised: -1 is false, 1 true and 0 not known,
so that "and" is the least, "or" the greatest and "not" the opposite. OpenFisca-Core is AGPL: it is
installed for this benchmark alone and nothing else imports it.

It has neither lists of text nor joins. Deciding rules are bits of one number, and a physician's
facts are taken for each patient beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2024-10"
OUTCOMES = {
    "eligibility": ("not_eligible", "undetermined", "eligible", "assess"),
    "priority": ("ungrounded", "undetermined", "grounded"),
}
BITS = {
    "eligibility": (
        "equivalent_competence", "equivalent_competence_to_assess", "general_practice",
        "geriatrics", "licence_revoked", "not_licensed", "paediatrics", "st_general_practice",
    ),
    "priority": (
        "children", "complex_needs", "deprived_area", "disability", "lss_housing",
        "mental_ill_health", "multimorbidity", "older", "rural", "sabo", "substance_use",
        "vulnerable",
    ),
}  # fmt: skip
"""The rules whose bits the variable `grounds` has, the lowest first."""
CODES = {
    "physician.licence": ("valid", "special_appointment", "revoked", "none"),
    "physician.training.stage": ("none", "at", "bt", "st"),
    "physician.equivalent_competence": ("equivalent", "not_equivalent"),
    "patient.disability": ("none", "some", "extensive"),
    "patient.housing": ("ordinary", "sabo", "lss"),
    "patient.mental_ill_health": ("none", "passing", "long_term"),
    "patient.municipality": (
        "large_city", "dense_mixed", "sparse_mixed", "rural_near_town", "rural_sparse",
        "rural_very_sparse",
    ),
}  # fmt: skip
_PAIR = build_entity("pair", "pairs", "A patient, and the physician they are listed with",
                     is_person=True)  # fmt: skip
Numbers = NDArray[Any]
_INPUTS: dict[str, tuple[str, ...]] = {
    "eligibility": (
        "licence", "general", "geriatrician", "paediatrician", "specialties", "stage", "st_general",
        "equivalent", "age",
    ),
    "priority": (
        "age", "chronic", "mental", "substance", "disabled", "complicated", "housed", "deprived",
        "in_utsatthet", "municipality",
    ),
}  # fmt: skip
_OF = {
    "age": "patient.age", "chronic": "patient.chronic_conditions",
    "mental": "patient.mental_ill_health", "substance": "patient.substance_use",
    "disabled": "patient.disability", "complicated": "patient.complex_needs",
    "housed": "patient.housing", "deprived": "patient.deprived_area",
    "in_utsatthet": "patient.vulnerable", "municipality": "patient.municipality",
    "licence": "physician.licence", "stage": "physician.training.stage",
    "equivalent": "physician.equivalent_competence",
}  # fmt: skip


def _kleene(known: Numbers, true: Numbers) -> Numbers:
    return np.where(known, np.where(true, 1, -1), 0)


def _number(test: Any) -> Any:
    """A formula that asks a number, -1 where it is not known."""
    return lambda number: _kleene(number >= 0, test(number))


def _rules() -> Mapping[str, Any]:
    """Each variable as a function of those that its arguments name."""
    none = CODES["patient.disability"].index("none")
    return {
        "children": lambda age: _number(lambda a: a < 18)(age),
        "older": lambda age: _number(lambda a: a >= 65)(age),
        "complex_needs": lambda complicated: complicated,
        "deprived_area": lambda deprived: deprived,
        "vulnerable": lambda in_utsatthet: in_utsatthet,
        "substance_use": lambda substance: substance,
        "disability": lambda disabled: _number(lambda code: code != none)(disabled),
        "mental_ill_health": lambda mental: _number(lambda code: code != none)(mental),
        "lss_housing": lambda housed: _number(lambda code: code == 2)(housed),
        "sabo": lambda housed: _number(lambda code: code == 1)(housed),
        "multimorbidity": lambda chronic: _number(lambda count: count >= 2)(chronic),
        "rural": lambda municipality: _number(lambda code: code >= 3)(municipality),
        "licence_revoked": lambda licence: _number(lambda code: code == 2)(licence),
        "not_licensed": lambda licence: _number(lambda code: code == 3)(licence),
        "general_practice": lambda general: general,
        "geriatrics": lambda geriatrician, older: np.minimum(geriatrician, older),
        "paediatrics": lambda paediatrician, children: np.minimum(paediatrician, children),
        "st_general_practice": lambda stage, st_general: np.minimum(
            _number(lambda code: code == 3)(stage), st_general
        ),
        "equivalent_competence": lambda equivalent: np.where(equivalent == 0, 1, -1),
        "equivalent_competence_to_assess": _to_assess,
    }


def _to_assess(
    equivalent: Numbers, general: Numbers, st_general_practice: Numbers, specialties: Numbers,
    stage: Numbers,
) -> Numbers:  # fmt: skip
    some = _number(lambda count: count > 0)(specialties)
    beyond = _number(lambda code: (code != 1) & (code != 2))(stage)
    parts = np.minimum(-general, -st_general_practice)
    return np.minimum(np.where(equivalent < 0, 1, -1), np.minimum(parts, np.maximum(some, beyond)))


def _eligibility(rule: Mapping[str, Numbers]) -> tuple[Numbers, Numbers]:
    forbidden = np.maximum(rule["licence_revoked"], rule["not_licensed"])
    permits = ("equivalent_competence", "general_practice", "geriatrics", "paediatrics",
               "st_general_practice")  # fmt: skip
    permitted = np.maximum.reduce([rule[each] for each in permits])
    assessed = rule["equivalent_competence_to_assess"]
    no = (forbidden == 1) | ((permitted == -1) & (assessed == -1))
    open_ = (forbidden == 0) | (permitted == 0)
    outcome = np.select([no, open_, permitted == 1, assessed == 1], [0, 1, 2, 3], 1)
    saying = {
        **dict.fromkeys(permits, outcome == 2),
        "equivalent_competence_to_assess": outcome == 3,
        **dict.fromkeys(("licence_revoked", "not_licensed"), outcome == 0),
    }
    return outcome, _mask(BITS["eligibility"], rule, saying)


def _priority(rule: Mapping[str, Numbers]) -> tuple[Numbers, Numbers]:
    grounded = np.maximum.reduce([rule[each] for each in BITS["priority"]])
    return grounded + 1, _mask(BITS["priority"], rule, {})


def _mask(
    names: tuple[str, ...], rule: Mapping[str, Numbers], saying: Mapping[str, Numbers]
) -> Numbers:
    mask = np.zeros(len(rule[names[0]]), np.int32)
    for bit, name in enumerate(names):
        held = rule[name] == 1
        mask |= (held & saying[name] if name in saying else held).astype(np.int32) << bit
    return mask


def _variable(name: str, formula: Any = None) -> type[Variable]:
    attributes = {
        "value_type": int, "entity": _PAIR, "definition_period": DateUnit.ETERNITY, "label": name,
    }  # fmt: skip
    if formula is not None:
        attributes["formula"] = formula
    return type(name, (Variable,), attributes)


def _asking(function: Any) -> Any:
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]

    def formula(pairs: Any, period: Any) -> Numbers:
        return function(*(pairs(name, period) for name in names))

    return formula


def _combined(question: str, part: int) -> Any:
    combine = {"eligibility": _eligibility, "priority": _priority}[question]

    def formula(pairs: Any, period: Any) -> Numbers:
        return combine({name: pairs(name, period) for name in BITS[question]})[part]

    return formula


def system(question: str) -> TaxBenefitSystem:
    """The rules of one question as variables."""
    made = TaxBenefitSystem([_PAIR])
    variables = [_variable(name) for name in {*_INPUTS["eligibility"], *_INPUTS["priority"]}]
    variables += [_variable(name, _asking(function)) for name, function in _rules().items()]
    variables += [
        _variable(name, _combined(question, part)) for part, name in enumerate(("outcome", "mask"))
    ]
    made.add_variables(*variables)
    return made


def inputs(question: str, patients: pa.Table, physicians: pa.Table) -> dict[str, Numbers]:
    """The facts as arrays, one value a patient; -1 is not known, and 0 where a truth is not."""
    found = {}
    for name in _INPUTS[question]:
        fact = _OF.get(name)
        if fact is not None and fact.startswith("patient."):
            found[name] = _array(fact, patients[fact])
    if question == "eligibility":
        who = pc.index_in(patients["patient.listed_with"], physicians["physician.id"])
        rows = who.to_numpy(zero_copy_only=False)
        for name, values in _doctors(physicians).items():
            found[name] = values[rows]
    return found


def _doctors(physicians: pa.Table) -> dict[str, Numbers]:
    held = physicians["physician.specialties"].to_pylist()
    found = {
        name: np.array([0 if each is None else 1 if specialty in each else -1 for each in held])
        for name, specialty in (
            ("general", "allmanmedicin"),
            ("geriatrician", "geriatrik"),
            ("paediatrician", "barn_och_ungdomsmedicin"),
        )
    }
    found["specialties"] = np.array([-1 if each is None else len(each) for each in held])
    training = physicians["physician.training.specialty"].to_pylist()
    found["st_general"] = np.array(
        [0 if each is None else 1 if each == "allmanmedicin" else -1 for each in training]
    )
    for name in ("licence", "stage", "equivalent"):
        found[name] = _array(_OF[name], physicians[_OF[name]])
    return {name: values.astype(np.int32) for name, values in found.items()}


def _array(fact: str, column: pa.ChunkedArray) -> Numbers:
    if pa.types.is_boolean(column.type):
        known = pc.fill_null(pc.if_else(column, 1, -1), 0)
    elif fact in CODES:
        known = pc.fill_null(pc.index_in(column, pa.array(CODES[fact])), -1)
    else:
        known = pc.fill_null(column, -1)
    return known.cast(pa.int32()).to_numpy()


def calculate(question: str, given: Mapping[str, Numbers]) -> tuple[Numbers, Numbers]:
    """The outcome of every patient, by its number in `OUTCOMES`, and the bits of its grounds."""
    count = len(next(iter(given.values())))
    simulation: Simulation = SimulationBuilder().build_default_simulation(system(question), count)
    for name, values in given.items():
        simulation.set_input(name, PERIOD, values)
    return simulation.calculate("outcome", PERIOD), simulation.calculate("mask", PERIOD)
