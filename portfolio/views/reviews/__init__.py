"""The pages of review points, of their meetings, and of the working time and leave that date them."""
