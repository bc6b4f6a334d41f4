using System.Collections.Concurrent;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Training.Publishing;

/// <summary>Publishes what it is given, by the classes that publish a whole folder, and remembers what became of it. Only cancelling is thrown.</summary>
internal sealed class BacklogPublisher(UploadCheckpointsSettings settings, EngineHost host, Backlog backlog, IObjectStore source, IObjectStore destination) : IDisposable
{
    private readonly ConcurrentDictionary<string, ObjectOutcome> _outcomes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string?> _looseSent = new(StringComparer.Ordinal);

    /// <summary>Silent at first: a progress bar of ours would be drawn through the one of the training.</summary>
    private TransferRunner _runner = new(settings.Transfer, host with { Progress = null }, "publish");

    /// <summary>What was begun last. It goes on behind our back when it is cancelled: an upload that is begun is removed then.</summary>
    private Task _underWay = Task.CompletedTask;

    /// <summary>What the destination has; null until it could be listed.</summary>
    public PublishedObjects? Published { get; private set; }

    /// <summary>Why the destination could not be listed; null when it was, or nobody has tried.</summary>
    public TrainctlException? ListFailure { get; private set; }

    /// <summary>The last outcome of each object.</summary>
    public IReadOnlyList<ObjectOutcome> Outcomes => [.. _outcomes.Values.OrderBy(static o => o.Key, KeyOrder.Instance)];

    /// <summary>Training has ended, and the terminal is ours.</summary>
    public void ShowProgress()
    {
        _runner.Dispose();
        _runner = new TransferRunner(settings.Transfer, host, "publish");
    }

    /// <summary>Lists the destination, once. False when that fails.</summary>
    public async Task<bool> ListAsync(CancellationToken cancellationToken)
    {
        if (Published is not null)
            return true;
        try
        {
            Published = await PublishedObjects.ListAsync(destination, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            ListFailure = null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var isFirst = ListFailure is null;
            ListFailure = exception as TrainctlException ?? new TrainctlException(TrainctlError.StoreUnavailable, exception.Message, destination.Root.ToString(), exception);
            if (isFirst)
                host.Log.Warning($"Listing '{destination.Root}' failed{Again(LastingFailure.Is(ListFailure.Error))}: {exception.Message}");
        }

        return Published is not null;
    }

    /// <summary>Makes one attempt. The destination must be listed.</summary>
    /// <returns>Whether anything got further.</returns>
    public async Task<bool> PublishAsync(PublishJob job, CancellationToken cancellationToken)
    {
        var outcome = Failed(job, "the time was over before it was published");
        var isLasting = false;
        try
        {
            await Published!.RefreshAsync(job.Unit, destination, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            var from = job.Held is { IsThere: true } held ? held.Store : source;
            var sender = new ObjectSender(_runner, isDryRun: false, from, destination, Published);
            var publishing = new UnitPublisher(settings, host, sender, from, destination, Published).PublishAsync(job.Unit, cancellationToken);
            _underWay = publishing;
            var published = await publishing.WaitAsync(cancellationToken).ConfigureAwait(false);
            Keep(published.Objects);
            outcome = published.Unit;
            isLasting = LastingFailure.Is(published.Error) || LastingFailure.Is(published.Objects);
            return outcome.Result is PublishResult.Published or PublishResult.Unchanged || published.Objects.Any(static o => o.Result == OutcomeResult.Done);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = Failed(job, exception.Message);
            isLasting = LastingFailure.Is((exception as TrainctlException)?.Error);
            return false;
        }
        finally
        {
            var failures = backlog.Finish(job, outcome, isLasting, host.Time.GetElapsedTime(0));
            if (!cancellationToken.IsCancellationRequested)
                Tell(outcome, failures, isLasting);
        }
    }

    /// <summary>Sends objects that are new or changed since they were sent.</summary>
    public async Task<LooseResult> SendAsync(IEnumerable<LooseObject> objects, CancellationToken cancellationToken)
    {
        LooseObject[] due = [.. objects.Where(o => !_looseSent.TryGetValue(o.Object.Key, out var etag) || etag != o.Object.ETag)];
        if (due.Length == 0)
            return LooseResult.Nothing;
        var outcomes = new List<ObjectOutcome>();
        try
        {
            var sender = new ObjectSender(_runner, isDryRun: false, source, destination, Published!);
            var sending = new LoosePublisher(settings, sender, source, destination, Published!).SendAsync(due, outcomes, cancellationToken);
            _underWay = sending;
            await sending.WaitAsync(cancellationToken).ConfigureAwait(false);
            var gone = await GoneAsync(outcomes, cancellationToken).ConfigureAwait(false);
            Keep(outcomes.Where(o => !gone.Contains(o.Key)));
            foreach (var sent in due.ExceptBy(outcomes.Where(static o => o.Error is not null).Select(static o => o.Key), static o => o.Object.Key))
                _looseSent[sent.Object.Key] = sent.Object.ETag;
            outcomes.RemoveAll(o => gone.Contains(o.Key));
            return new LooseResult(
                HasFailed: outcomes.Exists(static o => o.Error is not null), HasMoved: outcomes.Exists(static o => o.Error is null), LastingFailure.Is(outcomes));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            host.Log.Debug($"Publishing files outside of checkpoints: {exception.Message}");
            return new LooseResult(HasFailed: true, HasMoved: false, LastingFailure.Is((exception as TrainctlException)?.Error));
        }
    }

    /// <summary>Waits until what was cancelled has cleaned up.</summary>
    /// <param name="cancellationToken">Leaves it behind.</param>
    public async Task SettleAsync(CancellationToken cancellationToken) =>
        await _underWay.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose() => _runner.Dispose();

    /// <summary>What training has removed since it was listed: there is nothing to publish any more.</summary>
    private async Task<HashSet<string>> GoneAsync(IEnumerable<ObjectOutcome> outcomes, CancellationToken cancellationToken)
    {
        var gone = new HashSet<string>(StringComparer.Ordinal);
        foreach (var missing in outcomes.Where(static o => o.ErrorCode == ErrorCatalog.Code(TrainctlError.ObjectNotFound)))
        {
            if (await source.HeadAsync(missing.Key, cancellationToken).ConfigureAwait(false) is null)
                gone.Add(missing.Key);
        }

        return gone;
    }

    private void Keep(IEnumerable<ObjectOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
            _outcomes[outcome.Key] = outcome;
    }

    private void Tell(PublishedUnit outcome, int failures, bool isLasting)
    {
        if (outcome.Result == PublishResult.Published)
            host.Log.Info($"Published {outcome.Path} ({HumanText.Size(outcome.Bytes)}).");
        else if (failures == 1)
            host.Log.Warning($"Publishing {outcome.Path} failed{Again(isLasting)}: {outcome.Why}");
        else if (failures > 1)
            host.Log.Debug($"Publishing {outcome.Path} failed {failures} times: {outcome.Why}");
    }

    /// <summary>What is the same in a minute is tried again only beside training, where there is time.</summary>
    private static string Again(bool isLasting) => isLasting ? "" : ", and will be tried again";

    private static PublishedUnit Failed(PublishJob job, string why) => new(job.Unit.Path, job.Unit.Bytes, PublishResult.Failed, why);
}

/// <summary>What became of objects outside of checkpoints.</summary>
internal sealed record LooseResult(bool HasFailed, bool HasMoved, bool IsLasting)
{
    public static LooseResult Nothing { get; } = new(false, false, false);
}
