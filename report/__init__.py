"""How well texts are understood; `make nlu-report` writes var/nlu-report, a page and pictures."""

# Libraries read these once, when they load. What a text costs is measured with all of them at 1.
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
