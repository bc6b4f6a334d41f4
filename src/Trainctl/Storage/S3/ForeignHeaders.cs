using System.Globalization;

namespace Trainctl.Storage.S3;

/// <summary>Headers of an object that hold what others have written: of its content (docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html), and metadata of their own.</summary>
internal static class ForeignHeaders
{
    private const string Encoding = "content-encoding";
    private const string Expiry = "expires";

    private static readonly string[] OfContent = ["cache-control", "content-disposition", Encoding, "content-language", "content-type", Expiry];

    /// <summary>What Google's service says where nothing is set (cloud.google.com/storage/docs/metadata#cache-control).</summary>
    private static readonly string[] CachingOfGoogle = ["private, max-age=0", "public, max-age=3600"];

    /// <summary>Whether a header may hold such, of which nobody says that it is ASCII.</summary>
    public static bool Includes(string name) => IsMetadata(name) || OfContent.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>All in an answer but our own metadata, which is made anew; null for none.</summary>
    public static ObjectAttributes? In(HttpResponseMessage answer, StoreProvider provider)
    {
        List<KeyValuePair<string, string>>? found = null;
        foreach (var (name, values) in answer.Content.Headers.NonValidated)
        {
            if (Includes(name))
                Add(name, values.ToString());
        }

        foreach (var (name, values) in answer.Headers.NonValidated)
        {
            if (IsMetadata(name) ? !ObjectMetadata.IsOwn(name.AsSpan(ObjectMetadata.Prefix.Length)) : Includes(name))
                Add(name, values.ToString());
        }

        return found is null ? null : new ObjectAttributes(found);

        void Add(string name, string value)
        {
            if (Is(name, Encoding))
                value = WithoutChunks(value);
            if ((value.Length > 0 || IsMetadata(name)) && !IsMadeUp(name, value, answer, provider))
                (found ??= []).Add(new(name, value));
        }
    }

    /// <summary>
    /// Whether a server, or what is in between, has added it to this answer. An expiry that is computed for each answer would be another one each time: kept with a copy it would be wrong, and
    /// parts of an interrupted upload would never be gone on with.
    /// </summary>
    private static bool IsMadeUp(string name, string value, HttpResponseMessage answer, StoreProvider provider)
    {
        if (Is(name, Expiry))
            return provider == StoreProvider.Gcs || IsOfNow(value, answer);
        return provider == StoreProvider.Gcs && Is(name, "cache-control") && CachingOfGoogle.Contains(value, StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsOfNow(string expiry, HttpResponseMessage answer) =>
        answer.Headers.CacheControl?.MaxAge is { } age && answer.Headers.Date is { } now
        && DateTimeOffset.TryParse(expiry, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && (time - now - age).Duration() <= TimeSpan.FromSeconds(1);

    /// <summary>Some stores keep <c>aws-chunked</c>, which was said of a request and not of the content.</summary>
    private static string WithoutChunks(string encoding) =>
        string.Join(',', encoding.Split(',', StringSplitOptions.TrimEntries).Where(static e => !Is(e, "aws-chunked")));

    private static bool IsMetadata(string name) => name.StartsWith(ObjectMetadata.Prefix, StringComparison.OrdinalIgnoreCase);

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
