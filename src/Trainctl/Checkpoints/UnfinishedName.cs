namespace Trainctl.Checkpoints;

/// <summary>Names by which programs mark files and folders that they are still writing.</summary>
internal static class UnfinishedName
{
    private static readonly string[] Suffixes = [".tmp", ".temp", ".part", ".partial", ".incomplete", "-unfinished"];

    /// <summary>google/orbax: checkpoint/orbax/checkpoint/_src/path/atomicity_types.py, TMP_DIR_SUFFIX; a time may follow.</summary>
    private const string Orbax = ".orbax-checkpoint-tmp";

    /// <summary>Whether the last segment of a key is such a name.</summary>
    public static bool Matches(string name) =>
        Suffixes.Any(suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) || name.StartsWith("tmp-checkpoint-", StringComparison.Ordinal)
        || name.Contains(Orbax, StringComparison.Ordinal);

    /// <summary>Whether any segment of a key is such a name.</summary>
    public static bool IsIn(string key) => key.Split('/').Any(Matches);
}
