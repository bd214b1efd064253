"""Kefu."""

import os

# Our matrices are small. OpenBLAS would spread each product over all processors and wait for them by spinning:
# measured on two busy ones, 8 ms of processor time in place of 0.1. Read by NumPy when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
