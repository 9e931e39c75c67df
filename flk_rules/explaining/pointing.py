"""where to go on.

The questions that an answer's rules send the reader to, and how people assess what these are about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flk_rules.deciding import Answer
from flk_rules.explaining.words import word
from flk_rules.model.rules import Citation, Question, Rule, Ruleset


def seen(answer: Answer, ruleset: Ruleset) -> tuple[Question, ...]:
    """The questions that the rules name which decided, advise or could still decide, on every side
    of a condition; each once, without those that cannot be asked on the day."""
    found = {
        question.id: question
        for name in _speaking(answer)
        if (question := next_question(ruleset.rules[name], ruleset)) is not None
    }
    return tuple(found.values())


def next_question(rule: Rule, ruleset: Ruleset) -> Question | None:
    """The question that a rule sends the reader to, if it can be asked on the day."""
    return None if rule.see is None else ruleset.questions.get(rule.see)


def pointed(
    answer: Answer, ruleset: Ruleset, language: str, cited: Callable[[Citation], str]
) -> Iterator[str]:
    """The lines about the questions that the answer's rules send the reader to."""
    for question in seen(answer, ruleset):
        title = question.title.in_language(language)
        yield f"  > {title} ({word('question', language)} {question.id})"
        how = question.assessing
        if how is not None:
            yield f"      {how.what.in_language(language)}; {cited(how.source)}"
            yield f"      {word('assessed_by', language)} {how.by.in_language(language)}"
            if how.against is not None:
                against = _listed(how.against, ruleset, language)
                yield f"      {word('assessed_against', language)} {against}"
            if how.tool is not None:
                yield f"      {word('assessed_with', language)} {how.tool}"


def _listed(name: str, ruleset: Ruleset, language: str) -> str:
    """A code list with the number and the names of its codes."""
    found = ruleset.schema.codes[name]
    names = [each.sv if language == "sv" else each.en for each in found.codes.values()]
    title = found.sv if language == "sv" else found.en
    return f"{title} ({len(names)}): {'; '.join(names)}"


def _speaking(answer: Answer) -> Iterator[str]:
    branches = answer.condition.branches if answer.condition else ()
    for verdict in (answer.verdict, *(each.verdict for each in branches)):
        yield from (*verdict.grounds, *verdict.pivotal, *verdict.advice)
