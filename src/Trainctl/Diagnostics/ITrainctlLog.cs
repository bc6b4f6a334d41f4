namespace Trainctl.Diagnostics;

/// <summary>What the engine tells a front end while it works. No implementation may throw.</summary>
public interface ITrainctlLog
{
    /// <summary>Detail for somebody who looks for a fault.</summary>
    void Debug(string message);

    /// <summary>A step that a user wants to see.</summary>
    void Info(string message);

    /// <summary>Something is odd; the operation goes on.</summary>
    void Warning(string message);
}

/// <summary>Says nothing.</summary>
public sealed class SilentLog : ITrainctlLog
{
    /// <summary>The only instance.</summary>
    public static SilentLog Instance { get; } = new();

    private SilentLog()
    {
    }

    /// <inheritdoc/>
    public void Debug(string message)
    {
    }

    /// <inheritdoc/>
    public void Info(string message)
    {
    }

    /// <inheritdoc/>
    public void Warning(string message)
    {
    }
}
