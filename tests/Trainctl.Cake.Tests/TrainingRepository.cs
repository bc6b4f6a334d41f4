using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using Trainctl.Testing;

namespace Trainctl.Cake.Tests;

/// <summary>A user's repository in a throwaway folder. It finds the package in a feed of its own.</summary>
internal sealed partial class TrainingRepository
{
    private TrainingRepository()
    {
        Folder = PackedPackage.NewFolder();
        File.Copy(Path.Combine(Repository.Root, "dotnet-tools.json"), PathOf("dotnet-tools.json"));
        WriteFeeds(("trainctl", PackedPackage.Feed));
    }

    public string Folder { get; }

    /// <summary>The example, as it is in this repository.</summary>
    public static TrainingRepository FromExample()
    {
        var repository = new TrainingRepository();
        var example = Path.Combine(Repository.Root, "examples", "training-pipeline");
        Directory.CreateDirectory(repository.PathOf("build-frosting"));
        foreach (var name in new[] { "build.cake", "train.proj", "build-frosting/Build.csproj", "build-frosting/Program.cs", "train.cs", "datasets.lock.json" })
            File.Copy(Path.Combine(example, name), repository.PathOf(name));
        Directory.CreateDirectory(repository.PathOf("datasets/digits"));
        foreach (var file in Directory.GetFiles(Path.Combine(example, "datasets", "digits")))
            File.Copy(file, repository.PathOf(Path.Combine("datasets/digits", Path.GetFileName(file))));
        return repository;
    }

    /// <summary>A script that loads the recipe, and ends by running its first argument's target.</summary>
    public static TrainingRepository WithRecipe(string body, string target)
    {
        var repository = new TrainingRepository();
        repository.Write("build.cake", $"""
            #load nuget:?package=Trainctl.Cake&version={PackedPackage.Version}
            {body}
            RunPipeline("{target}");
            """);
        return repository;
    }

    /// <summary>A script that uses the aliases alone.</summary>
    public static TrainingRepository WithAddin(string body)
    {
        var repository = new TrainingRepository();
        repository.Write("build.cake", $"""
            #addin nuget:?package=Trainctl.Cake&version={PackedPackage.Version}
            {body}
            """);
        return repository;
    }

    /// <summary>Adds a feed to the one of the packages.</summary>
    public void AddFeed(string name, string place) => WriteFeeds(("trainctl", PackedPackage.Feed), (name, place));

    public string PathOf(string relative) => Path.Combine(Folder, relative);

    public void Write(string relative, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
        File.WriteAllText(PathOf(relative), text);
    }

    public Task<(int ExitCode, string Output)> CakeAsync(params string[] arguments) => CakeAsync(new Dictionary<string, string?>(), arguments);

    public Task<(int ExitCode, string Output)> CakeAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        DotnetAsync(environment, ["cake", .. arguments]);

    public Task<(int ExitCode, string Output)> DotnetAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        RunAsync("dotnet", environment, arguments);

    public async Task<(int ExitCode, string Output)> RunAsync(string program, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var output = new StringBuilder();
        var sink = PipeTarget.ToDelegate(line =>
        {
            lock (output)
                output.AppendLine(TerminalCode().Replace(line, ""));
        });
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var result = await Cli.Wrap(program)
            .WithArguments(arguments)
            .WithWorkingDirectory(Folder)
            .WithEnvironmentVariables(environment)
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(sink)
            .WithStandardErrorPipe(sink)
            .ExecuteAsync(timeout.Token);
        return (result.ExitCode, output.ToString());
    }

    /// <summary>Every file with size, time and content, apart from where Cake unpacks addins.</summary>
    public string[] Snapshot(string below = ".")
    {
        var tools = PathOf("tools") + Path.DirectorySeparatorChar;
        var root = Path.GetFullPath(PathOf(below));
        if (!Directory.Exists(root))
            return [];
        return [.. new DirectoryInfo(root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Where(entry => !(entry.FullName + Path.DirectorySeparatorChar).StartsWith(tools, StringComparison.Ordinal))
            .Select(static entry => entry is FileInfo file
                ? $"{file.FullName} {file.LastWriteTimeUtc:O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))}"
                : entry.FullName)
            .Order(StringComparer.Ordinal)];
    }

    private void WriteFeeds(params (string Name, string Place)[] feeds) => Write("nuget.config", $"""
        <configuration>
          <packageSources>
            {string.Concat(feeds.Select(static feed => $"<add key=\"{feed.Name}\" value=\"{feed.Place}\" />"))}
          </packageSources>
        </configuration>
        """);

    [GeneratedRegex("\u001b\\[[0-9;]*[A-Za-z]")]
    private static partial Regex TerminalCode();
}
