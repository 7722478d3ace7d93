"""What is recorded rather than decided: the university's results, the option of a block, what was signed elsewhere."""
