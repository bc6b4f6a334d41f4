using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>The tool as users have it: packed once for all tests, and installed from its package.</summary>
[SetUpFixture]
public sealed class InstalledTool
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"trainctl-tool-{Guid.NewGuid():N}");

    /// <summary>Path of the installed command.</summary>
    public static string Command { get; } = Path.Combine(Folder, "bin", OperatingSystem.IsWindows() ? "trainctl.exe" : "trainctl");

    [OneTimeSetUp]
    public async Task Install()
    {
        var version = string.Create(CultureInfo.InvariantCulture, $"0.1.0-test.{DateTime.UtcNow:yyyyMMddHHmmssfff}");
        var project = Path.Combine(Repository.Root, "src", "Trainctl.Cli", "Trainctl.Cli.csproj");
        var feed = Path.Combine(Folder, "packages");
        string[] pack = ["pack", project, "--configuration", "Release", "--output", feed, "--nologo", $"-p:Version={version}", "-p:ToolPackageRuntimeIdentifiers=any"];
        await DotnetAsync(pack);
        await DotnetAsync([.. pack, "--runtime", "any", "-p:PublishAot=false"]);
        await DotnetAsync(["tool", "install", "Trainctl.Cli", "--version", version, "--add-source", feed, "--tool-path", Path.GetDirectoryName(Command)!]);
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(Folder, recursive: true);

    private static async Task DotnetAsync(string[] arguments)
    {
        var result = await CliWrap.Cli.Wrap("dotnet").WithArguments(arguments).WithWorkingDirectory(Directory.CreateDirectory(Folder).FullName)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        Assert.That(result.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
    }
}
