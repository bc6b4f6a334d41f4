using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

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
