using System.Globalization;
using System.IO.Compression;
using Trainctl.Benchmarks.Peers;

namespace Trainctl.Benchmarks.Hosts;

/// <summary>A Cake script: one process, an alias for each job, and a stopwatch around it.</summary>
/// <param name="package">The addin.</param>
/// <param name="isPortable">Whether to load what it brings for any system, and not the native code of this one.</param>
/// <param name="server">Where the store is.</param>
internal sealed class CakeHost(HostPackage package, bool isPortable, BenchServer server) : IBuildHost
{
    public string Name => isPortable ? "Cake, portable code" : "Cake";

    public double[] Run(IReadOnlyList<HostJob> jobs, string folder)
    {
        File.Copy("dotnet-tools.json", Path.Join(folder, "dotnet-tools.json"));
        File.WriteAllText(Path.Join(folder, "nuget.config"), $"""
            <configuration><packageSources><clear /><add key="packages" value="{package.Feed}" /></packageSources></configuration>
            """);
        var seconds = Path.Join(folder, "seconds");
        var script = Path.Join(folder, "build.cake");
        File.WriteAllText(script, $$"""
            {{(isPortable ? References(folder) : $"#addin nuget:?package={package.Id}&version={package.Version}")}}
            void Measure(string source, string destination)
            {
                var start = System.Diagnostics.Stopwatch.GetTimestamp();
                SyncObjects(new SyncSettings { Source = source, Destination = destination });
                var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
                System.IO.File.AppendAllLines("{{seconds}}", new[] { seconds.ToString("R", System.Globalization.CultureInfo.InvariantCulture) });
            }
            {{string.Join('\n', jobs.Select(static job => $"Measure(\"{job.Source}\", \"{job.Destination}\");"))}}
            """);
        MeteredProcess.Run(["dotnet", "cake", script], server.Environment, Path.Join(folder, "cake"));
        return [.. File.ReadLines(seconds).Select(static line => double.Parse(line, CultureInfo.InvariantCulture))];
    }

    private string References(string folder)
    {
        var unpacked = Path.Join(folder, "unpacked");
        ZipFile.ExtractToDirectory(package.File, unpacked);
        return string.Join('\n', Directory.GetFiles(Path.Join(unpacked, "lib", "net10.0"), "*.dll").Select(static file => $"#reference \"{file}\""));
    }
}
