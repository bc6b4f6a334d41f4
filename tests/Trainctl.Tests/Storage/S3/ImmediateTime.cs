namespace Trainctl.Tests.Storage.S3;

/// <summary>A clock on which every wait is over at once.</summary>
internal sealed class ImmediateTime : TimeProvider
{
    public static ImmediateTime Instance { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
}
