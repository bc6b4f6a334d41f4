using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Text;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;
using Trainctl.Storage.S3.Proxies;
using Trainctl.Storage.S3.Retrying;

namespace Trainctl.Storage.S3;

/// <summary>What was being done when something failed.</summary>
/// <param name="Verb">Reading, Writing, Listing, Deleting.</param>
/// <param name="Url">Of the object or the bucket.</param>
/// <param name="Key">Relative to the store's root; null where the call is about the bucket.</param>
/// <param name="Connection">How the store is reached.</param>
internal sealed record S3Call(string Verb, ObjectUrl Url, string? Key, S3Connection Connection);

/// <summary>The one table from what S3 and the SDK answer to errors of the engine.</summary>
internal static class S3Errors
{
    private const int LongestServerMessage = 300;

    /// <summary>
    /// Whether an exception tells of the store or the way to it; anything else is a fault in this program. The SDK lets what it meets in a number or a
    /// date of an answer pass as it is.
    /// </summary>
    public static bool IsStoreError(Exception exception) => exception is AmazonServiceException or AmazonClientException or HttpRequestException
        or IOException or TimeoutException or OperationCanceledException or AuthenticationException or UnreachableException or XmlException
        or System.Net.Sockets.SocketException or FormatException or OverflowException;

    /// <summary>What a failure says about sending the same request again.</summary>
    public static FailureKind KindOf(Exception exception) => exception switch
    {
        _ when exception is AmazonUnmarshallingException || FindCause<XmlException>(exception) is not null => FailureKind.Garbled,
        AmazonServiceException answered when answered.StatusCode != 0 => KindOfCode(answered.ErrorCode ?? "") ?? KindOfStatus(answered),
        UnreachableException => FailureKind.Unreachable,
        ProxyException { IsRefusal: true } => FailureKind.Permanent,
        _ when FindCause<AuthenticationException>(exception) is not null || exception.InnerException is TrainctlException => FailureKind.Permanent,
        _ => FailureKind.Transient,
    };

    /// <summary>Whether a failure is of the store as a whole, or of the way to it, and not of what was asked: nobody there, silence, 429, 502, 503, 504.</summary>
    public static bool IsOfStore(Exception exception) => exception is UnreachableException or TimeoutException
        || (exception is AmazonServiceException answer && (int)answer.StatusCode is 429 or 502 or 503 or 504);

    /// <summary>
    /// Whether content was refused because Content-MD5 is missing (docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html): of all that the code may mean, the message says which.
    /// </summary>
    public static bool DemandsMd5(AmazonServiceException answer) =>
        answer.ErrorCode == "InvalidRequest" && answer.Message.Contains("Content-MD5", StringComparison.OrdinalIgnoreCase);

    /// <summary>What happened, as a sentence's end.</summary>
    public static string Describe(Exception exception, S3Call call) => Explain(exception, call).What;

    /// <summary>The region that an answer names; null for none.</summary>
    public static string? RegionOf(Exception exception) => (exception as RegionalS3Exception)?.Region;

    /// <summary>
    /// Whether the bucket is at another address than the one that was given, which is that of one region of AWS: another signature changes nothing then, and the
    /// address is the user's.
    /// </summary>
    public static bool IsAtAnotherAddress(Exception exception, S3Connection connection) =>
        exception is AmazonServiceException answer && (int)answer.StatusCode is 301 or 302 or 307 or 308
        && connection.Endpoint is { } endpoint && ProviderProfile.Of(endpoint).Id == StoreProvider.Aws;

    public static TrainctlException Translate(Exception exception, S3Call call)
    {
        if (exception.InnerException is TrainctlException inner)
            return inner;
        var (error, what, advice) = Explain(exception, call);
        return Failure(error, call, what, advice, exception);
    }

    /// <summary>What one key of a DeleteObjects answer says.</summary>
    public static TrainctlException OfAnswer(string? code, string? message, S3Call call) =>
        Translate(new AmazonS3Exception(message ?? "", ErrorType.Unknown, code ?? "", "", HttpStatusCode.OK), call);

    /// <summary>Whether the answer was 404 or one of the codes that mean that the thing asked for is not there.</summary>
    public static bool IsNotFound(TrainctlException exception) => exception.Error is TrainctlError.ObjectNotFound or TrainctlError.StoreNotFound;

