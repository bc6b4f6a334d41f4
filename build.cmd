@echo off
rem Restores the pinned tools, then runs the build: build.cmd --target=Test
cd /d "%~dp0"
dotnet tool restore || exit /b 1
dotnet cake build/build.cake %*
