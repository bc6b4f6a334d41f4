using System.Diagnostics.CodeAnalysis;
using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Storage.Folder;

namespace Trainctl.Storage;

/// <summary>Which kind of store an <see cref="ObjectUrl"/> names.</summary>
public enum StoreKind
{
    /// <summary>A folder of the file system: <c>file:///data/digits</c> or a plain path.</summary>
    Folder,

    /// <summary>An S3-compatible bucket: <c>s3://bucket/prefix</c>.</summary>
    S3,

    /// <summary>A Google Cloud Storage bucket through its S3-compatible interface: <c>gs://bucket/prefix</c>.</summary>
    Gcs,
}

/// <summary>
/// Names an object, or a prefix that objects share, in a store. Text becomes one of these once, at the edge:
/// <c>s3://bucket/prefix</c>, <c>gs://bucket/prefix</c>, <c>file:///absolute/path</c>, or a plain path.
/// Keys in <c>s3://</c> and <c>gs://</c> are taken as they stand, without percent decoding; <c>file://</c> URLs are decoded as RFC 8089 says.
/// </summary>
public sealed record ObjectUrl
{
    private const string ValidForms = "Write s3://bucket/prefix, gs://bucket/prefix, file:///absolute/folder, or a path.";
    private const int MaxKeyBytes = 1024;

    /// <summary>What signed addresses of AWS, its older form, and Google have in their queries.</summary>
    private static readonly string[] SignedQueries = ["X-Amz-Signature=", "X-Amz-Security-Token=", "X-Goog-Signature=", "&Signature=", "?Signature="];

    private ObjectUrl(StoreKind kind, string container, string path)
    {
        Kind = kind;
        Bucket = container;
        Path = path;
    }

    /// <summary>Which kind of store.</summary>
    public StoreKind Kind { get; }

    /// <summary>The bucket; empty for folders.</summary>
    public string Bucket { get; }

    /// <summary>The key or prefix in the bucket, without a leading slash; or the path of a folder, which may be relative.</summary>
    public string Path { get; }

    /// <summary>Whether this names a folder of the file system.</summary>
    public bool IsFolder => Kind == StoreKind.Folder;

    /// <summary>Whether the text ended with a separator, and so names a prefix and not one object.</summary>
    public bool EndsWithSeparator => Path.Length == 0 ? !IsFolder : Path[^1] == '/' || (IsFolder && Path[^1] == System.IO.Path.DirectorySeparatorChar);

    /// <summary>Lets scripts write a text where a URL is wanted. Fails as <see cref="Parse"/> does.</summary>
    public static implicit operator ObjectUrl(string text) => Parse(text);

    /// <summary>Reads a text.</summary>
    /// <exception cref="TrainctlException">With <see cref="TrainctlError.InvalidUrl"/>; the message names the text and shows valid forms.</exception>
    public static ObjectUrl Parse(string? text) =>
        TryParse(text, out var url, out var problem) ? url : throw new TrainctlException(TrainctlError.InvalidUrl, problem, text is null ? null : Shown(text));

    /// <summary>Reads a text, and says what is wrong with it when it is no URL.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ObjectUrl? url, [NotNullWhen(false)] out string? problem)
    {
        url = null;
        problem = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            problem = $"An object URL is empty. {ValidForms}";
            return false;
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            problem = $"'{text.Replace('\0', '?')}' holds a NUL character. {ValidForms}";
            return false;
        }

        if (SignedQueries.Any(query => text.Contains(query, StringComparison.OrdinalIgnoreCase)))
        {
            problem = $"'{Shown(text)}' is a signed address, and who has one needs no other credentials. Name the object without the query, and set credentials or a profile. {ValidForms}";
            return false;
        }

