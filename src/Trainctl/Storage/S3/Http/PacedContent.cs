using System.Net;
using Trainctl.Transfer;

namespace Trainctl.Storage.S3.Http;

/// <summary>A body that is sent no faster than a bandwidth allows. The connection is not to blame for the waiting.</summary>
internal sealed class PacedContent(HttpContent inner, Bandwidth bandwidth, StallGuard stall) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var paced = new PacedStream(stream, bandwidth, stall);
        await using (paced.ConfigureAwait(false))
            await inner.CopyToAsync(paced, context, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = inner.Headers.ContentLength ?? -1;
        return length >= 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
