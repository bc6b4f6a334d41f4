using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>The tool as users have it: packed once for all tests, and installed from its package.</summary>
[SetUpFixture]
public sealed class InstalledTool
{
    private static readonly PackageFeed Packed = new("tool");

    /// <summary>Path of the installed command.</summary>
    public static string Command { get; } = Path.Combine(Packed.Folder, "bin", OperatingSystem.IsWindows() ? "trainctl.exe" : "trainctl");

    [OneTimeSetUp]
    public async Task Install()
    {
        const string Portable = "-p:ToolPackageRuntimeIdentifiers=any";
        await Packed.PackAsync("src/Trainctl.Cli", Portable);
        await Packed.PackAsync("src/Trainctl.Cli", Portable, "--runtime", "any", "-p:PublishAot=false");
        await Packed.DotnetAsync(
            "tool", "install", "Trainctl.Cli", "--version", Packed.Version, "--add-source", Packed.Packages, "--tool-path", Path.GetDirectoryName(Command)!);
    }

    [OneTimeTearDown]
    public void Delete() => Packed.Dispose();
}
