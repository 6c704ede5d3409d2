"""The program: everything that touches the world."""

import os

# Our matrices are small: threads of the algebra library would only wait for each other, and take each 8 MB.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
