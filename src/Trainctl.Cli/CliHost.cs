using Trainctl.Cli.Output;

namespace Trainctl.Cli;

/// <summary>All that the command line takes from the process it runs in; tests replace any part.</summary>
internal sealed record CliHost
{
    public required string WorkingDirectory { get; init; }

    public required Func<string, string?> Environment { get; init; }

    /// <summary>Where results go.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where everything else goes.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a person watches <see cref="Error"/>.</summary>
    public bool IsErrorTerminal { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public StoreFactory OpenStore { get; init; } = StoreOpener.Open;

    public static CliHost ForProcess() => new()
    {
        WorkingDirectory = Directory.GetCurrentDirectory(),
        Environment = System.Environment.GetEnvironmentVariable,
        Out = StandardOutput.Open(),
        Error = new MessageWriter(Console.Error),
        IsErrorTerminal = !Console.IsErrorRedirected,
    };
}
