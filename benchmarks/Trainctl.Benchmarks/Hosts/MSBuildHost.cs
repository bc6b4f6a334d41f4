using System.Globalization;
using Trainctl.Benchmarks.Peers;

namespace Trainctl.Benchmarks.Hosts;

/// <summary>A project: one build in one process, a task for each job, and the clock read before and after it.</summary>
/// <param name="package">The SDK.</param>
/// <param name="isPortable">Whether to load what it brings for any system, and not the native code of this one.</param>
/// <param name="server">Where the store is.</param>
/// <param name="unpacked">Where it is unpacked.</param>
internal sealed class MSBuildHost(HostPackage package, bool isPortable, BenchServer server, string unpacked) : IBuildHost
{
    public string Name => isPortable ? "MSBuild, portable code" : "MSBuild";

    public double[] Run(IReadOnlyList<HostJob> jobs, string folder)
    {
        File.WriteAllText(Path.Join(folder, "nuget.config"), $"""
            <configuration><packageSources><clear /><add key="packages" value="{package.Feed}" /></packageSources></configuration>
            """);
        var ticks = Path.Join(folder, "ticks");
        var project = Path.Join(folder, "measure.proj");
        File.WriteAllText(project, $"""
            <Project Sdk="{package.Id}/{package.Version}" DefaultTargets="Measure">
              <Target Name="Measure">
                {string.Join('\n', jobs.Select((job, i) => Measure(job, i, ticks)))}
              </Target>
            </Project>
            """);
        var environment = new Dictionary<string, string?>(server.Environment) { ["NUGET_PACKAGES"] = unpacked };
        string[] runtime = isPortable ? ["-p:TrainctlTaskRuntime=any"] : [];
        MeteredProcess.Run(["dotnet", "build", project, "-t:Measure", "-nr:false", "-tl:off", "-nologo", .. runtime], environment, Path.Join(folder, "build"));
        return [.. File.ReadLines(ticks).Select(static line => line.Split(' ')).Select(static line => TimeSpan.FromTicks(Ticks(line[1]) - Ticks(line[0])).TotalSeconds)];
    }

    private static string Measure(HostJob job, int number, string ticks) => $"""
                <ItemGroup><Job{number} Include="{job.Source}" Destination="{job.Destination}" /></ItemGroup>
                <PropertyGroup><Start>$([System.DateTime]::UtcNow.Ticks)</Start></PropertyGroup>
                <Trainctl.MSBuild.SyncObjects Items="@(Job{number})" />
                <PropertyGroup><End>$([System.DateTime]::UtcNow.Ticks)</End></PropertyGroup>
                <WriteLinesToFile File="{ticks}" Lines="$(Start) $(End)" />
        """;

    private static long Ticks(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
