"""Reports: what a run did and what its network sees, as one HTML file. No torch."""

from digitnet.report.write import compare, report

__all__ = ["compare", "report"]
