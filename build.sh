#!/usr/bin/env bash
# Restores the pinned tools, then runs the build: ./build.sh --target=Test
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
dotnet tool restore > /dev/null || dotnet tool restore
exec dotnet cake build/build.cake "$@"
