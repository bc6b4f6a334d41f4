using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using Trainctl.Testing;

namespace Trainctl.MSBuild.Tests;

/// <summary>Packs the SDK once for all tests, with a version that no cache can hold.</summary>
[SetUpFixture]
public sealed class PackedPackage
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"trainctl-msbuild-{Guid.NewGuid():N}");

    public static string Version { get; } = string.Create(CultureInfo.InvariantCulture, $"0.1.0-test.{DateTime.UtcNow:yyyyMMddHHmmssfff}");

    public static string Feed { get; } = Path.Combine(Folder, "packages");

    /// <summary>Where builds unpack it, so that nothing is left of it afterwards.</summary>
    public static string Unpacked { get; } = Path.Combine(Folder, "unpacked");

    /// <summary>A new empty folder, outside the repository.</summary>
    public static string NewFolder() => Directory.CreateDirectory(Path.Combine(Folder, Guid.NewGuid().ToString("N"))).FullName;

    [OneTimeSetUp]
    public async Task Pack()
    {
        var project = Path.Combine(Repository.Root, "src", "Trainctl.MSBuild", "Trainctl.MSBuild.csproj");
        var result = await Cli.Wrap("dotnet")
            .WithArguments(["pack", project, "--configuration", "Release", "--output", Feed, "--nologo", $"-p:Version={Version}"])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
        Assert.That(result.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(Folder, recursive: true);
}
