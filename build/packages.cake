// A package is unpacked once for each version and then reused, so every pack has a version of its own.
void Pack()
{
    var version = $"0.1.0-dev.{DateTime.UtcNow:yyyyMMddHHmmss}";
    CleanDirectory(packageFolder);
    // What the example unpacked of earlier packs.
    if (DirectoryExists("examples/training-pipeline/tools"))
        DeleteDirectory("examples/training-pipeline/tools", new DeleteDirectorySettings { Recursive = true, Force = true });
    foreach (var project in GetFiles("src/*/*.csproj").Where(project => project.GetFilename().ToString() != "Trainctl.Cli.csproj"))
        PackProject(project, version, settings => settings);
    PackTool(version);

    foreach (var package in GetFiles($"{packageFolder}/*.nupkg"))
        Information("{0}", package.GetFilename());
}

// A .NET tool of native code is three packages: a pointer, and one for each runtime. Native code needs a linker, so without one there is the portable one alone.
void PackTool(string version)
{
    var project = File("src/Trainctl.Cli/Trainctl.Cli.csproj");
    var isNative = HasArgument("native");
    // What the project says is both.
    DotNetMSBuildSettings Runtimes(DotNetMSBuildSettings settings) => isNative ? settings : settings.WithProperty("ToolPackageRuntimeIdentifiers", "any");
    PackProject(project, version, Runtimes);
    PackProject(project, version, settings => Runtimes(settings).WithProperty("PublishAot", "false"), "any");
    if (isNative)
        PackProject(project, version, Runtimes, "linux-x64");
}

void PackProject(FilePath project, string version, Func<DotNetMSBuildSettings, DotNetMSBuildSettings> change, string runtime = null, DirectoryPath folder = null) =>
    DotNetPack(project.FullPath, new DotNetPackSettings
    {
        Configuration = "Release",
        OutputDirectory = folder ?? packageFolder,
        Runtime = runtime,
        Verbosity = DotNetVerbosity.Quiet,
        NoLogo = true,
        MSBuildSettings = change(new DotNetMSBuildSettings().SetVersion(version)),
    });
