#!/bin/sh
# Fails unless the tag that is built, the code and the changelog speak of one version.
set -eu
version="$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' bot/__init__.py)"
test "$GITHUB_REF_NAME" = "v$version"
grep -qF "## [$version] - " CHANGELOG.md
