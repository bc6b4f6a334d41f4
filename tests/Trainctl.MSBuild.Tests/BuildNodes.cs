namespace Trainctl.MSBuild.Tests;

/// <summary>The processes in which a project's builds run, and which wait for more: of no other build, and gone afterwards.</summary>
internal sealed class BuildNodes : IDisposable
{
    private const string Salt = "MSBUILDNODEHANDSHAKESALT";

    private readonly string _salt = Guid.NewGuid().ToString("N");

    /// <param name="project">What is built in them from now on.</param>
    public BuildNodes(PipelineProject project)
    {
        project.Environment[Salt] = _salt;
        project.Environment["MSBUILDNOINPROCNODE"] = "1";
        project.Environment["MSBUILDDISABLENODEREUSE"] = null;
        project.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "false";
    }

    /// <summary>Their numbers, found by the variable that they were started with.</summary>
    public int[] Find() => [.. Directory.EnumerateDirectories("/proc").Select(static d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0).Where(id => id != 0 && IsOurs(id)).Order()];

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
}
