"""Sources that tell at once what is new: what comes is a hint that makes its source due, and nothing else."""
