namespace Trainctl.Testing.Faults;

/// <summary>A clock that is right, and on which every wait takes a fiftieth and is measured as whole: pauses between attempts keep their order and cost tests little.</summary>
public sealed class HurriedTime : TimeProvider
{
    private const int Haste = 50;

    public static HurriedTime Instance { get; } = new();

    public override long GetTimestamp() => base.GetTimestamp() * Haste;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(
        callback,
        state,
        dueTime > TimeSpan.Zero ? dueTime / Haste : dueTime,
        period > TimeSpan.Zero ? period / Haste : period);
}
