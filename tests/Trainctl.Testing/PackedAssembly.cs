using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using NUnit.Framework;

namespace Trainctl.Testing;

/// <summary>An assembly in a package.</summary>
/// <param name="Code">The same for the same code, compiled to native code or not.</param>
/// <param name="Machine">The processor and the system that it is for, as its header says; code for any says Intel's.</param>
/// <param name="HasNativeCode">Whether it holds native code besides.</param>
public sealed record PackedAssembly(Guid Code, ushort Machine, bool HasNativeCode)
{
    /// <summary>The machine of native code for 64-bit Intel processors and Linux: the processor's number, and the system's over it.</summary>
    public const ushort LinuxX64 = (ushort)System.Reflection.PortableExecutable.Machine.Amd64 ^ 0x7b79;

    /// <summary>The assemblies in a folder of a package, by file name; not those below it.</summary>
    public static IReadOnlyDictionary<string, PackedAssembly> In(string package, string folder)
    {
        using var archive = ZipFile.OpenRead(package);
        return archive.Entries
            .Where(entry => entry.FullName == folder + entry.Name && entry.Name.EndsWith(".dll", StringComparison.Ordinal))
            .ToDictionary(static entry => entry.Name, Read, StringComparer.Ordinal);
    }

    /// <summary>
    /// A package brings portable code, and beside it, where it was packed on the system and the processor that it is for, the same code made native.
    /// </summary>
    /// <param name="package">The package.</param>
    /// <param name="portableFolder">In it, with a slash at its end.</param>
    /// <param name="nativeFolder">The same.</param>
    /// <param name="own">The package's own assembly, which is small and stays portable.</param>
    public static void AssertNativeBesidePortable(string package, string portableFolder, string nativeFolder, string own)
    {
        var portable = In(package, portableFolder);
        var native = In(package, nativeFolder);

        Assert.Multiple(() =>
        {
            Assert.That(portable.Keys, Is.SupersetOf(new[] { own, "Trainctl.dll", "AWSSDK.Core.dll", "AWSSDK.S3.dll" }));
            Assert.That(portable.Where(static assembly => assembly.Value.HasNativeCode), Is.Empty);
            if (!IsNativeHere)
            {
                Assert.That(native, Is.Empty);
                return;
            }

            Assert.That(native.Keys, Is.EquivalentTo(portable.Keys), "one folder or the other is loaded, and has all");
            foreach (var (name, assembly) in native.Where(assembly => assembly.Key != own))
                Assert.That(assembly, Is.EqualTo(portable[name] with { HasNativeCode = true, Machine = LinuxX64 }), name);
            Assert.That(native[own], Is.EqualTo(portable[own]));
        });
    }

    /// <summary>Whether native code is packed on this machine.</summary>
    public static bool IsNativeHere => RuntimeInformation.RuntimeIdentifier == "linux-x64";

    private static PackedAssembly Read(ZipArchiveEntry entry)
    {
        var content = new MemoryStream();
        using (var packed = entry.Open())
            packed.CopyTo(content);
        content.Position = 0;
        using var reader = new PEReader(content);
        var metadata = reader.GetMetadataReader();
        var code = metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        return new PackedAssembly(code, (ushort)reader.PEHeaders.CoffHeader.Machine, reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0);
    }
}
