using Trainctl.Testing;

namespace Trainctl.Cake.Frosting.Tests;

/// <summary>Packs what a Frosting build restores, once for all tests.</summary>
[SetUpFixture]
public sealed class PackedPackages
{
    private static readonly PackageFeed Packed = new("frosting");

    public static string Version => Packed.Version;

    public static string Feed => Packed.Packages;

    /// <summary>A feed with the reference assembly in place of Cake.Frosting: enough to compile.</summary>
    public static string ReferenceFeed { get; } = Path.Combine(Packed.Folder, "reference");

    /// <summary>Where packages are unpacked: never where another build would find the reference assembly.</summary>
    public static string PackageCache(bool isReal) => Path.Combine(Packed.Folder, isReal ? "cache-real" : "cache-reference");

    /// <summary>A new empty folder, outside the repository.</summary>
    public static string NewFolder() => Packed.NewFolder();

    [OneTimeSetUp]
    public async Task Pack()
    {
        await Packed.PackAsync("src/Trainctl");
        await Packed.PackAsync("src/Trainctl.Cake.Frosting");
        await Packed.PackToAsync(ReferenceFeed, "eng/Cake.Frosting.Reference", "-p:PackReferenceForTests=true");
    }

    [OneTimeTearDown]
    public void Delete() => Packed.Dispose();
}
