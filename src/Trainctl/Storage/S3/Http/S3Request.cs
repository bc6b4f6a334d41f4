using Trainctl.Transfer;

namespace Trainctl.Storage.S3.Http;

/// <summary>One request to S3 before it is signed; can be sent any number of times.</summary>
/// <param name="method">GET, HEAD, PUT, POST, DELETE.</param>
/// <param name="key">The whole key in the bucket; null for a request about the bucket.</param>
internal sealed class S3Request(HttpMethod method, string? key)
{
    private readonly SortedDictionary<string, string> _headers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _query = new(StringComparer.Ordinal);

    public HttpMethod Method => method;

    public string? Key => key;

    /// <summary>By lower-case name, in the order in which a signature wants them. All of them are signed.</summary>
    public IReadOnlyDictionary<string, string> Headers => _headers;

    /// <summary>What is sent; null for nothing.</summary>
    public S3Body? Body { get; init; }

    /// <summary>How fast the body may be sent; null for no limit.</summary>
    public Bandwidth? Bandwidth { get; set; }

    /// <summary>Whether the body is left out of the signature, because the connection protects it.</summary>
    public bool IsBodyUnsigned { get; init; }

    /// <summary>
    /// Whether the store is asked before the body is sent (<c>Expect: 100-continue</c>). A store that refuses early and leaves breaks the sending, and .NET drops its answer with the
    /// connection.
    /// </summary>
    public bool AsksFirst { get; set; }

    /// <summary>Whether an object is asked for as it is stored, and not decompressed (<c>Accept-Encoding: gzip</c>). Not signed: Google's service changes that header on its way.</summary>
    public bool IsAsStored { get; init; }

    /// <summary>In which time bytes must pass.</summary>
    public TimeSpan Patience { get; init; } = StallGuard.Window;

    /// <summary>The same of an answer that is read as XML; null: no other.</summary>
    public TimeSpan? AnswerPatience { get; init; }

    /// <summary>Sorted and encoded, as both the address and the signature have it; empty for none.</summary>
    public string Query => _query.Count == 0 ? "" : string.Join('&', _query.Select(static p => p.Key + "=" + p.Value));

    /// <summary>Adds a header, or replaces it; does nothing for null.</summary>
    /// <param name="name">In lower case.</param>
    /// <param name="value">As it is sent.</param>
    public S3Request With(string name, string? value)
    {
        if (value is not null)
            // Nothing else that looks like a space: of text that is sent byte for byte it may be the end of a letter.
            _headers[name] = value.Trim(' ', '\t');
        return this;
    }

    /// <summary>Takes a header away, where there is one.</summary>
    public S3Request Without(string name)
    {
        _headers.Remove(name);
        return this;
    }

    /// <summary>Adds a parameter to the query.</summary>
    public S3Request WithQuery(string name, string value)
    {
        _query[UriText.OfValue(name)] = UriText.OfValue(value);
        return this;
    }
}
