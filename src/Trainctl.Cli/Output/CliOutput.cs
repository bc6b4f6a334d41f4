using System.Buffers;
using System.Text;
using Spectre.Console;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Transfer;

namespace Trainctl.Cli.Output;

/// <summary>Results on standard output; progress, messages and errors on standard error.</summary>
internal sealed class CliOutput(CliHost host) : ITrainctlLog, IDisposable
{
    private static readonly SearchValues<char> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 0x100).Select(static c => (char)c).Where(static c => char.IsControl(c) && c is not '\n' and not '\t')]);

    private readonly Lock _lock = new();
    private IAnsiConsole? _live;

    public bool IsJson { get; init; }

    /// <summary>Whether JSON is one line for each thing that happens, a failure too.</summary>
    public bool IsJsonLines { get; init; }

    public bool IsQuiet { get; init; }

    public bool IsVerbose { get; init; }

    /// <summary>A file that reports are appended to as Markdown; null for none.</summary>
    public string? SummaryFile { get; init; }

    private bool IsLive => host.IsErrorTerminal && host.Environment("TERM") != "dumb" && host.Environment("CI") is null or "";

    /// <summary>See no-color.org: any value but an empty one.</summary>
    private bool HasColor => host.IsErrorTerminal && host.Environment("TERM") != "dumb" && host.Environment("NO_COLOR") is null or "";

    public void Write(Report report, ReportStyle style) => End(
        report.ExitCode,
        () =>
        {
            if (IsJson)
                host.Out.Write(ReportJson.Serialize(report));
            else if (!IsQuiet || style == ReportStyle.Answer)
                host.Out.Write(ReportText.Render(report.Describe(IsVerbose)));
            host.Out.Flush();
        },
        () =>
        {
            Summarize(report);
            if (FailureSummary.Of(report) is { } failure)
                WriteError(failure);
        });

    /// <summary>Adds a report to the summary of a CI run. The work is done by then, so a file that cannot be written is no failure of it.</summary>
    public void Summarize(Report report)
    {
        if (SummaryFile is not { Length: > 0 } file)
            return;
        try
        {
            File.AppendAllText(Path.Combine(host.WorkingDirectory, file), ReportMarkdown.Render(report.Describe(IsVerbose)) + "\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Line(VisibleText.Of($"Warning: the summary could not be written to '{file}': {exception.Message}"));
        }
    }

    /// <summary>A report where standard output belongs to somebody else.</summary>
    public void WriteBeside(Report report)
    {
        Summarize(report);
        if (!IsQuiet)
            host.Error.Write(ReportText.Render(report.Describe(IsVerbose)));
    }

    /// <summary>A line of a result.</summary>
    public void WriteLine(string line) => host.Out.WriteLine(Printable(line));

    /// <summary>Lines of a result, each made <see cref="Printable"/> and ended already.</summary>
    public void WriteLines(StringBuilder lines) => host.Out.Write(lines);

    /// <summary>A line of a result that is safe as it is, such as JSON.</summary>
    public void WriteRaw(string line) => host.Out.WriteLine(line);

    public void Flush() => host.Out.Flush();

    /// <summary>A line beside the result, unless it is to be quiet.</summary>
    public void Info(string line)
    {
        host.Out.Flush();
        if (!IsQuiet)
            Line(VisibleText.Of(line));
    }

    /// <summary>What a report has to say besides its result.</summary>
    public void WriteNotes(Report report)
    {
        foreach (var problem in report.Problems)
            WriteError($"Not listed: {problem.Key}: {problem.Message}");
        foreach (var note in report.Notes)
            Info(note);
    }

    /// <summary>An operation that could not be done.</summary>
    /// <param name="exception">Why.</param>
    /// <param name="explanation">Sentences about the option that it is about; null for none.</param>
    public void WriteFailure(TrainctlException exception, string? explanation = null)
    {
        var message = explanation is null ? exception.Message : $"{exception.Message} {explanation}";
        WriteFailure(exception.Code, message, exception.Subject, exception.ExitCode, () =>
        {
            WriteError($"{exception.Code}: {message}");
            if (IsVerbose && exception.InnerException is { } inner)
                Line(Printable(inner.ToString()));
        });
    }

    public void WriteCancelled() => WriteFailure(null, "Cancelled.", null, ErrorCatalog.Cancelled, () => Line("Cancelled."));

    /// <summary>A defect of ours: no stack trace unless it was asked for.</summary>
    public void WriteUnexpected(Exception exception)
    {
        var message = $"Something went wrong that should not: {exception.GetType().Name}: {exception.Message} Run again with --verbose for details to report.";
        WriteFailure(null, message, null, ErrorCatalog.PartialFailure, () =>
        {
            WriteError(message);
            if (IsVerbose)
                Line(Printable(exception.ToString()));
        });
    }

    /// <summary>What was to go to standard output did not.</summary>
    public void WriteFailure(OutputFailedException exception) => WriteError($"{ErrorCatalog.Code(TrainctlError.WriteFailed)}: {exception.Message}");

    /// <summary>Shows progress while something runs: a bar for a person, elsewhere a line every few seconds.</summary>
    public async Task<T> WithProgressAsync<T>(Func<IProgress<TransferProgress>?, Task<T>> work)
    {
        if (IsQuiet)
            return await work(null).ConfigureAwait(false);
        if (!IsLive)
            return await work(new PlainProgress(host)).ConfigureAwait(false);
        _live = Terminal.Live(host, HasColor);
        try
        {
            return await LiveProgress.RunAsync(_live, work).ConfigureAwait(false);
        }
        finally
        {
            _live = null;
        }
    }

    void ITrainctlLog.Debug(string message)
    {
        if (IsVerbose)
            Line(VisibleText.Of(message));
    }

    void ITrainctlLog.Info(string message) => Info(message);

    void ITrainctlLog.Warning(string message) => Line(VisibleText.Of($"Warning: {message}"));

    /// <summary>Names of objects come from elsewhere; none may make the terminal do something.</summary>
    public static string Printable(string text) => text.AsSpan().ContainsAny(Controls)
        ? string.Concat(text.Select(static c => char.IsControl(c) && c is not '\n' and not '\t' ? '?' : c))
        : text;

    public void Dispose() => host.Error.Flush();

    private void WriteFailure(string? code, string message, string? subject, int exitCode, Action beside) => End(
        exitCode,
        () =>
        {
            if (IsJson)
                host.Out.Write(ErrorJson.Serialize(code, message, subject, exitCode, isLine: IsJsonLines));
        },
        beside);

    /// <summary>The last that is said: on standard output, and beside it though that may fail.</summary>
    private static void End(int exitCode, Action write, Action beside)
    {
        try
        {
            write();
        }
        catch (OutputFailedException exception)
        {
            throw exception.AtEnd(exitCode);
        }
        finally
        {
            beside();
        }
    }

    private void WriteError(string message) => Line(HasColor ? $"\u001b[31m{VisibleText.Of(message)}\u001b[0m" : VisibleText.Of(message));

    /// <param name="line">Nothing in it may do anything to a terminal but what is meant to.</param>
    private void Line(string line)
    {
        lock (_lock)
        {
            // The console that draws the bar moves it out of the way.
            if (_live is { } console)
                console.WriteLine(Printable(line));
            else
                host.Error.WriteLine(line);
        }
    }
}
