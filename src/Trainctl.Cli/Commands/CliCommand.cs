using System.CommandLine;
using Trainctl.Cli.Configuration;
using Trainctl.Cli.Options;
using Trainctl.Cli.Output;
using Trainctl.Diagnostics;

namespace Trainctl.Cli.Commands;

/// <summary>
/// One command: reads its options into one settings record of the engine, calls one method, and prints what comes back. Failures become messages and exit
/// codes here and nowhere else.
/// </summary>
internal abstract class CliCommand : Command
{
    private readonly List<Setting> _settings = [];

    protected CliCommand(CliHost host, string name, string description)
        : base(name, description) => SetAction((parsed, token) => GuardAsync(host, parsed, token));

    /// <summary>Command lines that work as they stand, for the help.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Whether it has to do with what <c>trainctl.json</c> says.</summary>
    protected virtual bool ReadsConfig => true;

    /// <summary>Does the work and answers the exit code.</summary>
    protected abstract Task<int> RunAsync(Invocation run, CancellationToken cancellationToken);

    protected void Add(params Setting[] settings)
    {
        _settings.AddRange(settings);
        foreach (var setting in settings)
            Options.Add(setting.Option);
    }

    /// <summary>What an error of the engine, which knows no options, is about; null when that is none of them.</summary>
    private string? Explain(TrainctlException exception, Invocation? run)
    {
        if (OptionNames.For(this, exception) is not { } name)
            return null;
        return _settings.Find(s => s.Name == name) is { } setting && run?.OriginOf(setting) is { } origin ? $"The option is {name}. {origin}" : $"The option is {name}.";
    }

    private async Task<int> GuardAsync(CliHost host, System.CommandLine.ParseResult parsed, CancellationToken cancellationToken)
    {
        using var output = OutputOptions.Open(parsed, host);
        Invocation? run = null;
        try
        {
            run = new Invocation(parsed, host, output, ConfigFile.Find(host, !ReadsConfig || parsed.GetValue(OutputOptions.NoConfig)));
            return await RunAsync(run, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception)
        {
            output.WriteFailure(exception, Explain(exception, run));
            return exception.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.WriteCancelled();
            return ErrorCatalog.Cancelled;
        }
        catch (Exception exception) when (exception is OutputClosedException or OutputFailedException)
        {
            throw;
        }
#pragma warning disable CA1031 // Do not catch general exception types: a user gets a message and no stack trace
        catch (Exception exception)
#pragma warning restore CA1031
        {
            output.WriteUnexpected(exception);
            return ErrorCatalog.PartialFailure;
        }
    }
}
