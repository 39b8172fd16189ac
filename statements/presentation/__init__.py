"""What statement pages show: plain values, ready for a template, in the reader's language."""
