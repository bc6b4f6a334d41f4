using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Listing;
using Trainctl.Checkpoints.Verification;
using Trainctl.Doctor;
using Trainctl.Retention;
using Trainctl.Review;
using Trainctl.Staging;
using Trainctl.Sync;
using Trainctl.Training;

namespace Trainctl.Reporting;

/// <summary>Writes a report as JSON, for machines. The schema is in <c>docs/reports.md</c>; fields are added, never renamed.</summary>
public static class ReportJson
{
    /// <summary>The whole report, indented, with a line end behind it.</summary>
    /// <exception cref="ArgumentException">The report is of a type that the engine does not make.</exception>
    public static string Serialize(Report report)
    {
        JsonTypeInfo type = ReportJsonContext.Default.GetTypeInfo(report.GetType())
            ?? throw new ArgumentException($"{report.GetType()} is not a report of the engine.", nameof(report));
        return JsonSerializer.Serialize(report, type) + "\n";
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SyncReport))]
[JsonSerializable(typeof(StageDataReport))]
[JsonSerializable(typeof(ListReport))]
[JsonSerializable(typeof(UploadCheckpointsReport))]
[JsonSerializable(typeof(ListCheckpointsReport))]
[JsonSerializable(typeof(VerifyCheckpointsReport))]
[JsonSerializable(typeof(PruneReport))]
[JsonSerializable(typeof(RestoreReport))]
[JsonSerializable(typeof(ReviewReport))]
[JsonSerializable(typeof(TrainingReport))]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class ReportJsonContext : JsonSerializerContext;
