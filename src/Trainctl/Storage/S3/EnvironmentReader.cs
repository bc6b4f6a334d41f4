namespace Trainctl.Storage.S3;

internal static class EnvironmentReader
{
    /// <summary>A variable's value; null when it is not set or empty, which AWS tools treat alike.</summary>
    public static string? Value(this Func<string, string?> environment, string name) => environment(name) is { Length: > 0 } value ? value : null;
}
