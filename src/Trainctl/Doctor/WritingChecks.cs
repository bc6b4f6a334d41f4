using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Doctor;

/// <summary>
/// What only shows by writing. The first object is deleted at once: where that is not allowed, no further ones are made, so that at most this one is left.
/// </summary>
internal sealed class WritingChecks(Checklist list, IObjectStore store, ProbeObjects probes)
{
    private const string First = "object";
    private const string NoDeleting = "it would leave objects behind";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var canList = await list.TryAsync("list", true, async () => ReadingChecks.Listed(await ReadingChecks.FirstAsync(store, cancellationToken).ConfigureAwait(false)))
            .ConfigureAwait(false);
        if (!canList && list.Checks[^1].ErrorCode != ErrorCatalog.Code(TrainctlError.AccessDenied))
        {
            list.Skip(true, "of no use before the above works", "write", "metadata", "range", "delete", "multipart", "damage");
            return;
        }

        if (store is IBucketStore versioned)
            await list.TryAsync("versioning", false, () => ReadingChecks.VersioningAsync(versioned, cancellationToken)).ConfigureAwait(false);
        if (!await list.TryAsync("write", true, () => WriteAsync(cancellationToken)).ConfigureAwait(false))
        {
            list.Skip(true, "nothing could be written", "metadata", "range", "delete", "multipart", "damage");
            return;
        }

