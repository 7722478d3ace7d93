"""Personal development: the pages of a trainee's goals. Their people read them, and officers review them."""
