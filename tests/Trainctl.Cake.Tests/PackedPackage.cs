using Trainctl.Testing;

namespace Trainctl.Cake.Tests;

/// <summary>Packs the addin once for all tests.</summary>
[SetUpFixture]
public sealed class PackedPackage
{
    private static readonly PackageFeed Packed = new("cake");

    public static string Version => Packed.Version;

    public static string Feed => Packed.Packages;

    /// <summary>Where builds unpack packages, so that nothing is left of them afterwards.</summary>
    public static string Unpacked { get; } = Path.Combine(Packed.Folder, "unpacked");

    /// <summary>Packs another project beside it.</summary>
    public static Task AddAsync(string project, params string[] options) => Packed.PackAsync(project, options);

    /// <summary>A new empty folder, outside the repository.</summary>
    public static string NewFolder() => Packed.NewFolder();

    [OneTimeSetUp]
    public Task Pack() => Packed.PackAsync("src/Trainctl.Cake");

    [OneTimeTearDown]
    public void Delete() => Packed.Dispose();
}
