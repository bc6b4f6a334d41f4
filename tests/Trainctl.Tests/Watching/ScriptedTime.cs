using Microsoft.Extensions.Time.Testing;

namespace Trainctl.Tests.Watching;

/// <summary>A clock that never waits: where the code under test would, the next step of a script happens, and the time is over.</summary>
internal sealed class ScriptedTime : FakeTimeProvider
{
    private readonly List<TimeSpan> _waits = [];

    public ScriptedTime()
        : base(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>What happens during each wait.</summary>
    public Func<Task> OnWait { get; set; } = static () => Task.CompletedTask;

    /// <summary>How long each wait was to be.</summary>
    public IReadOnlyList<TimeSpan> Waits => _waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Add(dueTime);
        _ = Task.Run(async () =>
        {
            await OnWait();
            Advance(dueTime);
        });
        return timer;
    }
}
