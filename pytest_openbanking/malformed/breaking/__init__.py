"""How each keyword is broken: values tried as they are (`odd`), and values drawn."""
