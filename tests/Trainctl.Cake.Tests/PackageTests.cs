using Trainctl.Testing;

namespace Trainctl.Cake.Tests;

/// <summary>Native code is packed where it can be made, which is the system and the processor that it is for.</summary>
public sealed class PackageTests
{
    [Test]
    public void What_the_addin_brings_for_64_bit_Linux_is_the_same_code_made_native_and_for_others_is_portable() => PackedAssembly.AssertNativeBesidePortable(
        Path.Combine(PackedPackage.Feed, $"Trainctl.Cake.{PackedPackage.Version}.nupkg"), "lib/net10.0/", "runtimes/linux-x64/lib/net10.0/", "Trainctl.Cake.dll");

    [Test]
    public async Task Aliases_run_native_code_where_there_is_some()
    {
        var repository = TrainingRepository.WithAddin("""Information("engine: {0}", typeof(SyncSettings).Assembly.Location);""");

        var (exitCode, output) = await repository.CakeAsync();

        Assert.That(exitCode, Is.Zero, output);
        var folder = PackedAssembly.IsNativeHere ? "runtimes/linux-x64/lib/net10.0" : "lib/net10.0";
        Assert.That(output.Replace('\\', '/'), Does.Contain($"/Trainctl.Cake.{PackedPackage.Version}/{folder}/Trainctl.dll"));
    }
}
