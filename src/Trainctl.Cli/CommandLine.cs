using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;
using Trainctl.Cli.Commands;
using Trainctl.Cli.Output;
using Trainctl.Diagnostics;

namespace Trainctl.Cli;

/// <summary>The whole command line: parse, run, exit code.</summary>
internal static class CommandLine
{
    /// <summary>Uploads are aborted or kept for the next run, and files removed, after Ctrl-C, SIGTERM and SIGHUP; a second Ctrl-C does not wait.</summary>
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(15);

    /// <summary>SIGXFSZ, for which .NET has no name, on Linux and macOS alike.</summary>
    private const PosixSignal FileSizeExceeded = (PosixSignal)25;

    public static async Task<int> RunAsync(string[] args, CliHost host)
    {
        using var largeFiles = GoOnAtFileSizeLimit();
        try
        {
            return await ParseAndRunAsync(args, host).ConfigureAwait(false);
        }
        catch (OutputClosedException)
        {
            return OutputClosedException.ExitCode;
        }
        catch (OutputFailedException exception)
        {
            using var output = new CliOutput(host);
            output.WriteFailure(exception);
            return exception.ExitCode;
        }
    }

    private static async Task<int> ParseAndRunAsync(string[] args, CliHost host)
    {
        var root = Create(host);
        // What begins with an at sign is a name like any other, and no file with more of the command line.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (ParseErrors.Find(parsed, args) is { } problem)
        {
            OutputOptions.Open(parsed, host).WriteFailure(problem);
            return problem.ExitCode;
        }

        // A training answers signals in its own time.
        var isTraining = parsed.CommandResult.Command is LocalCommand;
        var configuration = new InvocationConfiguration
        {
            Output = host.Out,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = isTraining ? null : CleanUpTime,
        };
        using var impatience = isTraining ? null : EndAtSecond(PosixSignal.SIGINT);
        using var hangup = isTraining ? null : new Hangup(CleanUpTime);
        return await parsed.InvokeAsync(configuration, hangup?.Token ?? CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>
    /// Beyond the limit of this process (<c>ulimit -f</c>) a write fails, and with it one object; the signal that comes with it would end everything at once, and dump
    /// memory. It is handled and not ignored, so that programs that are started have it as ever.
    /// </summary>
    private static PosixSignalRegistration? GoOnAtFileSizeLimit() => OperatingSystem.IsWindows()
        ? null
        : PosixSignalRegistration.Create(FileSizeExceeded, static context => context.Cancel = true);

    private static PosixSignalRegistration EndAtSecond(PosixSignal signal)
    {
        var count = 0;
        return PosixSignalRegistration.Create(signal, _ =>
        {
            if (Interlocked.Increment(ref count) > 1)
                Environment.Exit(ErrorCatalog.Cancelled);
        });
    }

    public static RootCommand Create(CliHost host)
    {
        var root = new RootCommand(
            "Moves what training repositories move: data in, checkpoints out, old checkpoints away. On S3-compatible stores (AWS, GCS, R2, MinIO, Ceph) and folders.")
        {
            new S3Command(host),
            new CheckpointCommand(host),
            new LocalCommand(host),
            new ApplyCommand(host),
            new StageCommand(host),
            new DoctorCommand(host),
            new CompletionCommand(host),
        };
        OutputOptions.AddTo(root);
        if (root.Options.OfType<HelpOption>().Single() is { Action: HelpAction help } option)
            option.Action = new HelpWithExamples(help);
        return root;
    }

    /// <summary>Shown at the end of the root's help, as every script needs them.</summary>
    public static IReadOnlyList<string> ExitCodes { get; } =
    [
        $"{ErrorCatalog.Success,3}  done, or nothing to do",
        $"{ErrorCatalog.PartialFailure,3}  some objects failed or could not be listed; the report names them, the rest is done",
        $"{ErrorCatalog.BadInput,3}  bad arguments or settings",
        $"{ErrorCatalog.StoreFailure,3}  store, bucket or path not found, or access denied",
        $"{ErrorCatalog.IntegrityFailure,3}  integrity: checksum, drift from the plan, incomplete checkpoint",
        $"{ErrorCatalog.Refused,3}  refused for safety",
        $"{ErrorCatalog.GateFailed,3}  a review gate failed",
        $"{ErrorCatalog.Cancelled,3}  cancelled",
    ];
}
