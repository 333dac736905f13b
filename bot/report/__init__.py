"""The report and the exports: pure text, made of what was shipped."""
