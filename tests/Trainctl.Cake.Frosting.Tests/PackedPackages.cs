using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using Trainctl.Testing;

namespace Trainctl.Cake.Frosting.Tests;

/// <summary>Packs what a Frosting build restores, once for all tests, with a version that no cache can hold.</summary>
[SetUpFixture]
public sealed class PackedPackages
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"trainctl-frosting-{Guid.NewGuid():N}");

    public static string Version { get; } = string.Create(CultureInfo.InvariantCulture, $"0.1.0-test.{DateTime.UtcNow:yyyyMMddHHmmssfff}");

    public static string Feed { get; } = Path.Combine(Folder, "packages");

    /// <summary>A feed with the reference assembly in place of Cake.Frosting: enough to compile.</summary>
    public static string ReferenceFeed { get; } = Path.Combine(Folder, "reference");

    /// <summary>Where packages are unpacked: never where another build would find the reference assembly.</summary>
    public static string PackageCache(bool isReal) => Path.Combine(Folder, isReal ? "cache-real" : "cache-reference");

    /// <summary>A new empty folder, outside the repository.</summary>
    public static string NewFolder() => Directory.CreateDirectory(Path.Combine(Folder, Guid.NewGuid().ToString("N"))).FullName;

    [OneTimeSetUp]
    public async Task Pack()
    {
        await PackAsync("src/Trainctl", Feed);
        await PackAsync("src/Trainctl.Cake.Frosting", Feed);
        await PackAsync("eng/Cake.Frosting.Reference", ReferenceFeed, "-p:PackReferenceForTests=true");
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(Folder, recursive: true);

    private static async Task PackAsync(string project, string feed, params string[] properties)
    {
        var result = await Cli.Wrap("dotnet")
            .WithArguments(["pack", Path.Combine(Repository.Root, project), "--configuration", "Release", "--output", feed, "--nologo", $"-p:Version={Version}", .. properties])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
        Assert.That(result.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
    }
}
