"""Sources that tell at once what is new: what comes is a hint that has its source polled, nothing else."""
