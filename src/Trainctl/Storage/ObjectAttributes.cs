namespace Trainctl.Storage;

/// <summary>
/// What others had a store keep with an object besides its content: how it is to be read and shown, and metadata of their own. Equal only where all of it is.
/// </summary>
/// <param name="headers">As HTTP has it; names in any case.</param>
internal sealed class ObjectAttributes(IReadOnlyCollection<KeyValuePair<string, string>> headers) : IEquatable<ObjectAttributes>
{
    private string? _lines;

    /// <summary><c>name: value</c> in each line, names in lower case, sorted. Put together when somebody asks, which most transfers do not.</summary>
    public string Lines => _lines ??= string.Join('\n', Headers().Select(static h => $"{h.Key}: {h.Value}").Order(StringComparer.Ordinal));

    /// <summary>Names in lower case.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers() => headers.Select(static h => KeyValuePair.Create(h.Key.ToLowerInvariant(), h.Value));

    public bool Equals(ObjectAttributes? other) => other is not null && Lines == other.Lines;

    public override bool Equals(object? obj) => Equals(obj as ObjectAttributes);

    public override int GetHashCode() => Lines.GetHashCode(StringComparison.Ordinal);
}
