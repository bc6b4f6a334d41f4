using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>
/// Takes away a manifest that others may have written meanwhile, or our own: some of what it lists may have been replaced. On a token of its own, as a
/// cancelled upload must not leave one either.
/// </summary>
internal sealed class ManifestWithdrawal(IObjectStore destination, PublishedObjects published, ITrainctlLog log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Where it may not be deleted, an empty one takes its place, which vouches for nothing: who publishes may write.</summary>
    /// <returns>What is wrong still, as half a sentence; null when no manifest vouches for the checkpoint any more.</returns>
    public async Task<string?> WithdrawAsync(CheckpointUnit unit)
    {
        var key = unit.ManifestKey;
        var isThere = false;
        var denial = await FailureAsync(DeleteAsync).ConfigureAwait(false);
        published.Forget(key);
        if (denial is null || await FailureAsync(EmptyAsync).ConfigureAwait(false) is not { } failure)
            return null;
        var left = $"a manifest that is not true {(isThere ? "is still" : "may still be")} at '{destination.Root.Append(key)}', as it could neither be deleted nor replaced ({failure})";
        log.Warning($"For {unit.Path}, {left}. Delete it before anybody relies on it.");
        return left;

        async Task DeleteAsync(CancellationToken cancellationToken)
        {
            if (await destination.HeadAsync(key, cancellationToken).ConfigureAwait(false) is null)
                return;
            isThere = true;
            var deleted = await destination.DeleteAsync([new DeleteRequest(key) { MayPassLinks = true }], cancellationToken).ConfigureAwait(false);
            if (deleted[0].Failure is { } failed)
                throw failed;
        }

        async Task EmptyAsync(CancellationToken cancellationToken) => published.Remember(
            await destination.PutAsync(key, ReadOnlyMemory<byte>.Empty, new PutOptions { Checksum = Crc64.Empty }, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<string?> FailureAsync(Func<CancellationToken, Task> work)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await work(patience.Token).ConfigureAwait(false);
            return null;
        }
        catch (TrainctlException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException)
        {
            return "the store did not answer in time";
        }
    }
}
