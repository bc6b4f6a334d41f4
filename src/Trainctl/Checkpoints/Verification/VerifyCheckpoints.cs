using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Checkpoints.Verification;

/// <summary>Verifies checkpoints one after the other, the objects of each at once.</summary>
internal sealed class VerifyCheckpoints(VerifyCheckpointsSettings settings, EngineHost host, IObjectReader store)
{
    private const string Name = "verify-checkpoints";

    private readonly ProgressMeter _progress = new(host, "verify");

    public async Task<VerifyCheckpointsReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        var options = new CatalogOptions { Layout = settings.Layout, Pattern = settings.Pattern, Time = host.Time };
        var catalog = await CheckpointCatalog.ReadAsync(store, options, cancellationToken).ConfigureAwait(false);
        var units = catalog.Units.Where(u => IsAskedFor(u.Path)).ToArray();
        ListingProblem[] problems = [.. catalog.Problems.Where(MayHideAskedFor)];
        if (units.Length == 0)
            throw NothingThere(Array.Find(problems, static p => p.IsFailure));
        var verified = new List<VerifiedUnit>();
        foreach (var unit in units)
            verified.Add(await VerifyAsync(unit, cancellationToken).ConfigureAwait(false));
        _progress.End();
        return new VerifyCheckpointsReport
        {
            Operation = Name,
            DryRun = false,
            Location = store.Root.ToString(),
            Units = verified,
            Problems = problems,
            Notes = [.. catalog.ReadFailures.Select(static f => f.Message)],
            Duration = host.Time.GetElapsedTime(start),
        };
    }

    private bool IsAskedFor(string key) => settings.Path?.TrimEnd('/') is not { Length: > 0 } path || key == path || key.StartsWith(path + "/", StringComparison.Ordinal);

    private bool MayHideAskedFor(ListingProblem problem) => IsAskedFor(problem.Key) || settings.Path!.StartsWith(problem.Key + "/", StringComparison.Ordinal);

    private TrainctlException NothingThere(ListingProblem? hidden)
    {
        var place = settings.Path is null ? store.Root : store.Root.Append(settings.Path);
        return hidden is null
            ? new TrainctlException(
                TrainctlError.SourceNotFound, $"There is no checkpoint at '{place}'. Check the location, and the layout or pattern if you set one.", settings.Path ?? store.Root.ToString())
            : new TrainctlException(TrainctlError.ReadFailed, $"No checkpoint at '{place}' could be verified. {hidden.Message}", hidden.Key);
    }

    private async Task<VerifiedUnit> VerifyAsync(CheckpointUnit unit, CancellationToken cancellationToken)
    {
        if (unit.IsUnread)
            return Verdict(unit, VerifyResult.Unread, unit.StateReason ?? "it could not be read");
        if (unit.State != CheckpointState.Complete)
            return Verdict(unit, VerifyResult.Incomplete, unit.StateReason ?? CheckpointText.State(unit.State));
        if (!settings.ReadContent)
            return Verdict(unit, VerifyResult.Whole, "its content was not read");
        try
        {
            return await ProveAsync(unit, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (exception.Error is TrainctlError.ObjectNotFound or TrainctlError.ChangedDuringTransfer)
        {
            return Verdict(unit, VerifyResult.Incomplete, $"it changed while it was read: {exception.Message}");
        }
        catch (TrainctlException exception)
        {
            return Verdict(unit, VerifyResult.Unread, exception.Message);
        }
        catch (IOException exception)
        {
            return Verdict(unit, VerifyResult.Unread, exception.Message);
        }
    }

    private async Task<VerifiedUnit> ProveAsync(CheckpointUnit unit, CancellationToken cancellationToken)
    {
        var recorded = await RecordedAsync(unit, cancellationToken).ConfigureAwait(false);
        var content = unit.Objects.Where(static o => !Manifest.IsManifestKey(o.Key) && !UnitPins.IsPinKey(o.Key)).ToArray();
        foreach (var found in content)
            _progress.Known(found.Size);
        var read = 0L;
        var unproven = 0;
        string? damage = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = settings.Transfer.PartConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(content, parallel, async (found, token) =>
        {
            var expected = recorded.TryGetValue(found.Key, out var fromManifest) ? fromManifest : await KeptAsync(found, token).ConfigureAwait(false);
            if (expected is { } wanted)
            {
                var actual = await ContentReader.ReadChecksumAsync(store, found, bytes => _progress.Moved(bytes, found.Key), token).ConfigureAwait(false);
                Interlocked.Add(ref read, found.Size);
                if (actual != wanted)
                    Interlocked.CompareExchange(ref damage, $"{found.Key} holds {actual}, and {wanted} was recorded", null);
            }
            else
            {
                Interlocked.Increment(ref unproven);
            }

            _progress.Finished(found.Key);
        }).ConfigureAwait(false);
        var (result, why) = damage is not null ? (VerifyResult.Damaged, damage)
            : unproven == 0 ? (VerifyResult.Proven, "every byte is what was recorded")
            : (VerifyResult.Whole, unproven == content.Length ? "nothing recorded what its content was" : $"nothing recorded what {unproven} of its {content.Length} objects held");
        return Verdict(unit, result, why) with { BytesRead = read };
    }

    /// <summary>What the manifest says, by key.</summary>
    private async Task<Dictionary<string, Checksum>> RecordedAsync(CheckpointUnit unit, CancellationToken cancellationToken)
    {
        var recorded = new Dictionary<string, Checksum>(StringComparer.Ordinal);
        if (unit.Objects.FirstOrDefault(o => o.Key == unit.ManifestKey) is not { } found)
            return recorded;
        var text = new byte[found.Size];
        await ContentReader.ReadAsync(store, found, null, text, cancellationToken).ConfigureAwait(false);
        foreach (var entry in ManifestJson.Read(text, found.Key)?.Objects ?? [])
        {
            if (Checksum.TryParse(entry.Checksum, out var checksum))
                recorded[unit.KeyPrefix + entry.Key] = checksum;
        }

        return recorded;
    }

    private async Task<Checksum?> KeptAsync(StoredObject found, CancellationToken cancellationToken)
    {
        if (found.Checksum is not null || !store.Traits.KeepsChecksums)
            return found.AnnouncedChecksum ?? found.Checksum;
        var head = await store.HeadAsync(found.Key, cancellationToken).ConfigureAwait(false);
        return head?.ETag == found.ETag ? head?.AnnouncedChecksum ?? head?.Checksum : null;
    }

    private static VerifiedUnit Verdict(CheckpointUnit unit, VerifyResult result, string why) =>
        new(unit.Path, unit.Layout, unit.ObjectCount, unit.Bytes, 0, result, why);
}
