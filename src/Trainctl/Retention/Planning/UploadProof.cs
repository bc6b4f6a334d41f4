using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Transfer;

namespace Trainctl.Retention.Planning;

/// <summary>
/// Keeps what is not published: a checkpoint may only go when another location has a manifest for it under the same path, everything that the manifest
/// lists, and each of its objects with the same content, which is read here and now.
/// </summary>
internal sealed class UploadProof(IObjectStore store, IObjectReader uploads)
{
    /// <exception cref="TrainctlException">The other location could not be listed or read.</exception>
    public async Task<IReadOnlyList<RetentionDecision>> ProtectAsync(IReadOnlyList<RetentionDecision> decisions, CancellationToken cancellationToken)
    {
        if (decisions.All(static d => d.Keep))
            return decisions;
        var there = await ListAsync(cancellationToken).ConfigureAwait(false);
        var proven = new List<RetentionDecision>(decisions.Count);
        foreach (var decision in decisions)
        {
            var problem = decision.Keep ? null : await ProblemAsync(decision.Unit, there, cancellationToken).ConfigureAwait(false);
            proven.Add(problem is null ? decision : decision with
            {
                KeepReasons = [new KeepReason(KeepRule.NotUploaded, $"not uploaded to {uploads.Root}: {problem}")],
                RemovalReason = null,
            });
        }

        return proven;
    }

    private async Task<Dictionary<string, StoredObject>> ListAsync(CancellationToken cancellationToken)
    {
        var there = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        await foreach (var found in uploads.ListWholeAsync(new ListRequest(), $"Pruning '{store.Root}'", cancellationToken, static p => p.HidesObjects).ConfigureAwait(false))
            there.Add(found.Key, found);
        return there;
    }

    private async Task<string?> ProblemAsync(CheckpointUnit unit, Dictionary<string, StoredObject> there, CancellationToken cancellationToken)
    {
        if (unit.Objects.FirstOrDefault(o => there.ContainsKey(o.Key) && IsItself(o.Key)) is { } same)
            return $"{same.Key[unit.KeyPrefix.Length..]} there is the same file as here, which a link or a mount shows twice";
        if (!there.TryGetValue(unit.ManifestKey, out var found)
            || await ManifestReader.FindAsync(uploads, found, cancellationToken).ConfigureAwait(false) is not { } content)
        {
            return "it has no manifest there";
        }

        if (ManifestJson.Read(content, found.Key) is not { } manifest)
            return "its manifest there cannot be parsed";
        foreach (var entry in manifest.Objects)
        {
            if (there.GetValueOrDefault(unit.KeyPrefix + entry.Key)?.Size != entry.Size)
                return $"{entry.Key} is not there with the {entry.Size} bytes that its manifest says";
        }

        var entries = manifest.Objects.ToDictionary(e => unit.KeyPrefix + e.Key, StringComparer.Ordinal);
        foreach (var local in unit.Objects.Where(o => o.Key != unit.ManifestKey))
        {
            var name = local.Key[unit.KeyPrefix.Length..];
            if (!entries.TryGetValue(local.Key, out var entry))
                return $"its manifest there does not list {name}";
            if (entry.Size != local.Size)
                return $"{name} has {local.Size} bytes, and {entry.Size} there";
            if (await ChecksumAsync(local, cancellationToken).ConfigureAwait(false) != entry.Checksum)
                return $"{name} has another content there";
        }

        return null;
    }

    /// <summary>Whether a file there is the one that is to go. The places differ, and may still share folders.</summary>
    private bool IsItself(string key) => store.Root.IsFolder && uploads.Root.IsFolder
        && FileIdentity.AreSame(FolderPath.ToPath(store.Root.Path, key), FolderPath.ToPath(uploads.Root.Path, key));

    private async Task<string?> ChecksumAsync(StoredObject local, CancellationToken cancellationToken)
    {
        try
        {
            return (await ContentReader.ChecksumAsync(store, local, cancellationToken).ConfigureAwait(false)).ToString();
        }
        catch (TrainctlException exception) when (exception.Error is TrainctlError.ObjectNotFound or TrainctlError.ChangedDuringTransfer)
        {
            return null;
        }
    }

    /// <summary>Fails when both are one place: a checkpoint would then prove itself.</summary>
    public static void ThrowIfSame(ObjectUrl location, ObjectUrl uploads)
    {
        if (location.Kind == uploads.Kind && location.Bucket == uploads.Bucket && PlaceOf(location) == PlaceOf(uploads))
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"RequireUploaded is '{uploads}', which is the location itself; name where the checkpoints are published.", "RequireUploaded");
        }
    }

    private static string PlaceOf(ObjectUrl url) => url.IsFolder ? RealPath.Of(url.Path) : url.Path.TrimEnd('/');
}
