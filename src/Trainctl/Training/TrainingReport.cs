using System.Globalization;
using System.Text.Json.Serialization;
using Trainctl.Checkpoints;
using Trainctl.Reporting;

namespace Trainctl.Training;

/// <summary>How a training ended, and what of it was published.</summary>
public sealed record TrainingReport : Report
{
    /// <summary>The script, as the settings name it.</summary>
    public required string Script { get; init; }

    /// <summary>The program that ran it.</summary>
    public required string Program { get; init; }

    /// <summary>Exit code of the training process; where a signal ended it, 128 and the signal's number.</summary>
    public required int TrainingExitCode { get; init; }

    /// <summary>Why it ended; <see cref="TrainingEnd.Exited"/> also in a dry run, which runs nothing.</summary>
    public required TrainingEnd End { get; init; }

    /// <summary>How long training ran, without what was published afterwards.</summary>
    public required TimeSpan TrainingDuration { get; init; }

    /// <summary>Where checkpoints were read; null when nothing was to be published.</summary>
    public string? Source { get; init; }

    /// <summary>Where they were published; null when nothing was to be.</summary>
    public string? Destination { get; init; }

    /// <summary>One for each checkpoint that was seen complete, or was there at the end.</summary>
    public IReadOnlyList<PublishedUnit> Units { get; init; } = [];

    /// <summary>
    /// Keys that arrived at the destination and belong to a checkpoint that was not published, so that no manifest lists them. They are not removed:
    /// somebody else may publish a checkpoint of that name.
    /// </summary>
    public IReadOnlyList<string> Unlisted { get; init; } = [];

    /// <summary>The training's own, whatever became of its checkpoints.</summary>
    public override int ExitCode => TrainingExitCode;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? FailureText => ExitCode == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"'{Script}' ended with exit code {ExitCode}.");

    /// <inheritdoc/>
    public override ReportDocument Describe(bool detailed = false) => new(
        Destination is null ? $"{Operation}: {Script}" : TransferTables.Title($"{Operation}: {Script}", Source ?? "", Destination, DryRun),
        [
            new ReportTable(
                null,
                [new("checkpoint"), new("size", AlignRight: true), new("decision"), new("why")],
                [.. Units.Select(static u => (IReadOnlyList<string>)[u.Path, HumanText.Size(u.Bytes), UploadCheckpointsReport.Verb(u.Result), u.Why])]),
            .. detailed ? TransferTables.Tables(this, detailed) : [TransferTables.Failures("Not done:", Objects), TransferTables.Unlisted(this)],
            new ReportTable("Arrived, but in no manifest:", [new("object")], [.. Unlisted.Select(static key => (IReadOnlyList<string>)[key])]),
        ],
        [Summary, .. Destination is null || DryRun ? [] : (string[])[TransferTables.Total(this, Counts)], .. Notes]);

    private string Summary => End switch
    {
        _ when DryRun => $"Would run {Script} by {Path.GetFileName(Program)}{(Destination is null ? "" : $", and publish its checkpoints to {Destination}")}.",
        TrainingEnd.Stopped => $"Training stopped when it was asked to, with exit code {TrainingExitCode}, after {HumanText.Duration(TrainingDuration)}.",
        TrainingEnd.Killed => $"Training was asked to stop, did not, and was killed, after {HumanText.Duration(TrainingDuration)}.",
        _ => $"Training ended with exit code {TrainingExitCode} after {HumanText.Duration(TrainingDuration)}.",
    };

    private string Counts =>
        $"{HumanText.Count(Units.Count(static u => u.Result == PublishResult.Published), "checkpoint")} published, "
        + $"{Units.Count(static u => u.Result is PublishResult.Failed or PublishResult.LeftOut)} not";
}

/// <summary>Why a training ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrainingEnd>))]
public enum TrainingEnd
{
    /// <summary>By itself, or by somebody else's signal.</summary>
    Exited,

    /// <summary>After it was asked to stop.</summary>
    Stopped,

    /// <summary>It did not stop within <see cref="RunTrainingSettings.StopTimeout"/>.</summary>
    Killed,
}
