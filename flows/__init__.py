"""When: the project file, the stage graph, its two runners (plain and Prefect), and the command line."""
