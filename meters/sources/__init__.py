"""Where readings come from: one package a source, plain values, no models."""