    private static (TrainctlError Error, string What, string Advice) Explain(Exception exception, S3Call call) => exception switch
    {
        _ when exception is AmazonUnmarshallingException or FormatException or OverflowException || FindCause<XmlException>(exception) is not null => (
            TrainctlError.StoreRejected,
            $"'{call.Connection.Host}' gave not the answer of an S3 service",
            "Check that this is the address of the S3 interface, and not of a console or a proxy."),
        AmazonServiceException answered when answered.StatusCode != 0 => ExplainAnswer(answered, call),
        UnreachableException { Proxy: { } proxy } nobody => (
            TrainctlError.StoreUnavailable,
            $"nobody answers at '{nobody.Address}' ({nobody.Reason}), which is the proxy on the way to '{call.Connection.Host}'",
            $"Check {proxy.Variable} in the environment, that the proxy runs, and the network; what NO_PROXY names is asked without a proxy."),
        UnreachableException nobody => (
            TrainctlError.StoreUnavailable,
            $"nobody answers at '{nobody.Address}' ({nobody.Reason})",
            "Check the endpoint address (AWS_ENDPOINT_URL or the setting EndpointUrl), that the service runs, and the network."),
        ProxyException refused => (
            TrainctlError.StoreUnavailable,
            refused.Message,
            $"{(refused.IsRefusal ? "" : "Run again later; what is done will not be done twice. ")}Check {refused.Proxy.Variable} in the environment"
            + $"{(refused.StatusCode == HttpStatusCode.ProxyAuthenticationRequired ? ", written like http://user:password@host:port with '%40' for an '@' and '%3A' for a ':' of the password" : "")}"
            + ", or name the store's host in NO_PROXY to ask it without a proxy."),
        _ when FindCause<AuthenticationException>(exception) is { } tls => (
            TrainctlError.StoreUnavailable,
            $"the encrypted connection to '{call.Connection.Host}' was refused: {Sentence(tls.Message)}",
            TrustAdvice(call.Connection)),
        _ => (
            TrainctlError.StoreUnavailable,
            $"the connection to '{call.Connection.Host}' broke: {Sentence(exception.Message)}",
            "Run again; what is done will not be done twice."),
    };

    private static (TrainctlError Error, string What, string Advice) ExplainAnswer(AmazonServiceException answer, S3Call call)
    {
        var (error, advice) = IsAtAnotherAddress(answer, call.Connection) ? (TrainctlError.StoreRejected, AddressAdvice(answer, call))
            : ByCode(answer.ErrorCode ?? "", call) ?? ByStatus(answer, call);
        var what = new StringBuilder("the store answered");
        if (answer.StatusCode != HttpStatusCode.OK)
            what.Append(CultureInfo.InvariantCulture, $" HTTP {(int)answer.StatusCode}");
        if (!string.IsNullOrEmpty(answer.ErrorCode))
            what.Append(' ').Append(answer.ErrorCode);
        if (ServerMessage(answer) is { } message)
            what.Append(": ").Append(message);
        if (!string.IsNullOrEmpty(answer.RequestId))
            what.Append(CultureInfo.InvariantCulture, $" (request {answer.RequestId})");
        return (error, what.ToString(), advice);
    }

    private static FailureKind? KindOfCode(string code) => code switch
    {
        "SlowDown" or "Throttling" or "ThrottlingException" or "ThrottledException" or "RequestLimitExceeded" or "BandwidthLimitExceeded" or "TooManyRequests"
            or "TooManyRequestsException" or "SlowDownRead" or "SlowDownWrite" => FailureKind.Throttled,
        "InternalError" or "ServiceUnavailable" or "RequestTimeout" or "RequestTimeoutException" or "OperationAborted" or "ConditionalRequestConflict"
            or "IncompleteBody" => FailureKind.Transient,
        "BadDigest" or "InvalidDigest" or "XAmzContentSHA256Mismatch" or "XAmzContentChecksumMismatch" or "MalformedXML" => FailureKind.Damaged,
        "RequestTimeTooSkewed" or "RequestExpired" or "RequestInTheFuture" => FailureKind.ClockSkewed,
        "ExpiredToken" or "ExpiredTokenException" or "TokenRefreshRequired" => FailureKind.CredentialsExpired,
        "PermanentRedirect" or "TemporaryRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" => FailureKind.Elsewhere,
        "NoSuchBucket" or "NoSuchKey" or "NoSuchUpload" or "NoSuchVersion" or "AccessDenied" or "PreconditionFailed" or "NotImplemented"
            or "SignatureDoesNotMatch" or "InvalidAccessKeyId" => FailureKind.Permanent,
        _ => null,
    };

