using Trainctl.Testing;

namespace Trainctl.MSBuild.Tests;

/// <summary>Packs the SDK once for all tests.</summary>
[SetUpFixture]
public sealed class PackedPackage
{
    private static readonly PackageFeed Packed = new("msbuild");

    public static string Version => Packed.Version;

    public static string Feed => Packed.Packages;

    /// <summary>Where builds unpack it, so that nothing is left of it afterwards.</summary>
    public static string Unpacked { get; } = Path.Combine(Packed.Folder, "unpacked");

    /// <summary>A new empty folder, outside the repository.</summary>
    public static string NewFolder() => Packed.NewFolder();

    [OneTimeSetUp]
    public Task Pack() => Packed.PackAsync("src/Trainctl.MSBuild");

    [OneTimeTearDown]
    public void Delete() => Packed.Dispose();
}