        await list.TryAsync("metadata", true, () => LookAsync(cancellationToken)).ConfigureAwait(false);
        await list.TryAsync("range", true, () => ReadAsync(cancellationToken)).ConfigureAwait(false);
        var canDelete = await list.TryAsync("delete", true, () => DeleteAsync(cancellationToken)).ConfigureAwait(false);
        var hasParts = await list.TryAsync("multipart", true, () => WritePartAsync(cancellationToken)).ConfigureAwait(false);
        if (store is IProbedStore service)
            await list.TryAsync("damage", true, () => SendDamageAsync(service, hasParts, cancellationToken)).ConfigureAwait(false);
        if (probes.KeepsUploads)
            list.Skip(false, "it would leave another upload behind", "unfinished uploads");
        else if (store is IBucketStore bucket)
            await list.TryAsync("unfinished uploads", false, () => ListUploadsAsync(bucket, cancellationToken)).ConfigureAwait(false);
        if (canDelete)
            await TryTheRestAsync(cancellationToken).ConfigureAwait(false);
        else
            list.Skip(false, NoDeleting, "tags", "copy", "conditional write", "conditional delete", "delete many");
    }

    private async Task TryTheRestAsync(CancellationToken cancellationToken)
    {
        if (store is IBucketStore bucket)
            await list.TryAsync("tags", false, () => ReadTagsAsync(bucket, cancellationToken)).ConfigureAwait(false);
        if (store is IServerSideCopy copier)
            await list.TryAsync("copy", false, () => CopyAsync(copier, cancellationToken)).ConfigureAwait(false);
        if (store is not IProbedStore service)
            return;
        await list.TryAsync("conditional write", false, () => WithObjectAsync(service.HasConditionalPutAsync, cancellationToken)).ConfigureAwait(false);
        await list.TryAsync("conditional delete", false, () => WithObjectAsync(service.HasConditionalDeleteAsync, cancellationToken)).ConfigureAwait(false);
        await list.TryAsync("delete many", false, () => DeleteManyAsync(service, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<Probe> WriteAsync(CancellationToken cancellationToken)
    {
        await probes.PutAsync(First, cancellationToken).ConfigureAwait(false);
        return new Probe(true, HumanText.Count(ProbeObjects.Content.Length, "byte"), "");
    }

    private async Task<Probe> LookAsync(CancellationToken cancellationToken)
    {
        var key = probes.Key(First);
        var found = await store.HeadAsync(key, cancellationToken).ConfigureAwait(false)
            ?? throw new TrainctlException(TrainctlError.ObjectNotFound, $"'{store.Root.Append(key)}' was written and is not there. Something else deletes there, or the store shows objects late.", key);
        var isKept = found.Size == ProbeObjects.Content.Length && found.ContentModifiedAt == ProbeObjects.Time
            && (found.Checksum == Crc64.Of(ProbeObjects.Content) || !store.Traits.KeepsChecksums);
        if (isKept)
            return new Probe(true, store.Traits.KeepsChecksums ? "size, time and checksum come back" : "size and time come back", "");
        throw new TrainctlException(
            TrainctlError.StoreRejected,
            $"'{store.Root.Append(key)}' came back with another size, time or checksum than it was written with. A store that does not keep metadata cannot be synced with.",
            key);
    }

    private async Task<Probe> ReadAsync(CancellationToken cancellationToken)
    {
        var key = probes.Key(First);
        var range = new ByteRange(7, 11);
        var stream = await store.OpenReadAsync(key, range, null, cancellationToken).ConfigureAwait(false);
        await using var guard = stream.ConfigureAwait(false);
        var buffer = new byte[range.Length];
        await stream.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
        return buffer.AsSpan().SequenceEqual(ProbeObjects.Content.AsSpan((int)range.Offset, (int)range.Length))
            ? new Probe(true, $"{range.Length} bytes out of the middle", "large objects are read in pieces, and broken ones go on")
            : throw new TrainctlException(TrainctlError.ChecksumMismatch, $"'{store.Root.Append(key)}' came back with other bytes than it was written with. Do not use this store.", key);
    }

    private async Task<Probe> DeleteAsync(CancellationToken cancellationToken)
    {
        var key = probes.Key(First);
        if ((await store.DeleteAsync([new DeleteRequest(key)], cancellationToken).ConfigureAwait(false))[0].Failure is { } failure)
            throw failure;
        return await store.HeadAsync(key, cancellationToken).ConfigureAwait(false) is null
            ? new Probe(true, "gone", "")
            : throw new TrainctlException(TrainctlError.StoreRejected, $"'{store.Root.Append(key)}' was deleted and is still there.", key);
    }

    private async Task<Probe> WritePartAsync(CancellationToken cancellationToken)
    {
        var write = await probes.BeginUploadAsync(cancellationToken).ConfigureAwait(false);
        await using (write.ConfigureAwait(false))
        {
            await write.WritePartAsync(1, 0, ProbeObjects.Content, cancellationToken).ConfigureAwait(false);
            await probes.AbortAsync(write, cancellationToken).ConfigureAwait(false);
        }

        var limits = store.Traits;
        return new Probe(
            true,
            "begun, one part, aborted",
            limits.MaxParts == int.MaxValue ? "" : $"large files go in parts of {HumanText.Size(limits.MinPartSizeBytes)} to {HumanText.Size(limits.MaxPartSizeBytes)}, {limits.MaxParts:#,0} at most");
    }

    /// <summary>The part goes to an upload of its own, where the one before could be begun and aborted.</summary>
    private async Task<Probe> SendDamageAsync(IProbedStore service, bool hasParts, CancellationToken cancellationToken)
    {
        if (!hasParts)
            return await service.RefusesDamageAsync(probes.Key(First), null, cancellationToken).ConfigureAwait(false);
        var write = await probes.BeginUploadAsync(cancellationToken).ConfigureAwait(false);
        await using (write.ConfigureAwait(false))
        {
            var probe = await service.RefusesDamageAsync(probes.Key(First), probes.Listed(write), cancellationToken).ConfigureAwait(false);
            await probes.AbortAsync(write, cancellationToken).ConfigureAwait(false);
            return probe;
        }
    }

    private async Task<Probe> ListUploadsAsync(IBucketStore bucket, CancellationToken cancellationToken)
    {
        var write = await probes.BeginUploadAsync(cancellationToken).ConfigureAwait(false);
        UnfinishedUpload? listed;
        await using (write.ConfigureAwait(false))
        {
            listed = await bucket.ListUnfinishedUploadsAsync(probes.Prefix, cancellationToken).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            await probes.AbortAsync(write, cancellationToken).ConfigureAwait(false);
        }

        if (listed is null)
            return new Probe(false, "one that is there is not listed", "review and cleanup do not see them: look after them with the store's own means");
        await foreach (var upload in bucket.ListUnfinishedUploadsAsync(probes.Prefix, cancellationToken).ConfigureAwait(false))
        {
            throw new TrainctlException(
                TrainctlError.AccessDenied,
                $"The upload of '{store.Root.Append(upload.Key)}' is still there after it was aborted. Uploads that fail leave parts behind, which cost storage: allow s3:AbortMultipartUpload.",
                upload.Key);
        }

        return listed.StartedAt is null
            ? new Probe(true, "can be listed, not when they were begun", "review counts them, cleanup aborts none")
            : new Probe(true, "can be listed, and none is left", "review counts them, cleanup aborts old ones");
    }

    private async Task<Probe> ReadTagsAsync(IBucketStore bucket, CancellationToken cancellationToken)
    {
        await probes.PutAsync(First, cancellationToken).ConfigureAwait(false);
        await bucket.ReadTagsAsync(probes.Key(First), cancellationToken).ConfigureAwait(false);
        return new Probe(true, "can be read", "checkpoints can be pinned by a tag (--pin-tag)");
    }

    private async Task<Probe> CopyAsync(IServerSideCopy copier, CancellationToken cancellationToken)
    {
        await probes.PutAsync(First, cancellationToken).ConfigureAwait(false);
        var found = await store.HeadAsync(probes.Key(First), cancellationToken).ConfigureAwait(false);
        await copier.CopyAsync(found!, probes.Key("copy"), cancellationToken).ConfigureAwait(false);
        return new Probe(true, "the store copies by itself", $"the trash moves objects of up to {HumanText.Size(copier.MaxCopyBytes)} without their bytes travelling");
    }

    private async Task<Probe> WithObjectAsync(Func<string, CancellationToken, Task<Probe>> probe, CancellationToken cancellationToken)
    {
        await probes.PutAsync(First, cancellationToken).ConfigureAwait(false);
        return await probe(probes.Key(First), cancellationToken).ConfigureAwait(false);
    }

    private async Task<Probe> DeleteManyAsync(IProbedStore service, CancellationToken cancellationToken)
    {
        await probes.PutAsync(First, cancellationToken).ConfigureAwait(false);
        await probes.PutAsync("second", cancellationToken).ConfigureAwait(false);
        return await service.DeletesManyAsync([probes.Key(First), probes.Key("second")], cancellationToken).ConfigureAwait(false);
    }
}
