"""bench: scenarios × strategies × seeds × limits, and peers, in one run; one judge for everybody.

``benchmark`` runs, ``write_results`` writes; docs/benchmarks.md says what the numbers mean.
"""
