"""The tree under out/: compare it with what should be there, and make it so, whole or not at all."""

from generator.output.compare import Comparison, Difference, State, compare, leftovers
from generator.output.generated import File, Generated
from generator.output.journal import FOLDER, Interrupted, interrupted
from generator.output.lock import locked
from generator.output.signals import held
from generator.output.sums import SUMS, digest
from generator.output.transaction import Change, Transaction

__all__ = [
    "FOLDER",
    "SUMS",
    "Change",
    "Comparison",
    "Difference",
    "File",
    "Generated",
    "Interrupted",
    "State",
    "Transaction",
    "compare",
    "digest",
    "held",
    "interrupted",
    "leftovers",
    "locked",
]
