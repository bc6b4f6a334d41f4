using System.Diagnostics.CodeAnalysis;
using Trainctl.Cli.Output;
using Trainctl.Diagnostics;

namespace Trainctl.Cli;

/// <summary>All that the command line takes from the process it runs in; tests replace any part.</summary>
internal sealed record CliHost
{
    /// <exception cref="TrainctlException">The process has none.</exception>
    [AllowNull]
    public required string WorkingDirectory
    {
        get => field ?? throw new TrainctlException(
            TrainctlError.StoreNotFound, "The working folder is not there any more, or this user may not enter it. Change to another one and run again.");
        init;
    }

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
        WorkingDirectory = CurrentDirectory(),
        Environment = System.Environment.GetEnvironmentVariable,
        Out = StandardOutput.Open(),
        Error = new MessageWriter(Console.Error),
        IsErrorTerminal = !Console.IsErrorRedirected,
    };

    private static string? CurrentDirectory()
    {
        try
        {
            return Directory.GetCurrentDirectory();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
