using System.Buffers;
using System.Globalization;
using System.Security;
using System.Text;
using Trainctl.Storage.S3.Http;
using Trainctl.Storage.S3.Http.Xml;

namespace Trainctl.Storage.S3;

/// <summary>A part that the store has.</summary>
/// <param name="Number">From 1.</param>
/// <param name="ETag">As the store gave it.</param>
/// <param name="Crc64">As S3 writes it; null for stores that do not keep it.</param>
internal readonly record struct StoredPart(int Number, string ETag, string? Crc64);

/// <summary>What comes before the parts of an upload and after them (docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html, API_CompleteMultipartUpload.html).</summary>
internal static class S3MultipartRequests
{
    /// <summary>
    /// For putting the parts together. The store begins its answer at once and sends spaces while it works, which takes "several minutes to complete".
    /// </summary>
    private static readonly TimeSpan Assembly = TimeSpan.FromMinutes(15);

    /// <summary>Begins an upload.</summary>
    /// <param name="bucket">Where.</param>
    /// <param name="key">The object.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="options">How it is stored.</param>
    /// <param name="cancellationToken">Ends the waiting; there may be an upload then.</param>
    /// <returns>What the store calls the upload.</returns>
    public static async Task<string> CreateAsync(S3Bucket bucket, string key, string contentType, PutOptions options, CancellationToken cancellationToken)
    {
        var connection = bucket.Connection;
        var request = new S3Request(HttpMethod.Post, bucket.FullKey(key)).WithQuery("uploads", "");
        ObjectHeaders.Add(request, contentType, options, connection);
        if (connection.Provider.TakesCrc64)
            request.With("x-amz-checksum-algorithm", "CRC64NVME").With("x-amz-checksum-type", "FULL_OBJECT");
        var answer = await bucket.ReadAsync("Writing", key, request, static () => new Created(), cancellationToken).ConfigureAwait(false);
        return answer.UploadId.Length > 0 ? answer.UploadId : throw bucket.Rejected("Writing", key, "the store gave no name for the upload that it began");
    }

    /// <summary>Makes the object of its parts.</summary>
    /// <param name="bucket">Where.</param>
    /// <param name="key">The object.</param>
    /// <param name="uploadId">What the store calls the upload.</param>
    /// <param name="parts">All of them, in their order.</param>
    /// <param name="checksum">Of the object.</param>
    /// <param name="cancellationToken">Ends the waiting; the object may be there then.</param>
    /// <returns>The checksum of the whole that the store computed; null where it tells none. Some pass over the one that was sent (Ceph 20).</returns>
    public static async Task<Checksum?> CompleteAsync(
        S3Bucket bucket, string key, string uploadId, IReadOnlyCollection<StoredPart> parts, Checksum checksum, CancellationToken cancellationToken)
    {
        var request = new S3Request(HttpMethod.Post, bucket.FullKey(key)) { Body = new XmlBody(BodyOf(parts)), Patience = StallGuard.WindowOfWork, AnswerPatience = Assembly }
            .WithQuery("uploadId", uploadId).With("content-type", "application/xml");
        if (bucket.Connection.Provider.TakesCrc64)
            request.With("x-amz-checksum-crc64nvme", PayloadProof.FormatCrc64(checksum)).With("x-amz-checksum-type", "FULL_OBJECT");
        var answer = await bucket.ReadAsync("Completing", key, request, static () => new Completed(), cancellationToken).ConfigureAwait(false);
        return PayloadProof.ChecksumOfWhole(answer.Crc64, answer.ChecksumType);
    }

    private static ReadOnlyMemory<byte> BodyOf(IReadOnlyCollection<StoredPart> parts)
    {
        var xml = new ArrayBufferWriter<byte>(256 + (parts.Count * 160));
        xml.Write("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"u8);
        foreach (var part in parts)
        {
            xml.Write("<Part>"u8);
            if (part.Crc64 is { } crc64)
                Element("ChecksumCRC64NVME", crc64);
            // Quotes are part of it, and need no escape in text.
            Element("ETag", SecurityElement.Escape(part.ETag).Replace("&quot;", "\"", StringComparison.Ordinal));
            Element("PartNumber", part.Number.ToString(CultureInfo.InvariantCulture));
            xml.Write("</Part>"u8);
        }

        xml.Write("</CompleteMultipartUpload>"u8);
        return xml.WrittenMemory;

        void Element(string name, string text) => Encoding.UTF8.GetBytes($"<{name}>{text}</{name}>", xml);
    }

    private sealed class Created : IAnswerContent
    {
        public ReadOnlySpan<byte> Root => "InitiateMultipartUploadResult"u8;

        public string UploadId { get; private set; } = "";

        public void Begin(XmlScanner at)
        {
        }

        public void End(XmlScanner at)
        {
            if (at.Depth == 2 && at.Name.SequenceEqual("UploadId"u8))
                UploadId = at.Value();
        }
    }

    /// <summary>That it is this answer, and whole, says that it is done: the object is looked at afterwards.</summary>
    private sealed class Completed : IAnswerContent
    {
        public ReadOnlySpan<byte> Root => "CompleteMultipartUploadResult"u8;

        public string? Crc64 { get; private set; }

        public string? ChecksumType { get; private set; }

        public void Begin(XmlScanner at)
        {
        }

        public void End(XmlScanner at)
        {
            if (at.Depth != 2)
                return;
            if (at.Name.SequenceEqual("ChecksumCRC64NVME"u8))
                Crc64 = at.Value();
            else if (at.Name.SequenceEqual("ChecksumType"u8))
                ChecksumType = at.Value();
        }
    }
}
