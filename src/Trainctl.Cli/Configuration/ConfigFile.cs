using System.Text.Json;
using Trainctl.Cli.Options;
using Trainctl.Diagnostics;

namespace Trainctl.Cli.Configuration;

/// <summary>
/// <c>trainctl.json</c>: defaults for options, in objects by topic. Looked for in the working folder and upward, so that it can be checked in beside the code.
/// Its schema is <c>docs/trainctl.schema.json</c>.
/// </summary>
internal sealed class ConfigFile
{
    public const string FileName = "trainctl.json";

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly Dictionary<(string Group, string Name), IReadOnlyList<string>> _values = [];

    private ConfigFile(string path) => Path = path;

    /// <summary>The file; empty when there is none.</summary>
    public string Path { get; }

    /// <summary>The nearest file upward from the working folder; empty when there is none or it is not wanted.</summary>
    /// <exception cref="TrainctlException">It does not parse, or gives something that no option takes.</exception>
    public static ConfigFile Find(CliHost host, bool isUnwanted)
    {
        for (var folder = isUnwanted ? null : new DirectoryInfo(host.WorkingDirectory); folder is not null; folder = folder.Parent)
        {
            var path = System.IO.Path.Combine(folder.FullName, FileName);
            if (File.Exists(path))
                return Read(path);
        }

        return new ConfigFile("");
    }

    public IReadOnlyList<string>? Values(Setting setting) =>
        setting.Group is { } group ? _values.GetValueOrDefault((group, setting.ConfigName)) : null;

    private static ConfigFile Read(string path)
    {
        var config = new ConfigFile(path);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
            config.ReadGroups(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw config.Invalid($"it is no JSON: {exception.Message}");
        }
        catch (InvalidOperationException)
        {
            // The parser lets pass what it cannot give: half a surrogate pair, bytes that are no UTF-8.
            throw config.Invalid("a name or a text in it is no Unicode");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw config.Invalid(exception.Message);
        }

        return config;
    }

    private void ReadGroups(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw Invalid("it is not an object");
        foreach (var group in root.EnumerateObject().Where(static g => g.Name != "$schema"))
        {
            var names = ConfigSettings.All.Where(s => s.Group == group.Name).ToDictionary(static s => s.ConfigName, StringComparer.Ordinal);
            if (names.Count == 0)
                throw Invalid($"it has '{group.Name}'. {Hint(group.Name, [.. ConfigSettings.All.Select(static s => s.Group!).Distinct()])}");
            if (group.Value.ValueKind != JsonValueKind.Object)
                throw Invalid($"'{group.Name}' is not an object");
            foreach (var value in group.Value.EnumerateObject())
            {
                if (!names.TryGetValue(value.Name, out var setting))
                    throw Invalid($"'{group.Name}' has '{value.Name}'. {Hint(value.Name, names.Keys)}");
                if (value.Value.ValueKind != JsonValueKind.Null)
                    _values[(group.Name, value.Name)] = ReadValue(setting, value.Value);
            }
        }
    }

    private string[] ReadValue(Setting setting, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when setting.IsPlace => [Resolve(value.GetString()!)],
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Number => [value.GetRawText()],
        JsonValueKind.True => ["true"],
        JsonValueKind.False => ["false"],
        JsonValueKind.Array when setting.IsList => [.. value.EnumerateArray().SelectMany(v => ReadValue(setting, v))],
        _ => throw Invalid($"'{setting.Group}.{setting.ConfigName}' is {value.ValueKind.ToString().ToLowerInvariant()}"),
    };

    /// <summary>The file may be found from any folder below its own, so its paths begin there.</summary>
    private string Resolve(string place) => place.Length == 0 || place.Contains('\0', StringComparison.Ordinal) || place.Contains("://", StringComparison.Ordinal)
        ? place
        : System.IO.Path.GetFullPath(place, System.IO.Path.GetDirectoryName(Path)!);

    private static string Hint(string wrong, IReadOnlyCollection<string> valid) => NearestName.Of(wrong, valid) is { } nearest
        ? $"Did you mean '{nearest}'?"
        : $"It may have {string.Join(", ", valid.Order(StringComparer.Ordinal))}.";

    private TrainctlException Invalid(string problem) =>
        new(TrainctlError.InvalidFile, $"'{Path}' cannot be used: {problem.TrimEnd('.')}. Mend it, or leave it out with --no-config.", Path);
}
