using System.Globalization;
using System.Runtime.InteropServices;

namespace Trainctl.Benchmarks.Peers;

/// <summary>
/// A virtual machine is given its memory by its host when it first writes to it, and some hosts take what is free back within seconds: writing 256 MiB then takes 0.7 s in
/// place of 0.08. Whoever comes first pays, so what a run will fill is written to before it.
/// </summary>
internal static unsafe class WarmMemory
{
    /// <summary>For what programs hold besides the content.</summary>
    private const long Spare = 256L * 1024 * 1024;

    /// <summary>Of what is available, in parts.</summary>
    private const int Share = 2;

    /// <summary>Writes to so much memory, and frees it.</summary>
    /// <param name="bytes">What will be written, in all places. No more than half of what is available is touched.</param>
    public static void Touch(long bytes)
    {
        var length = Math.Min(bytes + Spare, Available() / Share);
        var memory = (byte*)NativeMemory.Alloc((nuint)length);
        try
        {
            for (var offset = 0L; offset < length; offset += Environment.SystemPageSize)
                memory[offset] = 1;
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    /// <summary>In bytes (proc_meminfo(5)).</summary>
    private static long Available()
    {
        var line = File.ReadLines("/proc/meminfo").First(static l => l.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
