namespace Trainctl.Storage.S3;

/// <summary>
/// Reads what the SDK does not tell out of the AWS configuration file, and finds the file as the SDK does: <c>AWS_CONFIG_FILE</c>, else beside
/// <c>AWS_SHARED_CREDENTIALS_FILE</c>, else <c>~/.aws/config</c>.
/// </summary>
internal static class AwsConfigFile
{
    /// <summary>The value of a profile; null when the file, the profile or the value is not there.</summary>
    public static string? Value(string profile, string name, Func<string, string?> environment)
    {
        if (Find(environment) is not { } path || !File.Exists(path))
            return null;
        var isThere = false;
        string? found = null;
        foreach (var line in File.ReadLines(path))
        {
            // A line that begins with white space belongs to the value before it.
            if (line.Length == 0 || char.IsWhiteSpace(line[0]) || line[0] is '#' or ';')
                continue;
            if (line[0] == '[')
                isThere = ProfileOf(line) == profile;
            else if (isThere && line.Split('=', 2) is [var key, var value] && key.Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                found = value.Trim();
        }

        return found is "" ? null : found;
    }

    private static string? Find(Func<string, string?> environment)
    {
        if (environment.Value("AWS_CONFIG_FILE") is { } file)
            return file;
        if (environment.Value("AWS_SHARED_CREDENTIALS_FILE") is { } credentials)
            return Path.Combine(Path.GetDirectoryName(credentials) ?? "", "config");
        return (environment.Value("HOME") ?? environment.Value("USERPROFILE")) is { } home ? Path.Combine(home, ".aws", "config") : null;
    }

    /// <summary>Sections of profiles begin with that word, but for the default one, which need not.</summary>
    private static string? ProfileOf(string line) => line.TrimStart('[').Split(']')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["profile", var name] => name.Trim('"'),
        ["default"] => "default",
        _ => null,
    };
}
