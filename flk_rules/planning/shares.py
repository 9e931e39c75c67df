"""shares with bounds.

The share of patients with a named physician (statement F1). Whoever is not known to have one, or
not known to belong among those counted, is counted neither way: the share is then known to lie
between two ends.
"""

from __future__ import annotations

from fractions import Fraction

from attrs import define, field, frozen

from flk_rules.planning.figures import Figure


@frozen(kw_only=True)
class Share:
    """A share against a target.

    `lowest` and `highest` are its ends, equal where nothing is open and None where nobody is
    counted. `named`, `without` and `unknown` count those who surely belong, `unsure` those of whom
    that is open. `partial`: those counted are only some of whom the target is about, so that it
    cannot be told whether it is met.
    """

    target: Figure
    named: int
    without: int
    unknown: int
    unsure: int
    lowest: Fraction | None
    highest: Fraction | None
    partial: bool = False

    @property
    def exact(self) -> Fraction | None:
        """The share where its ends meet."""
        return self.lowest if self.lowest == self.highest else None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where facts are missing or nobody is counted."""
        if self.lowest is None or self.highest is None or self.partial:
            return None
        if self.lowest >= self.target.value:
            return True
        return False if self.highest < self.target.value else None


@define
class Counting:
    """Counts patients: who belongs among those asked about, and who has a named physician. None
    is not known, of both."""

    counts: dict[tuple[bool | None, bool | None], int] = field(factory=dict)

    def add(self, belongs: bool | None, named: bool | None, times: int = 1) -> None:
        """So many more patients."""
        if belongs is not False:
            self.counts[belongs, named] = self.counts.get((belongs, named), 0) + times

    def share(self, target: Figure, *, partial: bool = False) -> Share:
        """The share of those who belong that has a named physician.

        Formula: named / all who belong. For the lowest, whoever is not known to have a physician
        has none, and whoever is not known to belong does so where that lowers the share; for the
        highest the other way round.
        """

        def count(belongs: bool | None, *named: bool | None) -> int:
            return sum(self.counts.get((belongs, each), 0) for each in named)

        sure = count(True, True, False, None)
        # Of those who may belong, the ones that pull the share down, and up.
        down, up = count(None, False, None), count(None, True, None)
        # Where nobody surely belongs, one end may be a share of nobody: then the other holds.
        everybody = sure + count(None, True, False, None)
        lowest = highest = None
        if everybody:
            lowest = _over(count(True, True), sure + down, otherwise=1)
            highest = _over(count(True, True, None) + up, sure + up, otherwise=0)
        return Share(
            target=target,
            named=count(True, True),
            without=count(True, False),
            unknown=count(True, None),
            unsure=count(None, True, False, None),
            lowest=lowest,
            highest=highest,
            partial=partial,
        )


def _over(part: int, whole: int, otherwise: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(otherwise)
