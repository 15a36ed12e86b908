"""What one run is about and where its files lie: the context that every stage receives, and what it returns.

Stages hand over paths, never frames; :class:`RunContext` is how a stage finds the paths. It is picklable and holds no
personal data (``mask_key`` is a secret, not a person's: it is left out of ``repr``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Progress = Callable[[str, str, str, int, int], None]
"""``(area, stage, what, done, total)``: ``what`` is an export's or a group's name, never a value."""


@dataclass(frozen=True)
class RunContext:
    """One run of one municipality; ``run_dir`` is the folder being filled (``<run id>.partial``)."""

    run_dir: Path
    municipality: str
    """全国地方公共団体コード, 6 digits."""
    municipality_name: str
    rehearsal: str
    areas: tuple[str, ...]
    """Area ids of this run; ``x_<name>`` for a system that has no layout."""
    vendor: str
    mapping_dir: Path
    exports_dir: Path
    delivery_date: str
    """YYYY-MM-DD; stands in file names."""
    mask_key: bytes = field(repr=False)
    shared_exports_dir: Path | None = None
    municipalities: tuple[str, ...] = ()
    """All 団体コード of the programme, for exports that hold several."""
    profile: str = "standard"
    lang: str = "ja"
    examples: int = 20
    """Cap of examples per finding; 0 = no cap."""
    threads: int = 2
    progress: Progress | None = field(default=None, repr=False, compare=False)
    code_lists_dir: Path | None = None
    proof_required: bool = False
    """Whether a run without the proof that every export can be rebuilt is accepted with that condition only."""

    @property
    def work(self) -> Path:
        """Folder of what stages hand to each other; removed from a finished delivery."""
        return self.run_dir / ".work"

    def staged(self, area: str) -> Path:
        return self.work / "staged" / area

    def mapped(self, area: str) -> Path:
        return self.work / "mapped" / area

    def held(self, area: str) -> Path:
        return self.work / "held" / area

    def nulled(self, area: str) -> Path:
        return self.work / "nulled" / area

    @property
    def accounts(self) -> Path:
        return self.work / "accounts"

    @property
    def findings(self) -> Path:
        return self.work / "findings"

    def standard(self, area: str) -> Path:
        return self.run_dir / "standard" / area

    def lineage(self, area: str) -> Path:
        return self.run_dir / "lineage" / area

    def overflow(self, area: str) -> Path:
        return self.run_dir / "overflow" / area

    def residue(self, area: str) -> Path:
        return self.run_dir / "residue" / area

    def quarantine(self, area: str) -> Path:
        return self.run_dir / "quarantine" / area

    def exclusions(self, area: str) -> Path:
        return self.run_dir / "exclusions" / area

    @property
    def gaiji(self) -> Path:
        return self.run_dir / "gaiji"

    @property
    def coverage(self) -> Path:
        return self.work / "coverage"

    @property
    def restricted(self) -> Path:
        return self.run_dir / "restricted"

    @property
    def report(self) -> Path:
        return self.run_dir / "report"

    def tell(self, area: str, stage: str, what: str, done: int, total: int) -> None:
        """Report progress to whoever listens."""
        if self.progress is not None:
            self.progress(area, stage, what, done, total)


@dataclass(frozen=True)
class StageResult:
    """What a stage did; ``failed`` holds the reason (code and text, no personal data) why the whole run must fail."""

    area: str
    stage: str
    seconds: float
    records: int
    counts: Mapping[str, int] = field(default_factory=dict)
    failed: str | None = None
