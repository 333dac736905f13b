"""Pictures of the cadence. The only room that imports matplotlib, which is the extra `charts`."""
