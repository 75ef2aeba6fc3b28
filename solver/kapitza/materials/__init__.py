"""Materials and the library of them."""
