using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using NUnit.Framework;

namespace Trainctl.Testing;

/// <summary>Packages of this repository in a folder of their own, with a version that no cache can hold; gone afterwards.</summary>
/// <param name="name">Short, for the folder's name.</param>
public sealed class PackageFeed(string name) : IDisposable
{
    /// <summary>The version of everything that is packed here.</summary>
    public string Version { get; } = string.Create(CultureInfo.InvariantCulture, $"0.1.0-test.{DateTime.UtcNow:yyyyMMddHHmmssfff}");

    /// <summary>The folder of all, outside the repository.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"trainctl-{name}-{Guid.NewGuid():N}");

    /// <summary>Where the packages are, unless a test says otherwise.</summary>
    public string Packages => Path.Combine(Folder, "packages");

    /// <summary>A new empty folder.</summary>
    public string NewFolder() => Directory.CreateDirectory(Path.Combine(Folder, Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>
    /// Packs the project in a folder of the repository; a failure fails the test. The package has the version, and what is in it that of the last build: another one would
    /// compile everything anew.
    /// </summary>
    public Task PackAsync(string project, params string[] options) => PackToAsync(Packages, project, options);

    /// <summary>The same into another feed.</summary>
    public Task PackToAsync(string feed, string project, params string[] options) => DotnetAsync(
        ["pack", Path.Combine(Repository.Root, project), "--configuration", "Release", "--output", feed, "--nologo", $"-p:PackageVersion={Version}", .. options]);

    /// <summary>Runs the SDK outside of the repository; a failure fails the test.</summary>
    public async Task DotnetAsync(params string[] arguments)
    {
        var result = await Cli.Wrap("dotnet").WithArguments(arguments).WithWorkingDirectory(Directory.CreateDirectory(Folder).FullName)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        Assert.That(result.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
