"""the rules by hand.

`eligibility` and `priority` of se.national on 2024-10-01 as SQL for DuckDB, written as tightly as
we could: outcome and deciding rules, unknown facts unknown. It holds for these rules on that day.

Eligibility rests on a physician and, of the patient, on one of four groups of age; so every
physician is decided once for each group, and patients look the answer up. Priority packs its twelve
grounds into one number, and looks up the list that each number stands for.
"""

from __future__ import annotations

_E, _P = "se.national.eligibility.", "se.national.priority."


def _texts(names: list[str]) -> str:
    return "[" + ", ".join(f"'{name}'" for name in names) + "]"


ELIGIBILITY = f"""
WITH doctor AS (
  SELECT "physician.id" AS id, "physician.licence" AS licence,
    list_contains("physician.specialties", 'allmanmedicin') AS general,
    list_contains("physician.specialties", 'geriatrik') AS geriatrics,
    list_contains("physician.specialties", 'barn_och_ungdomsmedicin') AS paediatrics,
    "physician.training.stage" = 'st'
      AND "physician.training.specialty" = 'allmanmedicin' AS st,
    coalesce("physician.equivalent_competence" = 'equivalent', false) AS equivalent,
    "physician.equivalent_competence" IS NULL AND NOT general AND NOT st
      AND (len("physician.specialties") > 0
           OR "physician.training.stage" NOT IN ('at', 'bt')) AS assessed
  FROM physician
), ages(age, older, child) AS (
  VALUES (0, false, true), (1, false, false), (2, true, false), (3, NULL, NULL)
), rules AS (
  SELECT *, licence = 'revoked' AS revoked, licence = 'none' AS unlicensed,
    geriatrics AND older AS for_older, paediatrics AND child AS for_child,
    equivalent OR general OR for_older OR for_child OR st AS permitted
  FROM doctor CROSS JOIN ages
), answers AS MATERIALIZED (
  SELECT id, age,
    CASE
      WHEN revoked OR unlicensed THEN 'not_eligible'
      WHEN permitted IS FALSE AND assessed IS FALSE THEN 'not_eligible'
      WHEN licence IS NULL OR permitted IS NULL THEN 'undetermined'
      WHEN permitted THEN 'eligible'
      WHEN assessed THEN 'assess'
      ELSE 'undetermined'
    END AS outcome,
    CASE
      WHEN outcome = 'eligible' THEN list_where(
        {_texts([f"{_E}equivalent_competence", f"{_E}general_practice", f"{_E}geriatrics",
                 f"{_E}paediatrics", f"{_E}st_general_practice"])},
        [equivalent, coalesce(general, false), coalesce(for_older, false),
         coalesce(for_child, false), coalesce(st, false)])
      WHEN outcome = 'assess' THEN {_texts([f"{_E}equivalent_competence_to_assess"])}
      WHEN revoked THEN {_texts([f"{_E}licence_revoked"])}
      WHEN unlicensed THEN {_texts([f"{_E}not_licensed"])}
      ELSE []
    END AS grounds
  FROM rules
), patients AS (
  SELECT "patient.id", "patient.listed_with" AS id,
    CASE WHEN "patient.age" >= 65 THEN 2 WHEN "patient.age" < 18 THEN 0
         WHEN "patient.age" IS NOT NULL THEN 1 ELSE 3 END AS age
  FROM patient
)
SELECT "patient.id", id AS "physician.id", outcome, grounds
FROM patients JOIN answers USING (id, age)
"""  # fmt: skip

GROUNDS = {
    "children": '"patient.age" < 18',
    "complex_needs": '"patient.complex_needs"',
    "deprived_area": '"patient.deprived_area"',
    "disability": "\"patient.disability\" <> 'none'",
    "lss_housing": "\"patient.housing\" = 'lss'",
    "mental_ill_health": "\"patient.mental_ill_health\" <> 'none'",
    "multimorbidity": '"patient.chronic_conditions" >= 2',
    "older": '"patient.age" >= 65',
    "rural": "\"patient.municipality\" IN ('rural_near_town', 'rural_sparse', 'rural_very_sparse')",
    "sabo": "\"patient.housing\" = 'sabo'",
    "substance_use": '"patient.substance_use"',
    "vulnerable": '"patient.vulnerable"',
}
_MASK = " + ".join(
    f"CASE WHEN {when} THEN {1 << bit} ELSE 0 END" for bit, when in enumerate(GROUNDS.values())
)
_BITS = ", ".join(f"mask & {1 << bit} <> 0" for bit in range(len(GROUNDS)))
PRIORITY = f"""
WITH grounds AS MATERIALIZED (
  SELECT mask, list_where({_texts([f"{_P}{name}" for name in GROUNDS])}, [{_BITS}]) AS grounds
  FROM range({1 << len(GROUNDS)}) AS every(mask)
), patients AS (
  SELECT "patient.id", {_MASK} AS mask,
    {" OR ".join(GROUNDS.values())} AS grounded
  FROM patient
)
SELECT "patient.id",
  CASE WHEN grounded THEN 'grounded' WHEN grounded IS NULL THEN 'undetermined'
       ELSE 'ungrounded' END AS outcome,
  grounds
FROM patients JOIN grounds USING (mask)
"""

BY_HAND = {"eligibility": ELIGIBILITY, "priority": PRIORITY}
