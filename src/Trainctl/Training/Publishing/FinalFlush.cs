using Trainctl.Checkpoints.Publishing;

namespace Trainctl.Training.Publishing;

/// <summary>Publishes what is left when training has ended: again and again until all is there, or nothing but lasting failures is left.</summary>
internal sealed class FinalFlush(RunTrainingSettings settings, EngineHost host, Backlog backlog, CheckpointLooks looks, BacklogPublisher publisher)
{
    /// <summary>Two find a checkpoint the same; a third one is for what another process wrote meanwhile.</summary>
    private const int Looks = 3;

    /// <summary>Between two of them at most: nobody is expected to write any more, and an interval may be longer than all the time there is.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <param name="underWay">What was begun while training ran; it is waited for.</param>
    /// <param name="cancellationToken">The time is over.</param>
    public async Task RunAsync(Task underWay, CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken).ConfigureAwait(false);
        await underWay.WaitAsync(cancellationToken).ConfigureAwait(false);
        publisher.ShowProgress();
        for (var idle = 0; ;)
        {
            var round = await RoundAsync(cancellationToken).ConfigureAwait(false);
            if (!round.HasFailed || round.IsLasting)
                return;
            idle = round.HasMoved ? 0 : idle + 1;
            await Task.Delay(RetryDelay.After(idle, settings.Interval, RetryDelay.AtTheEnd), host.Time, cancellationToken).ConfigureAwait(false);
            await LookAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await looks.LookAsync(hasEnded: true, cancellationToken).ConfigureAwait(false);
        for (var i = 1; i < Looks && backlog.HasUnsettled; i++)
        {
            await Task.Delay(settings.Interval < LongestPause ? settings.Interval : LongestPause, host.Time, cancellationToken).ConfigureAwait(false);
            await looks.LookAsync(hasEnded: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<LooseResult> RoundAsync(CancellationToken cancellationToken)
    {
        if (!await publisher.ListAsync(cancellationToken).ConfigureAwait(false))
            return new LooseResult(HasFailed: true, HasMoved: false, LastingFailure.Is(publisher.ListFailure?.Error));
        var tried = new HashSet<TrackedCheckpoint>();
        var hasMoved = false;
        while (backlog.TakeNewest(now: null, tried) is { } job)
        {
            tried.Add(job.Tracked);
            hasMoved |= await publisher.PublishAsync(job, cancellationToken).ConfigureAwait(false);
        }

        var loose = await SendLooseAsync(cancellationToken).ConfigureAwait(false);
        return new LooseResult(
            HasFailed: backlog.HasPending || loose.HasFailed || looks.HasMissed,
            HasMoved: hasMoved || loose.HasMoved,
            IsLasting: backlog.IsLasting && (loose.IsLasting || !loose.HasFailed) && looks.IsLasting);
    }

    /// <summary>Pointers last of all.</summary>
    private async Task<LooseResult> SendLooseAsync(CancellationToken cancellationToken)
    {
        if (looks.Latest is not { } latest)
            return LooseResult.Nothing;
        var others = settings.IncludeOtherFiles
            ? await publisher.SendAsync(LooseObjects.Others(latest), cancellationToken).ConfigureAwait(false)
            : LooseResult.Nothing;
        var pointers = LooseObjects.Pointers(latest, path => !backlog.IsPublished(path), static _ => false, static _ => { });
        var sent = await publisher.SendAsync(pointers, cancellationToken).ConfigureAwait(false);
        return new LooseResult(
            others.HasFailed || sent.HasFailed,
            others.HasMoved || sent.HasMoved,
            (others.IsLasting || !others.HasFailed) && (sent.IsLasting || !sent.HasFailed));
    }
}
