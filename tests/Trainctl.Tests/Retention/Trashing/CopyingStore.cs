using Trainctl.Storage;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>A store that copies by itself, as buckets do, and lets a test do something right before.</summary>
internal sealed class CopyingStore(IObjectStore inner) : ForwardingStore(inner), IServerSideCopy
{
    /// <summary>Called with the key of a copy before it is made.</summary>
    public Action<string>? OnCopy { get; set; }

    /// <summary>Called with the key of a copy after it was made.</summary>
    public Action<string>? OnCopied { get; set; }

    /// <summary>Called with a key that was asked for, and what was found there.</summary>
    public Action<string, StoredObject?>? OnHead { get; set; }

    public long MaxCopyBytes => long.MaxValue;

    public override async Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default)
    {
        var found = await base.HeadAsync(key, cancellationToken);
        OnHead?.Invoke(key, found);
        return found;
    }

    public async Task<StoredObject> CopyAsync(StoredObject found, string key, CancellationToken cancellationToken)
    {
        OnCopy?.Invoke(key);
        await using var stream = await OpenReadAsync(found.Key, null, found.ETag, cancellationToken);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken);
        var copy = await PutAsync(key, content.ToArray(), new PutOptions { ContentModifiedAt = found.ContentModifiedAt, Checksum = found.Checksum }, cancellationToken);
        OnCopied?.Invoke(key);
        return copy;
    }
}