    private static FailureKind KindOfStatus(AmazonServiceException answer) => (int)answer.StatusCode switch
    {
        301 or 307 or 308 => FailureKind.Elsewhere,
        400 when RegionOf(answer) is not null => FailureKind.Elsewhere,
        429 or 503 => FailureKind.Throttled,
        408 or 417 or 500 or 502 or 504 => FailureKind.Transient,
        _ => FailureKind.Permanent,
    };

    private static (TrainctlError Error, string Advice)? ByCode(string code, S3Call call) => code switch
    {
        "NoSuchBucket" => (TrainctlError.StoreNotFound, BucketAdvice(call)),
        "NoSuchKey" or "NoSuchVersion" => (TrainctlError.ObjectNotFound, "Check the key; it may have been deleted meanwhile."),
        "AccessDenied" or "AllAccessDisabled" or "AccountProblem" => (TrainctlError.AccessDenied, AccessAdvice),
        "InvalidAccessKeyId" or "InvalidClientTokenId" or "UnrecognizedClientException" =>
            (TrainctlError.CredentialsRejected, "The store does not know the access key: check AWS_ACCESS_KEY_ID or the profile, and that they belong to this endpoint."),
        "SignatureDoesNotMatch" =>
            (TrainctlError.CredentialsRejected, "The secret key is wrong, or the region is: check AWS_SECRET_ACCESS_KEY or the profile, and AWS_REGION."),
        "ExpiredToken" or "ExpiredTokenException" or "InvalidToken" or "TokenRefreshRequired" or "AuthFailure" =>
            (TrainctlError.CredentialsRejected, "Get new credentials ('aws sso login', or a new AWS_SESSION_TOKEN), and run again."),
        "RequestTimeTooSkewed" or "RequestExpired" =>
            (TrainctlError.CredentialsRejected, "The clock of this machine and that of the store differ too much: set this machine's clock."),
        "PermanentRedirect" or "TemporaryRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" =>
            (TrainctlError.StoreRejected, RegionAdvice(call)),
        "InvalidObjectState" or "ObjectNotInActiveTierError" =>
            (TrainctlError.AccessDenied, "The object is in an archive class (Glacier): restore it first with 'aws s3api restore-object', and run again when that is done."),
        "PreconditionFailed" or "ConditionalRequestConflict" =>
            (TrainctlError.ChangedDuringTransfer, "The object changed meanwhile. Run again when nothing writes to it."),
        "BadDigest" or "InvalidDigest" or "XAmzContentSHA256Mismatch" or "XAmzContentChecksumMismatch" =>
            (TrainctlError.ChecksumMismatch, "The bytes were damaged on their way and nothing was stored. Run again."),
        "MetadataTooLarge" => (
            TrainctlError.StoreRejected,
            "A copy keeps the metadata of its source, and adds the time and the checksum of the content, 80 bytes; AWS takes 2 KB in all. Take some metadata (x-amz-meta-...) from the source."),
        "KeyTooLongError" => (TrainctlError.UnsafeKey, "Use a shorter key."),
        "XMinioInvalidObjectName" or "XMinioInvalidResourceName" => (TrainctlError.UnsafeKey, "This store keeps objects as files, and no file can have that name: use another key."),
        "XMinioParentIsObject" or "XMinioObjectExistsAsDirectory" or "ObjectParentIsFile" or "ExistingObjectIsDirectory" =>
            (TrainctlError.UnsafeKey, "This store keeps objects as files: an object and others below its name cannot be there at once. Use another key, or delete what is there."),
        "NotImplemented" or "MethodNotAllowed" => (TrainctlError.StoreRejected, NotOffered),
        "QuotaExceeded" or "XMinioStorageFull" or "InsufficientStorage" or "EntityTooLarge" =>
            (TrainctlError.WriteFailed, "Free some space at the store, or raise its limit, and run again."),
        "SlowDown" or "ServiceUnavailable" or "InternalError" or "RequestTimeout" or "Throttling" or "ThrottlingException" or "TooManyRequests" or "OperationAborted" =>
            (TrainctlError.StoreUnavailable, "Run again later, perhaps with less concurrency; what is done will not be done twice."),
        _ => null,
    };

