"""The teacher's commands: check, test, list, show, new, why-not, diff, graph, schema."""
