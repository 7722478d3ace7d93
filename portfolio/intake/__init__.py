"""Getting a cohort in: a table of people is read, judged row by row, shown, and taken in whole or not at all.

`sheets` makes lines of cells of a file, `reading` makes entries of lines, `judging` holds them against what is here,
and `taking` writes. docs/decisions/0017-getting-a-cohort-in.md says why so.
"""
