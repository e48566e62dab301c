"""Many computations of one design: the parameters that measurements determine, and how well.

The study layer stands above the pipeline: it calls the wings again and again, with changed
designs, and judges what comes out. Nothing below imports it.
"""
