namespace Trainctl.Testing.Faults;

/// <summary>A clock that somebody sets, as after a start with a wrong time. What passes meanwhile passes as always.</summary>
public sealed class SetClock : TimeProvider
{
    private long _offsetTicks;

    /// <summary>Sets it, by the difference to what it shows.</summary>
    public void Set(TimeSpan difference) => Interlocked.Add(ref _offsetTicks, difference.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _offsetTicks));
}
