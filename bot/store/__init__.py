"""The store: tables, engine, unit of work. Commits happen in the unit of work and nowhere else."""