        var colon = text.IndexOf("://", StringComparison.Ordinal);
        if (colon < 0)
            return TryParsePath(text, out url, out problem);
        var scheme = text[..colon];
        var rest = text[(colon + 3)..];
        if (scheme.Equals("s3", StringComparison.OrdinalIgnoreCase))
            return TryParseBucket(StoreKind.S3, text, rest, out url, out problem);
        if (scheme.Equals("gs", StringComparison.OrdinalIgnoreCase))
            return TryParseBucket(StoreKind.Gcs, text, rest, out url, out problem);
        if (scheme.Equals("file", StringComparison.OrdinalIgnoreCase))
            return TryParseFileUrl(text, out url, out problem);
        problem = $"'{Shown(text)}' has the scheme '{scheme}', which is not supported. {ValidForms}";
        return false;
    }

    /// <summary>Makes a relative folder path absolute; <c>..</c> behind a symbolic link is above where the link leads. Other URLs stay as they are.</summary>
    public ObjectUrl Resolve(string workingDirectory) =>
        IsFolder ? new ObjectUrl(Kind, "", KeepSeparator(RealPath.FullOf(Path, workingDirectory))) : this;

    /// <summary>The URL of a key below this one.</summary>
    public ObjectUrl Append(string key)
    {
        if (key.Length == 0)
            return this;
        if (IsFolder)
            return new ObjectUrl(Kind, "", System.IO.Path.Join(Path, key.Replace('/', System.IO.Path.DirectorySeparatorChar)));
        return new ObjectUrl(Kind, Bucket, Path.Length == 0 || Path[^1] == '/' ? Path + key : $"{Path}/{key}");
    }

    /// <summary>Splits into what contains the last segment, and that segment: the way to address one object.</summary>
    public (ObjectUrl Parent, string Name) SplitLast()
    {
        var trimmed = WithoutEndSeparator();
        if (IsFolder)
        {
            var name = System.IO.Path.GetFileName(trimmed.Path);
            var folder = System.IO.Path.GetDirectoryName(trimmed.Path);
            return (new ObjectUrl(Kind, "", string.IsNullOrEmpty(folder) ? "." : folder), name);
        }

        // A store writes one slash between the two, so the others are part of the name: of 'a//b' the parent is 'a'.
        var slash = trimmed.Path.LastIndexOf('/');
        while (slash > 0 && trimmed.Path[slash - 1] == '/')
            slash--;
        return slash <= 0 ? (new ObjectUrl(Kind, Bucket, ""), trimmed.Path) : (new ObjectUrl(Kind, Bucket, trimmed.Path[..slash]), trimmed.Path[(slash + 1)..]);
    }

    /// <summary>The same without separators at the end.</summary>
    public ObjectUrl WithoutEndSeparator() =>
        new(Kind, Bucket, IsFolder ? System.IO.Path.TrimEndingDirectorySeparator(Path) : Path.TrimEnd('/'));

    /// <summary>The URL as a user would write it: a plain path for folders.</summary>
    public override string ToString() => Kind switch
    {
        StoreKind.Folder => Path,
        StoreKind.Gcs => $"gs://{Bucket}/{Path}",
        _ => $"s3://{Bucket}/{Path}",
    };

    /// <summary>A text that is no URL, without what may be a secret in it: a user's name and password, a query. What looks like a path is a name.</summary>
    private static string Shown(string text)
    {
        var query = SignedQueries.Any(signed => text.Contains(signed, StringComparison.OrdinalIgnoreCase)) || !IsOfScheme(text) ? text.IndexOfAny(['?', '#']) : -1;
        var address = query < 0 ? text : $"{text[..query]}{text[query]}...";
        var start = address.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3)
            return address;
        var slash = address.IndexOf('/', start);
        var user = address.LastIndexOf('@', slash < 0 ? address.Length - 1 : slash);
        return user < start ? address : $"{address[..start]}...{address[user..]}";
    }

    private static bool IsOfScheme(string text) =>
        !text.Contains("://", StringComparison.Ordinal) || Array.Exists(["s3://", "gs://", "file://"], scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    private string KeepSeparator(string path) => EndsWithSeparator && !System.IO.Path.EndsInDirectorySeparator(path)
        ? path + System.IO.Path.DirectorySeparatorChar
        : path;

    private static bool TryParsePath(string text, [NotNullWhen(true)] out ObjectUrl? url, [NotNullWhen(false)] out string? problem)
    {
        url = null;
        // One slash or none after the scheme is a typing mistake far more often than a file with that name.
        foreach (var scheme in (ReadOnlySpan<string>)["s3:", "gs:", "file:"])
        {
            if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                problem = $"'{text}' lacks the two slashes after '{scheme}'. {ValidForms}";
                return false;
            }
        }

        problem = null;
        url = new ObjectUrl(StoreKind.Folder, "", text);
        return true;
    }

    private static bool TryParseFileUrl(string text, [NotNullWhen(true)] out ObjectUrl? url, [NotNullWhen(false)] out string? problem)
    {
        url = null;
        problem = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || !text.StartsWith("file:///", StringComparison.OrdinalIgnoreCase))
        {
            problem = $"'{text}' is not a file URL with an absolute path: three slashes, as in file:///data/digits. {ValidForms}";
            return false;
        }

        // Uri would cut a name at '#' or '?' and fold '..': a path is what stands there, percent-decoded.
        var path = Uri.UnescapeDataString(text["file://".Length..]);
        if (OperatingSystem.IsWindows())
            path = uri.LocalPath;
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            problem = $"'{text}' holds a NUL character. {ValidForms}";
            return false;
        }

        url = new ObjectUrl(StoreKind.Folder, "", path);
        return true;
    }

    private static bool TryParseBucket(
        StoreKind kind, string text, string rest, [NotNullWhen(true)] out ObjectUrl? url, [NotNullWhen(false)] out string? problem)
    {
        url = null;
        problem = null;
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var bucket = slash < 0 ? rest : rest[..slash];
        var key = slash < 0 ? "" : rest[(slash + 1)..];
        if (bucket.Length == 0)
            problem = $"'{text}' names no bucket. {ValidForms}";
        else if (bucket.Contains('@', StringComparison.Ordinal))
            problem = $"'{Shown(text)}' holds a user name or password. Remove it, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile. {ValidForms}";
        else if (!bucket.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or ':'))
            problem = $"'{text}' has the bucket name '{bucket}', and bucket names are made of letters, digits, '-' and '.'. {ValidForms}";
        else if (Encoding.UTF8.GetByteCount(key) > MaxKeyBytes)
            problem = $"'{text}' has a key of more than {MaxKeyBytes} bytes. {ValidForms}";
        if (problem is not null)
            return false;
        url = new ObjectUrl(kind, bucket, key);
        return true;
    }
}
