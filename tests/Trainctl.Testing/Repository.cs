namespace Trainctl.Testing;

/// <summary>
/// The repository that the tests were built in. Found upward from the tests' own folder: paths that the compiler records are rewritten to
/// <c>/_/</c> in deterministic builds.
/// </summary>
public static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Where a source file is, from the path that the compiler recorded of it.</summary>
    public static string SourcePath(string recorded) =>
        recorded.StartsWith("/_/", StringComparison.Ordinal) ? Path.Join(Root, recorded["/_/".Length..]) : recorded;

    private static string Find(string folder)
    {
        for (var candidate = folder; candidate is not null; candidate = Path.GetDirectoryName(candidate))
        {
            if (File.Exists(Path.Join(candidate, "Trainctl.sln")))
                return candidate;
        }

        throw new DirectoryNotFoundException($"No folder above '{folder}' holds Trainctl.sln.");
    }
}
