using Trainctl.Reporting;

namespace Trainctl.Storage;

/// <summary>
/// The time by which ages at a store count: this machine's, unless the store's own answers show that its clock is far from it. What a store holds has times of the
/// store's clock, and deleting by a wrong one is for good.
/// </summary>
internal sealed class StoreTime(EngineHost host, IObjectReader store) : TimeProvider
{
    /// <summary>As much as S3 takes for right.</summary>
    private static readonly TimeSpan Considerable = TimeSpan.FromMinutes(15);

    private bool _hasWarned;

    public override DateTimeOffset GetUtcNow()
    {
        var difference = store is INetworkStore network ? network.ClockDifference : TimeSpan.Zero;
        if (difference.Duration() <= Considerable)
            return host.Time.GetUtcNow();
        if (!_hasWarned)
        {
            _hasWarned = true;
            host.Log.Warning(
                $"The clock of this machine is {HumanText.Duration(difference.Duration())} {(difference > TimeSpan.Zero ? "behind" : "ahead of")} that of '{store.Root}': ages count by the store's. Put the machine's right.");
        }

        return host.Time.GetUtcNow() + difference;
    }
}
