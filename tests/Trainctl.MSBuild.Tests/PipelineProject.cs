using System.Security.Cryptography;
using System.Text;
using CliWrap;

namespace Trainctl.MSBuild.Tests;

/// <summary>A project in a throwaway folder. It finds the SDK in a feed of its own.</summary>
internal sealed class PipelineProject
{
    /// <summary>The pipeline of the documentation over a training that saves as many checkpoints as a property says.</summary>
    public const string Pipeline = """
          <PropertyGroup><TrainctlStore>store</TrainctlStore></PropertyGroup>
          <ItemGroup>
            <StagedData Include="datasets/digits" Destination="data/digits" LockFile="datasets.lock.json" />
            <Training Include="$(Trainer)" Arguments="--out checkpoints/run --count $(Count)" Checkpoints="checkpoints" Upload="true" Interval="50ms" />
            <CheckpointPolicy Include="checkpoints" KeepLast="2" />
          </ItemGroup>
        """;

    private static readonly string Trainer = Path.Join(AppContext.BaseDirectory, "Trainctl.Trainer.dll");

    public PipelineProject(string body, string? start = null)
    {
        Folder = PackedPackage.NewFolder();
        Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="trainctl" value="{PackedPackage.Feed}" />
              </packageSources>
            </configuration>
            """);
        Write("train.proj", $"""
            {start ?? $"<Project Sdk=\"Trainctl.MSBuild/{PackedPackage.Version}\">"}
            {body}
            </Project>
            """);
        Write("datasets/digits/digits.csv", "1,2,3");
    }

    public string Folder { get; }

    /// <summary>Variables of the builds' environment; null takes one away.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>Whether nodes stay for the next build. Whoever says so ends them.</summary>
    public bool KeepsNodes { get; init; }

    public string PathOf(string relative) => Path.Combine(Folder, relative);

    public void Write(string relative, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
        File.WriteAllText(PathOf(relative), text);
    }

    /// <summary>Deletes folders that are there.</summary>
    public void Delete(params string[] folders)
    {
        foreach (var folder in folders.Select(PathOf).Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Names of the checkpoints in a folder.</summary>
    public string[] Checkpoints(string folder) => Directory.Exists(PathOf(folder))
        ? [.. Directory.GetDirectories(PathOf(folder), "checkpoint-*").Select(static d => Path.GetFileName(d)).Order(StringComparer.Ordinal)]
        : [];

    public Task<(int ExitCode, string Output)> BuildAsync(params string[] arguments) => DotnetAsync(["build", .. arguments]);

    public async Task<(int ExitCode, string Output)> DotnetAsync(params string[] arguments)
    {
        var output = new StringBuilder();
        var exitCode = await RunAsync(arguments, line => output.AppendLine(line), CancellationToken.None);
        return (exitCode, output.ToString());
    }

    /// <summary>A build that is interrupted, as by Ctrl-C, when it prints a text; and all that it printed.</summary>
    public async Task<string> InterruptedBuildAsync(string text, params string[] arguments)
    {
        using var interrupt = new CancellationTokenSource();
        return await InterruptedBuildAsync(interrupt, text, arguments);
    }

    /// <summary>A build that is interrupted when somebody else says so.</summary>
    public Task<string> InterruptedBuildAsync(CancellationTokenSource interrupt, params string[] arguments) => InterruptedBuildAsync(interrupt, null, arguments);

    private async Task<string> InterruptedBuildAsync(CancellationTokenSource interrupt, string? text, string[] arguments)
    {
        var output = new StringBuilder();
        await Assert.ThatAsync(
            () => RunAsync(
                ["build", .. arguments],
                line =>
                {
                    output.AppendLine(line);
                    if (text is not null && line.Contains(text, StringComparison.Ordinal))
                        interrupt.Cancel();
                },
                interrupt.Token),
            Throws.InstanceOf<OperationCanceledException>());
        return output.ToString();
    }

    private async Task<int> RunAsync(IEnumerable<string> arguments, Action<string> seen, CancellationToken interrupt)
    {
        var gate = new Lock();
        var sink = PipeTarget.ToDelegate(line =>
        {
            lock (gate)
                seen(line);
        });
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        string[] all = [.. arguments, KeepsNodes ? "-nr:true" : "-nr:false", "-tl:off", $"-p:Trainer={Trainer}"];
        // Nodes that stay hold the output open, so a pipe would end with the last of them only.
        var file = Path.Join(Folder, "..", $"{Guid.NewGuid():N}.log");
        var command = KeepsNodes ? Cli.Wrap("/bin/sh").WithArguments(["-c", "dotnet \"$@\" > \"$0\" 2>&1", file, .. all]) : Cli.Wrap("dotnet").WithArguments(all);
        var result = await command
            .WithWorkingDirectory(Folder)
            .WithEnvironmentVariables(new Dictionary<string, string?>(Environment) { ["NUGET_PACKAGES"] = PackedPackage.Unpacked })
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(sink)
            .WithStandardErrorPipe(sink)
            .ExecuteAsync(timeout.Token, interrupt);
        if (KeepsNodes)
            File.ReadAllLines(file).ToList().ForEach(seen);
        return result.ExitCode;
    }

    /// <summary>Every file with time and content; without the log that the training writes each time.</summary>
    public string[] Snapshot() => [.. new DirectoryInfo(Folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
        .Where(static entry => !entry.FullName.EndsWith("/checkpoints/run/train.log", StringComparison.Ordinal))
        .Select(static entry => entry is FileInfo file
            ? $"{file.FullName} {file.LastWriteTimeUtc:O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))}"
            : entry.FullName)
        .Order(StringComparer.Ordinal)];
}
