namespace Trainctl.Storage.S3.Http;

/// <summary>Reads the headers of an answer, whether .NET takes them for the message's or its content's, as they were sent.</summary>
internal static class AnswerHeaders
{
    /// <summary>In answers about a bucket, also where they are errors.</summary>
    public const string Region = "x-amz-bucket-region";

    /// <summary>A header's first value; null for none.</summary>
    public static string? Header(this HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out var values) || answer.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? values.ToString() is { Length: > 0 } value ? value : null
            : null;
}
