"""A row of pieces, read: what the networks say of each, and the likeliest way through them."""
