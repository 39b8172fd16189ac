"""The demonstration: a small utility that runs on one machine without anything prepared."""
