using System.Net;
using System.Text;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;

namespace Trainctl.Storage.S3.Http;

/// <summary>An answer that is no success, as the exception that the SDK would throw, so that one table serves both.</summary>
internal static class ErrorAnswer
{
    private const int LongestBody = 64 * 1024;

    public static async Task<RegionalS3Exception> ReadAsync(HttpResponseMessage answer, TimeProvider? time, CancellationToken cancellationToken)
    {
        var (code, message, region) = Parse(await ReadBodyAsync(answer.Content, time, cancellationToken).ConfigureAwait(false));
        return new RegionalS3Exception(
            message ?? "",
            code ?? answer.StatusCode.ToString(),
            answer.Header("x-amz-request-id") ?? "",
            answer.StatusCode,
            answer.Header(AnswerHeaders.Region) ?? region);
    }

    /// <summary>What the XML of an error says; nothing where it is something else.</summary>
    public static (string? Code, string? Message, string? Region) Parse(ReadOnlyMemory<byte> body)
    {
        string? code = null, message = null, region = null;
        if (body.IsEmpty)
            return (code, message, region);
        try
        {
            using var reader = XmlReader.Create(
                new StringReader(Encoding.UTF8.GetString(body.Span)), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            while (reader.Read())
            {
                if (reader.NodeType != XmlNodeType.Element || reader.Depth != 1)
                    continue;
                switch (reader.LocalName)
                {
                    case "Code":
                        code = reader.ReadString();
                        break;
                    case "Message":
                        message = reader.ReadString();
                        break;
                    case "Region":
                        region = reader.ReadString();
                        break;
                    default:
                        break;
                }
            }
        }
        catch (XmlException)
        {
            // The status says enough.
        }

        return (code is "" ? null : code, message, region is "" ? null : region);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContent content, TimeProvider? time, CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Min(content.Headers.ContentLength ?? LongestBody, LongestBody)];
        using var stall = new StallGuard(cancellationToken, time: time);
        try
        {
            stall.Begin();
            var stream = await content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
                return buffer.AsMemory(0, await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stall.Token).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ReadOnlyMemory<byte>.Empty;
        }
    }
}

/// <summary>An error with the region that it names for the bucket, which the SDK's does not keep.</summary>
#pragma warning disable CA1032 // Implement standard exception constructors: made in one place
internal sealed class RegionalS3Exception(string message, string code, string requestId, HttpStatusCode status, string? region)
    : AmazonS3Exception(message, ErrorType.Unknown, code, requestId, status)
#pragma warning restore CA1032
{
    /// <summary>Null when the answer names none.</summary>
    public string? Region => region;
}