    private static (TrainctlError Error, string Advice) ByStatus(AmazonServiceException answer, S3Call call) => (int)answer.StatusCode switch
    {
        301 or 302 or 307 or 308 => (TrainctlError.StoreRejected, RegionAdvice(call)),
        // The SDK names an answer without a body after its status, so here nobody said more than a number.
        400 => (TrainctlError.StoreRejected, "Expired credentials and a wrong region look like this where the store gives no reason: check both."),
        401 => (TrainctlError.CredentialsRejected, "Check the access keys or the profile."),
        403 => (TrainctlError.AccessDenied, AccessAdvice),
        404 when call.Key is null => (TrainctlError.StoreNotFound, BucketAdvice(call)),
        404 => (TrainctlError.ObjectNotFound, "Check the key; it may have been deleted meanwhile."),
        412 => (TrainctlError.ChangedDuringTransfer, "The object changed meanwhile. Run again when nothing writes to it."),
        405 or 501 => (TrainctlError.StoreRejected, NotOffered),
        416 => (TrainctlError.ReadFailed, "The object is shorter than the bytes that were asked for."),
        429 or >= 500 => (TrainctlError.StoreUnavailable, "Run again later; what is done will not be done twice."),
        _ => (TrainctlError.StoreRejected, "See the documentation of the store for this answer."),
    };

    private const string NotOffered = "This store does not offer that: do without, or use another store.";

    private const string AccessAdvice =
        "The credentials are not allowed to do this (some stores say the same when the secret key is wrong): ask for the permission, or use other credentials or another profile.";

    private static string TrustAdvice(S3Connection connection) => connection.CaBundle is { } bundle
        ? $"The service's certificate must be for that name, and lead to one in '{bundle.Path}' ({bundle.Source}), and none else is trusted: add its authority there, or do without."
        : "Check the certificate of the service, or that the address really is https. An authority of your own is named in the setting CaBundle, or AWS_CA_BUNDLE.";

    private static string BucketAdvice(S3Call call) =>
        $"Check the bucket's name, and that it is at '{call.Connection.Host}'; create it if it is to be new.";

    private static string RegionAdvice(S3Call call) =>
        $"The bucket is in another region than '{call.Connection.Region}': set AWS_REGION or the setting Region to the bucket's region.";

    private static string AddressAdvice(AmazonServiceException answer, S3Call call) =>
        $"'{call.Connection.Host}' is the address of another region than the bucket's{(RegionOf(answer) is { } region ? $", which is '{region}'" : "")}: set AWS_ENDPOINT_URL (or the setting EndpointUrl) to the address "
        + $"of the bucket's region, or leave it out and set AWS_REGION{(RegionOf(answer) is { } named ? $" to '{named}'" : "")}.";

    private static TrainctlException Failure(TrainctlError error, S3Call call, string what, string advice, Exception cause) => new(
        error,
        $"{call.Verb} '{call.Url}' failed: {what}. {advice}",
        call.Url.ToString(),
        // An exception with the raw answer would print it, and answers to wrong signatures repeat what was signed.
        cause is AmazonS3Exception { ResponseBody.Length: > 0 } ? null : ForeignText.WithoutUsers(cause));

    private static string? ServerMessage(AmazonServiceException answer)
    {
        var message = answer is AmazonS3Exception { ResponseBody.Length: > 0 } s3 ? s3.Message[..Math.Max(0, s3.Message.IndexOf(" Response Body:", StringComparison.Ordinal))] : answer.Message;
        if (string.IsNullOrWhiteSpace(message) || message.StartsWith("Error making request", StringComparison.Ordinal)
            || message.StartsWith("Exception of type", StringComparison.Ordinal) || message.Contains("StringToSign", StringComparison.Ordinal))
        {
            return null;
        }

        return Sentence(message.Length > LongestServerMessage ? message[..LongestServerMessage] + "…" : message);
    }

    private static string Sentence(string text) =>
        string.Join(' ', ForeignText.WithoutUsers(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');

    private static T? FindCause<T>(Exception exception)
        where T : Exception
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is T found)
                return found;
        }

        return null;
    }
}
