namespace Trainctl.Storage.S3;

/// <summary>
/// Reads what the SDK does not tell out of the AWS configuration file, and finds the file as the SDK does: <c>AWS_CONFIG_FILE</c>, else beside
/// <c>AWS_SHARED_CREDENTIALS_FILE</c>, else <c>~/.aws/config</c>.
/// </summary>
internal static class AwsConfigFile
{
    /// <summary>The value of a profile; null when the file, the profile or the value is not there.</summary>
    public static string? Value(string profile, string name, Func<string, string?> environment) => Value(line => ProfileOf(line) == profile, null, name, environment);

    /// <summary>
    /// The value of one service in a section of services, which a profile names (docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html): it stands
    /// indented below the service. Null when any of these is not there.
    /// </summary>
    public static string? ServiceValue(string services, string service, string name, Func<string, string?> environment) =>
        Value(line => ServicesOf(line) == services, service, name, environment);

    /// <summary>What counts as yes in the file and in variables.</summary>
    public static bool IsTrue(string? value) => bool.TryParse(value, out var isTrue) && isTrue;

    private static string? Value(Predicate<string> isSection, string? parent, string name, Func<string, string?> environment)
    {
        if (Find(environment) is not { } path || !File.Exists(path))
            return null;
        var isThere = false;
        string? above = null;
        string? found = null;
        foreach (var line in File.ReadLines(path))
        {
            if (line.AsSpan().TrimStart() is not [not ('#' or ';'), ..])
                continue;
            if (line[0] == '[')
            {
                isThere = isSection(line);
                above = null;
                continue;
            }

            if (line.Split('=', 2) is not [var key, var value])
                continue;

            // A line that begins with white space belongs to the value before it.
            var isBelow = char.IsWhiteSpace(line[0]);
            if (!isBelow)
                above = key.Trim();
            if (isThere && Is(key.Trim(), name) && (isBelow ? parent is not null && Is(above, parent) : parent is null))
                found = value.Trim();
        }

        return found is "" ? null : found;
    }

    private static bool Is(string? text, string name) => name.Equals(text, StringComparison.OrdinalIgnoreCase);

    private static string? Find(Func<string, string?> environment)
    {
        if (environment.Value("AWS_CONFIG_FILE") is { } file)
            return file;
        if (environment.Value("AWS_SHARED_CREDENTIALS_FILE") is { } credentials)
            return Path.Combine(Path.GetDirectoryName(credentials) ?? "", "config");
        return (environment.Value("HOME") ?? environment.Value("USERPROFILE")) is { } home ? Path.Combine(home, ".aws", "config") : null;
    }

    /// <summary>Sections of profiles begin with that word, but for the default one, which need not.</summary>
    private static string? ProfileOf(string line) => WordsOf(line) switch
    {
        ["profile", var name] => name.Trim('"'),
        ["default"] => "default",
        _ => null,
    };

    private static string? ServicesOf(string line) => WordsOf(line) is ["services", var name] ? name.Trim('"') : null;

    private static string[] WordsOf(string line) => line.TrimStart('[').Split(']')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
