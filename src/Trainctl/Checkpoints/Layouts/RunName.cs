namespace Trainctl.Checkpoints.Layouts;

/// <summary>Names of runs, as reports show them.</summary>
internal static class RunName
{
    public static string Of(CatalogFolder folder) => folder.Path.Length == 0 ? "." : folder.Path;

    /// <summary>For files: several series may lie in one folder, and none may push out another's.</summary>
    public static string Of(CatalogFolder folder, string pattern) => folder.Path.Length == 0 ? pattern : $"{folder.Path}/{pattern}";
}
