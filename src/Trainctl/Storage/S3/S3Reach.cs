using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>Asks a service who it is, without credentials and without the SDK, which would keep most of the answer to itself.</summary>
internal sealed class S3Reach(S3Bucket bucket)
{
    private S3Connection Connection => bucket.Connection;

    public async Task<StoreAnswer> ReachAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, bucket.Address);
        var start = time.GetTimestamp();
        try
        {
            using var answer = await S3HttpClientFactory.For(Connection).Invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var region = answer.Header(AnswerHeaders.Region);
            var difference = answer.Headers.Date - time.GetUtcNow();
            return new StoreAnswer((int)answer.StatusCode, time.GetElapsedTime(start), Seconds(difference), region, Connection.Region);
        }
        catch (Exception exception) when (S3Errors.IsStoreError(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw S3Errors.Translate(exception, new S3Call("Reaching", bucket.Root, null, Connection));
        }
    }

    /// <summary>HTTP tells whole seconds, cut off, and the answer was under way: less than two are none.</summary>
    private static TimeSpan? Seconds(TimeSpan? difference) => difference is not { } found ? null
        : found.Duration() < TimeSpan.FromSeconds(2) ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Round(found.TotalSeconds));
}
