using Trainctl.Transfer;

namespace Trainctl.Storage;

/// <summary>A store that is reached over a network.</summary>
internal interface INetworkStore
{
    /// <summary>How many requests it takes at once by now; it may have asked for fewer than it was sent.</summary>
    int MostRequests { get; }

    /// <summary>How far its clock is ahead of this machine's, by the last good answer; zero while there was none.</summary>
    TimeSpan ClockDifference { get; }

    /// <summary>From now on content comes and goes no faster than this.</summary>
    void LimitTo(Bandwidth bandwidth);
}
