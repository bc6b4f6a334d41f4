using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using Trainctl.Testing;

namespace Trainctl.Cake.Frosting.Tests;

/// <summary>A user's repository with a Frosting build, in a throwaway folder. It finds the packages in feeds of its own.</summary>
internal sealed partial class FrostingBuild
{
    private readonly bool _isReal;

    private FrostingBuild(bool isReal)
    {
        _isReal = isReal;
        Folder = PackedPackages.NewFolder();
        Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="trainctl" value="{PackedPackages.Feed}" />
                <add key="frosting" value="{(isReal ? RealFrosting.Feed : PackedPackages.ReferenceFeed)}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="unpacked" value="{UserPackages()}" />
              </fallbackPackageFolders>
            </configuration>
            """);
    }

    public string Folder { get; }

    /// <summary>Where the Cake.Frosting is that it was compiled against.</summary>
    public string FrostingDll => Directory.GetFiles(Path.Combine(PackedPackages.PackageCache(_isReal), "cake.frosting"), "Cake.Frosting.dll", SearchOption.AllDirectories)
        .Single(static file => file.Contains("net10.0", StringComparison.Ordinal));

    /// <summary>The example, as it is in this repository.</summary>
    public static FrostingBuild FromExample(bool isReal)
    {
        var build = new FrostingBuild(isReal);
        var example = Path.Combine(Repository.Root, "examples", "training-pipeline");
        foreach (var name in new[] { "train.cs", "datasets.lock.json", "build-frosting/Build.csproj", "build-frosting/Program.cs" })
            build.Write(name, File.ReadAllText(Path.Combine(example, name)));
        Directory.CreateDirectory(build.PathOf("datasets/digits"));
        foreach (var file in Directory.GetFiles(Path.Combine(example, "datasets", "digits")))
            File.Copy(file, build.PathOf(Path.Combine("datasets/digits", Path.GetFileName(file))));
        return build;
    }

    /// <summary>The example's project with a program of its own, which declares a class <c>BuildContext</c> and tasks.</summary>
    public static FrostingBuild WithTypes(string types)
    {
        var build = new FrostingBuild(isReal: true);
        build.Write("build-frosting/Build.csproj", File.ReadAllText(Path.Combine(Repository.Root, "examples/training-pipeline/build-frosting/Build.csproj")));
        build.Write("build-frosting/Program.cs", $"""
            using Cake.Core;
            using Cake.Frosting;
            using Trainctl.Cake.Frosting;
            return new CakeHost().UseTrainctl().UseTrainctl().UseContext<BuildContext>().RunPipeline(args);
            {types}
            """);
        return build;
    }

    public string PathOf(string relative) => Path.Combine(Folder, relative);

    public void Write(string relative, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
        File.WriteAllText(PathOf(relative), text);
    }

    public async Task CompileAsync()
    {
        var (exitCode, output) = await DotnetAsync("build", "build-frosting", "--nologo", "-warnaserror");
        Assert.That(exitCode, Is.Zero, output);
    }

    public Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) =>
        DotnetAsync([PathOf("build-frosting/bin/Debug/net10.0/Build.dll"), .. arguments]);

    /// <summary>Every file with time and content, apart from the build itself.</summary>
    public string[] Snapshot(string below = ".") => Directory.Exists(PathOf(below))
        ? [.. new DirectoryInfo(Path.GetFullPath(PathOf(below))).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => !file.FullName.StartsWith(PathOf("build-frosting"), StringComparison.Ordinal))
            .Select(static file => $"{file.FullName} {file.LastWriteTimeUtc:O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))}")
            .Order(StringComparer.Ordinal)]
        : [];

    private async Task<(int ExitCode, string Output)> DotnetAsync(params string[] arguments)
    {
        var output = new StringBuilder();
        var sink = PipeTarget.ToDelegate(line =>
        {
            lock (output)
                output.AppendLine(TerminalCode().Replace(line, ""));
        });
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var result = await CliWrap.Cli.Wrap("dotnet")
            .WithArguments(arguments)
            .WithWorkingDirectory(Folder)
            .WithEnvironmentVariables(new Dictionary<string, string?> { ["NUGET_PACKAGES"] = PackedPackages.PackageCache(_isReal) })
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(sink)
            .WithStandardErrorPipe(sink)
            .ExecuteAsync(timeout.Token);
        return (result.ExitCode, output.ToString());
    }

    private static string UserPackages() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    [GeneratedRegex("\u001b\\[[0-9;]*[A-Za-z]")]
    private static partial Regex TerminalCode();
}
