using System.Buffers;
using System.Security;
using System.Text;
using Trainctl.Storage.Hashing;
using Trainctl.Storage.S3.Http;
using Trainctl.Storage.S3.Http.Xml;

namespace Trainctl.Storage.S3;

/// <summary>What DeleteObjects says of an object that it did not delete.</summary>
/// <param name="Key">In the bucket; empty when it is not told.</param>
/// <param name="Code">Of the error.</param>
/// <param name="Message">Of the error.</param>
internal sealed record DeleteError(string Key, string? Code, string? Message);

/// <summary>One DeleteObjects request (docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html). Its Content-MD5 is what all services demand.</summary>
internal static class S3ManyDeletion
{
    /// <summary>Sends the request. Objects that could not be deleted are no exception, but told.</summary>
    /// <param name="bucket">Where.</param>
    /// <param name="keysOf">
    /// The keys of an attempt, from 1; none ends the attempts. Relative to the store's root; XML must be able to hold them. An attempt that seemed to fail may have
    /// deleted, and somebody may have written since.
    /// </param>
    /// <param name="isQuiet">Whether the answer is to tell of errors only.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Task<IReadOnlyList<DeleteError>> SendAsync(
        S3Bucket bucket, Func<int, CancellationToken, ValueTask<IReadOnlyCollection<string>>> keysOf, bool isQuiet, CancellationToken cancellationToken)
    {
        var attempt = 0;
        return bucket.AttemptAsync("Deleting in", null, async (transport, token) =>
        {
            var keys = await keysOf(++attempt, token).ConfigureAwait(false);
            return keys.Count == 0 ? [] : await SendOnceAsync(bucket, transport, keys, isQuiet, token).ConfigureAwait(false);
        }, cancellationToken);
    }

    private static async Task<IReadOnlyList<DeleteError>> SendOnceAsync(
        S3Bucket bucket, S3Transport transport, IReadOnlyCollection<string> keys, bool isQuiet, CancellationToken cancellationToken)
    {
        var body = BodyOf(bucket.Prefix, keys, isQuiet);
        var request = new S3Request(HttpMethod.Post, null) { Body = new XmlBody(body), Patience = StallGuard.WindowOfWork }
            .WithQuery("delete", "").With("content-type", "application/xml").With("content-md5", Convert.ToBase64String(ShortMd5.Of(body.Span)));
        var answer = await bucket.ReadOnceAsync(transport, request, static () => new Answer(), cancellationToken).ConfigureAwait(false);
        return answer.Errors;
    }

    /// <summary>Written at once as it is sent: as text and as bytes, a thousand keys are half a megabyte for nothing.</summary>
    private static ReadOnlyMemory<byte> BodyOf(string prefix, IReadOnlyCollection<string> keys, bool isQuiet)
    {
        var xml = new ArrayBufferWriter<byte>(256 + keys.Sum(key => key.Length + prefix.Length + 40));
        var start = "<Object><Key>" + SecurityElement.Escape(prefix);
        xml.Write("<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"u8);
        foreach (var key in keys)
        {
            Encoding.UTF8.GetBytes(start, xml);
            Encoding.UTF8.GetBytes(SecurityElement.Escape(key), xml);
            xml.Write("</Key></Object>"u8);
        }

        if (isQuiet)
            xml.Write("<Quiet>true</Quiet>"u8);
        xml.Write("</Delete>"u8);
        return xml.WrittenMemory;
    }

    private sealed class Answer : IAnswerContent
    {
        private readonly List<DeleteError> _errors = [];
        private bool _isInError;
        private string _key = "";
        private string? _code;
        private string? _message;

        public ReadOnlySpan<byte> Root => "DeleteResult"u8;

        public IReadOnlyList<DeleteError> Errors => _errors;

        public void Begin(XmlScanner at)
        {
            if (at.Depth != 2 || !at.Name.SequenceEqual("Error"u8))
                return;
            _isInError = true;
            (_key, _code, _message) = ("", null, null);
        }

        public void End(XmlScanner at)
        {
            if (!_isInError)
                return;
            if (at.Depth == 2)
            {
                _errors.Add(new DeleteError(_key, _code, _message));
                _isInError = false;
            }
            else if (at.Depth == 3)
            {
                KeepField(at);
            }
        }

        private void KeepField(XmlScanner at)
        {
            if (at.Name.SequenceEqual("Key"u8))
                _key = at.Value();
            else if (at.Name.SequenceEqual("Code"u8))
                _code = at.Value();
            else if (at.Name.SequenceEqual("Message"u8))
                _message = at.Value();
        }
    }
}
