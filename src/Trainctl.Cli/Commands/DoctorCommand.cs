using System.CommandLine;
using Trainctl.Cli.Options;
using Trainctl.Doctor;
using Trainctl.Storage;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl doctor</c>.</summary>
internal sealed class DoctorCommand : CliCommand
{
    private static readonly Setting ReadOnly = Setting.Switch("--read-only", "Write and delete nothing, and tell less.");

    private readonly Argument<string> _location = new("location") { Description = "A bucket, a prefix or a folder." };

    public DoctorCommand(CliHost host)
        : base(host, "doctor", "Tries what a store can do and what its credentials may, and says what follows. Removes again what it writes.")
    {
        Arguments.Add(_location);
        Add([ReadOnly, .. ObjectOptions.Encryption, .. StoreOptions.All]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "trainctl doctor s3://bucket/checkpoints/",
        "trainctl doctor s3://bucket/checkpoints/ --read-only",
        "trainctl doctor s3://bucket/ --endpoint-url https://s3.example.org --ca-bundle ca.pem --json",
    ];

    public DoctorSettings ToSettings(Invocation run) => new()
    {
        Location = ObjectUrl.Parse(run.Argument(_location)),
        ReadOnly = run.Has(ReadOnly),
        Store = run.WritingStore(),
    };

    protected override Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var settings = ToSettings(run);
        return run.ReportAsync(engine => engine.ExamineAsync(settings, cancellationToken), Output.ReportStyle.Answer);
    }
}
