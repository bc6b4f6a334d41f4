using System.Text.RegularExpressions;

namespace Trainctl.Testing.Faults;

/// <summary>What a request asks of an S3 server whose buckets are the first segment of the path.</summary>
/// <param name="Head">As it was sent.</param>
public sealed partial record S3Request(HttpHead Head)
{
    /// <summary>Names of one run of a test; everything else of a request is the same when the test is repeated.</summary>
    private static readonly string[] ChosenByTheServer = ["uploadId", "continuation-token"];

    public S3RequestKind Kind { get; } = KindOf(Head);

    /// <summary>The key with everything before it but the bucket, encoded; empty for requests about the bucket.</summary>
    public string Key { get; } = KeyOf(Head);

    /// <summary>The same for the same request in each repetition of a test: without the bucket's name, what the server chose, and the time of a move to the trash.</summary>
    public string Identity => TimeInName().Replace($"{Head.Method} {Key}?{string.Join('&', Query(Head).Select(static p => Array.IndexOf(ChosenByTheServer, p.Name) < 0 ? $"{p.Name}={p.Value}" : p.Name))}", "time");

    /// <summary>Whether the request asks for a page of a listing after the first, by what the store or by what the client says of where it begins.</summary>
    public bool IsLaterPage => Kind == S3RequestKind.List && (Has(Head, "continuation-token") || Has(Head, "start-after"));

    public long BodyBytes => Head.ContentLength ?? (Head.IsChunked ? 1 : 0);

    public static IEnumerable<(string Name, string Value)> Query(HttpHead head)
    {
        var start = head.Target.IndexOf('?', StringComparison.Ordinal);
        return start < 0
            ? []
            : head.Target[(start + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static p => p.Split('=', 2)).Select(static p => (p[0], p.Length > 1 ? p[1] : ""));
    }

    [GeneratedRegex(@"\d{8}T\d{6}Z")]
    private static partial Regex TimeInName();

    private static bool Has(HttpHead head, string name) => Query(head).Any(p => p.Name == name);

    private static string KeyOf(HttpHead head)
    {
        var path = head.Target.Split('?')[0];
        var slash = path.IndexOf('/', 1);
        return slash < 0 ? "" : path[(slash + 1)..];
    }

    private static S3RequestKind KindOf(HttpHead head) => (head.Method, IsAboutObject: KeyOf(head).Length > 0) switch
    {
        ("GET", false) when Has(head, "list-type") => S3RequestKind.List,
        ("GET", true) when Has(head, "uploadId") => S3RequestKind.ListParts,
        ("GET", true) when !head.Target.Contains('?', StringComparison.Ordinal) => S3RequestKind.Get,
        ("HEAD", true) => S3RequestKind.Head,
        ("PUT", true) when Has(head, "partNumber") => S3RequestKind.UploadPart,
        ("PUT", true) when head["x-amz-copy-source"] is not null => S3RequestKind.Copy,
        ("PUT", true) when !head.Target.Contains('?', StringComparison.Ordinal) => S3RequestKind.Put,
        ("POST", true) when Has(head, "uploads") => S3RequestKind.BeginUpload,
        ("POST", true) when Has(head, "uploadId") => S3RequestKind.CompleteUpload,
        ("POST", false) when Has(head, "delete") => S3RequestKind.DeleteMany,
        ("DELETE", true) when Has(head, "uploadId") => S3RequestKind.AbortUpload,
        ("DELETE", true) => S3RequestKind.Delete,
        _ => S3RequestKind.Other,
    };
}

/// <summary>The requests that move, list and delete objects.</summary>
public enum S3RequestKind
{
    Other,
    List,
    Head,
    Get,
    Put,
    Copy,
    BeginUpload,
    UploadPart,
    ListParts,
    CompleteUpload,
    AbortUpload,
    Delete,
    DeleteMany,
}
