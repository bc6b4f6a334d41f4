@echo off
rem Restores the pinned tools, then runs the build: build.cmd --target=Test
cd /d "%~dp0"
dotnet tool restore || exit /b 1
rem Nothing is left running: MSBuild counts the nodes that wait on a machine, and ends those of our tests when there are others.
set MSBUILDDISABLENODEREUSE=1
dotnet cake build/build.cake %*
