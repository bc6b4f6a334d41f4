using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Doctor;

/// <summary>Examines a store: first what needs no writing, then what does, as long as there is sense in it.</summary>
internal sealed class Examination(DoctorSettings settings, EngineHost host, IObjectStore store)
{
    private static readonly TimeSpan CleanUpPatience = TimeSpan.FromSeconds(10);

    private readonly Checklist _list = new();
    private StoreAnswer? _answer;

    public async Task<DoctorReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        var probes = new ProbeObjects(store);
        try
        {
            if (!await AskAsync(cancellationToken).ConfigureAwait(false))
                _list.Skip(isNeeded: true, "of no use before the above works", "list", "write");
            else if (settings.ReadOnly)
                await new ReadingChecks(_list, store).RunAsync(cancellationToken).ConfigureAwait(false);
            else
                await new WritingChecks(_list, store, probes).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (var key in await CleanUpAsync(probes).ConfigureAwait(false))
                host.Log.Warning($"'{store.Root.Append(key)}' of this examination could not be removed. It is of no use to anybody: remove it.");
            throw;
        }

        var leftovers = await CleanUpAsync(probes).ConfigureAwait(false);
        return new DoctorReport
        {
            Operation = "doctor",
            DryRun = settings.ReadOnly,
            Duration = host.Time.GetElapsedTime(start),
            Location = store.Root.ToString(),
            Provider = (store as IProbedStore)?.Provider,
            ClockDifference = _answer?.ClockDifference,
            Facts = [.. Facts()],
            Checks = _list.Checks,
            Leftovers = leftovers,
        };
    }

    /// <summary>Whether somebody is there who lets us in.</summary>
    private async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        if (store is not IProbedStore service)
            return true;
        if (!await _list.TryAsync("reach", true, () => ReachAsync(service, cancellationToken)).ConfigureAwait(false))
            return false;
        await _list.TryAsync("clock", false, () => Task.FromResult(Clock(_answer!)), isOffered: false).ConfigureAwait(false);
        await _list.TryAsync("region", false, () => Task.FromResult(Region(_answer!)), isOffered: false).ConfigureAwait(false);
        return await _list.TryAsync("credentials", true, async () => new Probe(
            true, await service.FindCredentialsAsync(cancellationToken).ConfigureAwait(false), "")).ConfigureAwait(false);
    }

    private async Task<Probe> ReachAsync(IProbedStore service, CancellationToken cancellationToken)
    {
        _answer = await service.ReachAsync(host.Time, cancellationToken).ConfigureAwait(false);
        var finding = $"HTTP {_answer.Status} in {HumanText.Duration(_answer.Elapsed)}, without credentials";
        return new Probe(true, _answer.Status == 200 ? finding + ": anybody may look in" : finding, "");
    }

    private static Probe Clock(StoreAnswer answer)
    {
        if (answer.ClockDifference is not { } difference)
            return new Probe(true, "the store tells no time", "");
        var text = difference == TimeSpan.Zero ? "the same as here" : $"{HumanText.Duration(difference.Duration())} {(difference > TimeSpan.Zero ? "ahead of" : "behind")} this machine's";
        if (difference.Duration() < TimeSpan.FromMinutes(15))
            return new Probe(true, text, difference == TimeSpan.Zero ? "" : "nothing: stores take up to 15 minutes");
        throw new TrainctlException(TrainctlError.CredentialsRejected, $"The store's clock is {text}, and stores refuse what differs by more than 15 minutes. Set this machine's clock.");
    }

    private static Probe Region(StoreAnswer answer)
    {
        if (answer.Region is not { Length: > 0 } region)
            return new Probe(true, "the store tells none", $"requests are signed for {answer.SigningRegion}");
        return region == answer.SigningRegion ? new Probe(true, region, "")
            : throw new TrainctlException(
                TrainctlError.StoreRejected,
                $"The bucket is in '{region}', and requests are signed for '{answer.SigningRegion}'. Set AWS_REGION or the setting Region to the bucket's.",
                nameof(settings.Store.Region));
    }

    private IEnumerable<DoctorFact> Facts()
    {
        if (store is IProbedStore service)
            return service.Describe().Select(static fact => new DoctorFact(fact.Name, fact.Value));
        return [new DoctorFact("kind", "folder"), new DoctorFact("proof", "a checksum in the manifest, none beside the files")];
    }

    /// <summary>On a time of its own, so also after cancellation.</summary>
    private static async Task<IReadOnlyList<string>> CleanUpAsync(ProbeObjects probes)
    {
        using var patience = new CancellationTokenSource(CleanUpPatience);
        try
        {
            return await probes.RemoveAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return [probes.Prefix];
        }
    }
}
