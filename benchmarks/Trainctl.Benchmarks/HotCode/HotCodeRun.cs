using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Trainctl.Benchmarks.Peers;

namespace Trainctl.Benchmarks.HotCode;

/// <summary>
/// Writes down which methods of the native tool are entered in the rows of the comparison with peers. They are linked together: the kernel brings code into memory in pieces of
/// 64 KiB, and methods that lie apart each bring one.
/// </summary>
internal static class HotCodeRun
{
    /// <summary>Of the comparison's sizes: enough that every way through the code is gone.</summary>
    private const double Scale = 0.1;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
        {
            await Console.Error.WriteLineAsync("Methods are watched on Linux on x64 only: breakpoints are of that processor.");
            return 2;
        }

        try
        {
            await RunAsync(HotCodeOptions.Parse(arguments));
            return 0;
        }
        catch (Exception exception) when (exception is FormatException or PeerException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }

    [SupportedOSPlatform("linux")]
    private static async Task RunAsync(HotCodeOptions options)
    {
        var entered = new EnteredMethods(MethodSymbols.Read(options.Tool));
        // What only TLS needs comes after what all need, and then what only CRC checksums do; the server passes them over, so content is signed besides.
        foreach (var (isEncrypted, keepsCrc) in ((bool, bool)[])[(false, false), (true, false), (false, true)])
        {
            using var server = BenchServer.Start(options.Server, isEncrypted, keepsCrc, checksCrc: false);
            await RunAsync(options.Tool, server, entered);
            if (server.IsGiven)
                break;
        }

        await File.WriteAllLinesAsync(options.Output, entered.Names);
        await Console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{entered.Count} of {entered.Symbols.Addresses.Count} methods were entered. Written: {options.Output}"));
    }

    [SupportedOSPlatform("linux")]
    private static async Task RunAsync(string path, BenchServer server, EnteredMethods entered)
    {
        var folder = Directory.CreateTempSubdirectory("trainctl-hot-code-").FullName;
        try
        {
            var tool = new TracedTool(path, server, entered);
            var scene = new PeerScene(server, folder);
            // What does least comes first, so that it finds all of its own together.
            foreach (var row in PeerRow.All.Reverse().Select(static r => r.Scaled(Scale)))
            {
                var before = entered.Count;
                var job = await scene.PrepareAsync(row, tool, Path.Join(folder, tool.Name));
                await tool.RunAsync(job, Path.Join(folder, tool.Name));
                await scene.CheckAsync(row, job, Path.Join(folder, tool.Name), isThorough: false);
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{row.Text}: {entered.Count - before} more methods"));
            }

            if (server.IsGiven)
                await scene.Bucket.RemoveAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
