namespace Trainctl.S3.Tests.Resuming;

/// <summary>The system's clock, so much later.</summary>
internal sealed class LaterClock(TimeSpan later) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + later;
}
