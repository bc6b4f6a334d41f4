#!/usr/bin/env bash
# Restores the pinned tools, then runs the build: ./build.sh --target=Test
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
dotnet tool restore > /dev/null || dotnet tool restore
# Nothing is left running: MSBuild counts the nodes that wait on a machine, and ends those of our tests when there are others.
export MSBUILDDISABLENODEREUSE=1
exec dotnet cake build/build.cake "$@"
