using System.Globalization;
using Spectre.Console;
using Trainctl.Reporting;
using Trainctl.Transfer;

namespace Trainctl.Cli.Output;

/// <summary>Progress for a person: a bar that goes when the work is done.</summary>
internal sealed class LiveProgress : IProgress<TransferProgress>
{
    private readonly ProgressTask _task;

    private LiveProgress(ProgressTask task) => _task = task;

    public static Task<T> RunAsync<T>(IAnsiConsole console, Func<IProgress<TransferProgress>, Task<T>> work) => console.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
        .StartAsync(context => work(new LiveProgress(context.AddTask("listing"))));

    public void Report(TransferProgress value)
    {
        _task.Description = Markup.Escape(string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Operation}: {value.ObjectsDone:#,0} of {HumanText.Count(value.ObjectsKnown, "object")}, {HumanText.Size(value.BytesDone)} of {HumanText.Size(value.BytesKnown)}"));
        // An object without bytes is progress too.
        _task.MaxValue = Math.Max(1, value.BytesKnown);
        _task.Value = Math.Min(value.BytesDone, _task.MaxValue);
    }
}
