using Microsoft.Build.Framework;

namespace Trainctl.MSBuild.Tests;

/// <summary>Writes the code and the link of each error and warning to the file that is its parameter. Other logs of the build keep no links.</summary>
public sealed class HelpLinkLogger : ILogger
{
    /// <inheritdoc/>
    public LoggerVerbosity Verbosity { get; set; }

    /// <inheritdoc/>
    public string? Parameters { get; set; }

    /// <inheritdoc/>
    public void Initialize(IEventSource eventSource)
    {
        ArgumentNullException.ThrowIfNull(eventSource);
        eventSource.ErrorRaised += (_, e) => Write(e.Code, e.HelpLink);
        eventSource.WarningRaised += (_, e) => Write(e.Code, e.HelpLink);
    }

    /// <inheritdoc/>
    public void Shutdown()
    {
    }

    private void Write(string? code, string? link) => File.AppendAllText(Parameters!, $"{code} {link}\n");
}
