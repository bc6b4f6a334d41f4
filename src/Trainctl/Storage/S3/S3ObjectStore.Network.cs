using Trainctl.Storage.S3.Retrying;
using Trainctl.Transfer;

namespace Trainctl.Storage.S3;

/// <content>How much at once, and how fast.</content>
internal sealed partial class S3ObjectStore : INetworkStore
{
    public int MostRequests => RequestPace.Of(bucket.Address.Authority).Limit;

    public TimeSpan ClockDifference => StoreClock.Shared.DifferenceTo(bucket.Address.Authority);

    public void LimitTo(Bandwidth bandwidth) => bucket.Bandwidth = bandwidth;
}
