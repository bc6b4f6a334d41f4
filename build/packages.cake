// A package is unpacked once for each version and then reused, so every pack has a version of its own.
void Pack()
{
    var version = $"0.1.0-dev.{DateTime.UtcNow:yyyyMMddHHmmss}";
    CleanDirectory(packageFolder);
    // What the example unpacked of earlier packs.
    if (DirectoryExists("examples/training-pipeline/tools"))
        DeleteDirectory("examples/training-pipeline/tools", new DeleteDirectorySettings { Recursive = true, Force = true });
    foreach (var project in GetFiles("src/*/*.csproj"))
    {
        DotNetPack(project.FullPath, new DotNetPackSettings
        {
            Configuration = "Release",
            OutputDirectory = packageFolder,
            Verbosity = DotNetVerbosity.Quiet,
            NoLogo = true,
            MSBuildSettings = new DotNetMSBuildSettings().SetVersion(version),
        });
    }

    foreach (var package in GetFiles($"{packageFolder}/*.nupkg"))
        Information("{0}", package.GetFilename());
}
