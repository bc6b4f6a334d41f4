// The repository's build. Without a target it prints what there is.
#load "arguments.cake"
#load "audit.cake"
#load "bench.cake"
#load "packages.cake"
#load "tests.cake"
#load "example.cake"

// Paths are relative to the root, wherever the script is.
Context.Environment.WorkingDirectory = MakeAbsolute(Directory("..")).FullPath;

var solution = "Trainctl.sln";
var packageFolder = MakeAbsolute(Directory("artifacts/packages"));
var testResultFolder = MakeAbsolute(Directory("artifacts/test-results"));

Task("Default")
    .Description("Prints what there is.")
    .Does(() =>
    {
        Information("Targets, as in ./build.sh --target=Test:");
        foreach (var task in Tasks.OrderBy(task => task.Name, StringComparer.Ordinal))
            Information("  {0,-18}{1}", task.Name, task.Description);
    });

Task("Clean")
    .Description("Deletes everything that a build makes.")
    .Does(() =>
    {
        DotNetClean(solution, new DotNetCleanSettings { Configuration = "Release", Verbosity = DotNetVerbosity.Quiet });
        foreach (var folder in new[] { "artifacts", "examples/training-pipeline/tools" }.Where(folder => DirectoryExists(folder)))
            DeleteDirectory(folder, new DeleteDirectorySettings { Recursive = true, Force = true });
    });

Task("Build")
    .Description("Builds everything for release; a warning is an error.")
    .Does(() => DotNetBuild(solution, new DotNetBuildSettings
    {
        Configuration = "Release",
        Verbosity = DotNetVerbosity.Minimal,
        NoLogo = true,
    }));

Task("Pack")
    .Description("Makes the packages, with a version that was never used before; with --native, the command line in native code too.")
    .Does(() => Pack());

Task("Audit")
    .Description("Looks for known vulnerabilities and foreign licences in the packages that we depend on; needs a registry that knows them.")
    .Does(() =>
    {
        DotNetRestore(solution);
        Audit();
    });

Task("Test")
    .Description("Audits the packages as far as it can, and runs all tests; the last line counts them.")
    .IsDependentOn("Build")
    .Does(() => RunTests());

Task("Bench")
    .Description("Compares the native tool with s5cmd, and with aws, rclone and s3cmd where they are; see benchmarks/README.md for its options.")
    .Does(() => Bench());

Task("BenchHosts")
    .Description("Compares the engine inside a Cake script and inside a build with the native tool; see benchmarks/README.md for its options.")
    .Does(() => BenchHosts());

Task("Soak")
    .Description("Has the engine do the same again and again, and fails when memory, handles or threads grow; --soak-minutes=2")
    .Does(() => Soak());

Task("HotCode")
    .Description("Finds anew which methods of the native tool lie together; needs Linux on x64, nm, and an S3 server as the tests do.")
    .Does(() => HotCode());

Task("TrainAndPublish")
    .Description("Runs the example's pipeline with fresh packages; takes its options: --dry-run --store=URL --epochs=N")
    .IsDependentOn("Pack")
    .Does(() => RunExample());

RunChecked();
