using System.CommandLine;
using Trainctl.Cli.Configuration;
using Trainctl.Cli.Options;
using Trainctl.Cli.Output;
using Trainctl.Reporting;
using Trainctl.Transfer;
using Trainctl.Watching;

namespace Trainctl.Cli.Commands;

/// <summary>One run of one command: what was asked for, and where answers go.</summary>
internal sealed class Invocation(ParseResult parsed, CliHost host, CliOutput output, ConfigFile config)
{
    public CliHost Host => host;

    public CliOutput Output => output;

    public ParseResult Parsed => parsed;

    public T Argument<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>The value of a setting: option, then environment, then file; of one that adds up, all of them. Null when none of them gives one.</summary>
    public IReadOnlyList<string>? Values(Setting setting)
    {
        var nearest = Nearest(setting);
        return setting.AddsUp && nearest is not null && config.Values(setting) is { } others && !ReferenceEquals(nearest, others) ? [.. others, .. nearest] : nearest;
    }

    private IReadOnlyList<string>? Nearest(Setting setting)
    {
        if (parsed.GetResult(setting.Option) is { Implicit: false } result)
            return setting.IsSwitch ? [result.GetValueOrDefault<bool>() ? "true" : "false"] : [.. result.Tokens.Select(static t => t.Value)];
        if (setting.EnvironmentName is { } name && host.Environment(name) is { Length: > 0 } value)
            return [value];
        return config.Values(setting);
    }

    /// <summary>Whether the command line or an environment variable of ours gives a value, and not only a file.</summary>
    public bool IsGivenDirectly(Setting setting) => IsOption(setting)
        || (setting.EnvironmentName is { } name && host.Environment(name) is { Length: > 0 });

    /// <summary>Whether the command line itself gives a value. What stands there and can have no effect is a mistake; a file and an environment are for other commands too.</summary>
    public bool IsOption(Setting setting) => parsed.GetResult(setting.Option) is { Implicit: false };

    /// <summary>Where a value comes from that the command line does not have, as a sentence; null when it has it, or nothing gives one.</summary>
    public string? OriginOf(Setting setting)
    {
        if (IsOption(setting))
            return null;
        if (IsGivenDirectly(setting))
            return $"The variable {setting.EnvironmentName} says so.";
        return config.Values(setting) is null ? null : $"'{config.Path}' says so ({setting.Group}.{setting.ConfigName}).";
    }

    /// <summary>Runs one operation of the engine, and shows its progress and its report.</summary>
    public async Task<int> ReportAsync<TReport>(Func<TrainctlEngine, Task<TReport>> operation, ReportStyle style = ReportStyle.Work)
        where TReport : Report
    {
        var report = await EngineAsync(operation).ConfigureAwait(false);
        output.Write(report, style);
        return report.ExitCode;
    }

    /// <summary>Runs one operation of the engine, and shows its progress alone.</summary>
    public Task<T> EngineAsync<T>(Func<TrainctlEngine, Task<T>> operation) => output.WithProgressAsync(progress => operation(Engine(progress)));

    /// <summary>What a watch sees; it has no progress.</summary>
    public IAsyncEnumerable<WatchEvent> Watch(WatchSettings settings, CancellationToken cancellationToken) => Engine(null).WatchAsync(settings, cancellationToken);

    /// <summary>An engine without progress, for what shows itself.</summary>
    public TrainctlEngine Engine() => Engine(null);

    private TrainctlEngine Engine(IProgress<TransferProgress>? progress) => new(new EngineHost
    {
        WorkingDirectory = host.WorkingDirectory,
        Environment = host.Environment,
        Log = output,
        Progress = progress,
        Time = host.Time,
        OpenStore = host.OpenStore,
        StateDirectory = EngineHost.DefaultStateDirectory(host.Environment, host.WorkingDirectory),
    });
}
