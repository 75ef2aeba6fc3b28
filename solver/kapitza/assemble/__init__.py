"""Model and mesh in, conductances and loads out."""
