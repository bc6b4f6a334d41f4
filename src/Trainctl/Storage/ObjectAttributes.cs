namespace Trainctl.Storage;

/// <summary>
/// What others had a store keep with an object besides its content: how it is to be read and shown, and metadata of their own. Equal only where all of it is.
/// </summary>
/// <param name="Lines">As HTTP has it: <c>name: value</c> in each line, names in lower case.</param>
internal sealed record ObjectAttributes(string Lines)
{
    /// <summary>Null for none.</summary>
    public static ObjectAttributes? Of(IEnumerable<KeyValuePair<string, string>> headers) =>
        string.Join('\n', headers.Select(static h => $"{h.Key.ToLowerInvariant()}: {h.Value}").Order(StringComparer.Ordinal)) is { Length: > 0 } lines ? new ObjectAttributes(lines) : null;

    public IEnumerable<KeyValuePair<string, string>> Headers() => Lines.Split('\n').Select(static line =>
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return KeyValuePair.Create(line[..colon], line[(colon + 2)..]);
    });
}
