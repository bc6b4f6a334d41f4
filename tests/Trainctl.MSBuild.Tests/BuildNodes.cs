using System.Text.RegularExpressions;

namespace Trainctl.MSBuild.Tests;

/// <summary>The processes in which a project's builds run, and which wait for more: of no other build, and gone afterwards.</summary>
internal sealed partial class BuildNodes : IDisposable
{
    /// <summary>A part of a project that says in which process it is built.</summary>
    public const string Telling =
        """<Target Name="BeforeStageData"><Message Importance="high" Text="built by $([System.Environment]::ProcessId)." /></Target>""";

    private const string Salt = "MSBUILDNODEHANDSHAKESALT";
    private const int Attempts = 10;

    private readonly string _salt = Guid.NewGuid().ToString("N");

    /// <param name="project">What is built in them from now on.</param>
    public BuildNodes(PipelineProject project)
    {
        project.Environment[Salt] = _salt;
        project.Environment["MSBUILDNOINPROCNODE"] = "1";
        project.Environment["MSBUILDENABLEALLPROPERTYFUNCTIONS"] = "1";
        project.Environment["MSBUILDDISABLENODEREUSE"] = null;
        project.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "false";
    }

    /// <summary>
    /// Builds one after the other until all have run in the same process. MSBuild means to keep it for the next build, but one that notices the end of its connection
    /// before it has ended it itself goes too (its trace then says "Parent disconnected abruptly").
    /// </summary>
    /// <param name="builds">All builds, each time from the first.</param>
    /// <returns>What they printed.</returns>
    public static async Task<string[]> InOneProcessAsync(Func<Task<string[]>> builds)
    {
        string[] outputs = [];
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            outputs = await builds();
            var processes = outputs.Select(static o => Process().Match(o)).ToArray();
            Assert.That(processes, Is.All.Property(nameof(Match.Success)).True, string.Join('\n', outputs));
            if (processes.DistinctBy(static p => p.Value).Count() == 1)
                return outputs;
        }

        throw new AssertionException($"In {Attempts} attempts the builds never ran in the same process.\n{string.Join('\n', outputs)}");
    }

    /// <summary>Their numbers, found by the variable that they were started with.</summary>
    private int[] Find() => [.. Directory.EnumerateDirectories("/proc").Select(static d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0).Where(id => id != 0 && IsOurs(id)).Order()];

    public void Dispose()
    {
        foreach (var id in Find())
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            process.Kill();
            process.WaitForExit();
        }
    }

    private bool IsOurs(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/environ").Contains($"{Salt}={_salt}", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"built by \d+\.")]
    private static partial Regex Process();
}
