using System.Runtime.InteropServices;
using Trainctl.Testing;

namespace Trainctl.Cake.Tests;

/// <summary>Native code is packed where it can be made, which is the system and the processor that it is for.</summary>
public sealed class PackageTests
{
    private static bool IsNativeHere => RuntimeInformation.RuntimeIdentifier == "linux-x64";

    [Test]
    public void What_the_addin_brings_for_64_bit_Linux_is_the_same_code_made_native_and_for_others_is_portable()
    {
        var package = Path.Combine(PackedPackage.Feed, $"Trainctl.Cake.{PackedPackage.Version}.nupkg");
        var portable = PackedAssembly.In(package, "lib/net10.0/");
        var native = PackedAssembly.In(package, "runtimes/linux-x64/lib/net10.0/");

        Assert.Multiple(() =>
        {
            Assert.That(portable.Keys, Is.SupersetOf(new[] { "Trainctl.Cake.dll", "Trainctl.dll", "AWSSDK.Core.dll", "AWSSDK.S3.dll" }));
            Assert.That(portable.Where(static assembly => assembly.Value.HasNativeCode), Is.Empty);
            if (!IsNativeHere)
            {
                Assert.That(native, Is.Empty);
                return;
            }

            Assert.That(native.Keys, Is.EquivalentTo(portable.Keys), "Cake takes one folder or the other");
            foreach (var (name, assembly) in native.Where(static assembly => assembly.Key != "Trainctl.Cake.dll"))
                Assert.That(assembly, Is.EqualTo(portable[name] with { HasNativeCode = true, Machine = PackedAssembly.LinuxX64 }), name);
            Assert.That(native["Trainctl.Cake.dll"], Is.EqualTo(portable["Trainctl.Cake.dll"]));
        });
    }

    [Test]
    public async Task Aliases_run_native_code_where_there_is_some()
    {
        var repository = TrainingRepository.WithAddin("""Information("engine: {0}", typeof(SyncSettings).Assembly.Location);""");

        var (exitCode, output) = await repository.CakeAsync();

        Assert.That(exitCode, Is.Zero, output);
        var folder = IsNativeHere ? "runtimes/linux-x64/lib/net10.0" : "lib/net10.0";
        Assert.That(output.Replace('\\', '/'), Does.Contain($"/Trainctl.Cake.{PackedPackage.Version}/{folder}/Trainctl.dll"));
    }
}
