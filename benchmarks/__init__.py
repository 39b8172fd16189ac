"""Benchmarks: each measures the product and its floors alternately, in the same run."""
