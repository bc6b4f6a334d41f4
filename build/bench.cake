string toolProject = "src/Trainctl.Cli/Trainctl.Cli.csproj";

string[] soakOptions = ["soak-minutes"];
string[] benchOptions = ["bench-rows", "bench-pairs", "bench-scale", "bench-crc-store", "bench-tls", "bench-bare", "bench-round-trip", "bench-folder", "bench-output"];
string[] benchHostsOptions = ["bench-rows", "bench-pairs", "bench-operations", "bench-scale", "bench-folder", "bench-output"];

// What is measured is the tool as people install it.
void Bench()
{
    var tool = PublishTool(MakeAbsolute(Directory("artifacts/bench/tool")));
    var arguments = new List<string> { Built("benchmarks/Trainctl.Benchmarks"), "peers", $"--tool={tool}", $"--server={Built("tests/Trainctl.TestServer")}" };
    if (HasArgument("bench-bare"))
        arguments.Add($"--bare={PublishBareClient(MakeAbsolute(Directory("artifacts/bench/bare")))}");
    arguments.AddRange(Passed([.. benchOptions.Except(["bench-bare"])]));
    RunOrFail("dotnet", arguments, Context.Environment.WorkingDirectory);
}

// And the packages as people restore them.
void BenchHosts()
{
    var tool = PublishTool(MakeAbsolute(Directory("artifacts/bench/tool")));
    var packages = MakeAbsolute(Directory("artifacts/bench/packages"));
    CleanDirectory(packages);
    foreach (var project in new[] { "src/Trainctl.Cake/Trainctl.Cake.csproj", "src/Trainctl.MSBuild/Trainctl.MSBuild.csproj" })
        PackProject(project, $"0.1.0-bench.{DateTime.UtcNow:yyyyMMddHHmmss}", settings => settings, folder: packages);
    var arguments = new List<string>
    {
        Built("benchmarks/Trainctl.Benchmarks"), "hosts", $"--tool={tool}", $"--packages={packages}", $"--server={Built("tests/Trainctl.TestServer")}",
    };
    arguments.AddRange(Passed(benchHostsOptions));
    RunOrFail("dotnet", arguments, Context.Environment.WorkingDirectory);
}

void Soak()
{
    var arguments = new List<string> { Built("benchmarks/Trainctl.Benchmarks"), "soak", $"--server={Built("tests/Trainctl.TestServer")}" };
    arguments.AddRange(Passed(soakOptions));
    RunOrFail("dotnet", arguments, Context.Environment.WorkingDirectory);
}

// Finds anew which methods the native tool uses most; they are linked together. Only a tool with its symbols tells.
void HotCode()
{
    var folder = MakeAbsolute(Directory("artifacts/hot-code"));
    CleanDirectory(folder);
    Publish(toolProject, folder, native: true, settings => settings.WithProperty("StripSymbols", "false"));
    var output = MakeAbsolute(File("src/Trainctl.Cli/hot-methods.txt"));
    var arguments = new[]
    {
        Built("benchmarks/Trainctl.Benchmarks"), "hot-code", $"--tool={folder.CombineWithFilePath("Trainctl.Cli")}", $"--output={output}", $"--server={Built("tests/Trainctl.TestServer")}",
    };
    RunOrFail("dotnet", arguments, Context.Environment.WorkingDirectory);
}

// The target's name goes before its options here, and not there.
IEnumerable<string> Passed(string[] options) =>
    from name in options.Where(name => HasArgument(name))
    from value in Context.Arguments.GetArguments(name)
    let option = "--" + name[(name.IndexOf('-') + 1)..]
    select string.IsNullOrEmpty(value) ? option : $"{option}={value}";

// Native code needs a compiler's linker. Where it cannot be made, the portable tool is measured, which the table says too.
string PublishTool(DirectoryPath folder)
{
    CleanDirectory(folder);
    try
    {
        Publish(toolProject, folder, native: true);
    }
    catch (CakeException e)
    {
        Warning("WARNING: trainctl could not be made native code, so the portable one is measured. Is clang installed? {0}", e.Message);
        CleanDirectory(folder);
        Publish(toolProject, folder, native: false);
    }

    return folder.CombineWithFilePath("Trainctl.Cli").FullPath;
}

string PublishBareClient(DirectoryPath folder)
{
    CleanDirectory(folder);
    Publish("benchmarks/Trainctl.BareClient/Trainctl.BareClient.csproj", folder, native: true);
    return folder.CombineWithFilePath("Trainctl.BareClient").FullPath;
}

void Publish(string project, DirectoryPath folder, bool native, Func<DotNetMSBuildSettings, DotNetMSBuildSettings> with = null) => DotNetPublish(project, new DotNetPublishSettings
{
    Configuration = "Release",
    Runtime = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier,
    SelfContained = native,
    OutputDirectory = folder,
    Verbosity = DotNetVerbosity.Quiet,
    NoLogo = true,
    MSBuildSettings = (with ?? (settings => settings))(native ? new DotNetMSBuildSettings() : new DotNetMSBuildSettings().WithProperty("PublishAot", "false")),
});

string Built(string folder)
{
    var name = Directory(folder).Path.GetDirectoryName();
    DotNetBuild(folder, new DotNetBuildSettings { Configuration = "Release", Verbosity = DotNetVerbosity.Quiet, NoLogo = true });
    return MakeAbsolute(File($"{folder}/bin/Release/net10.0/{name}.dll")).FullPath;
}
