using System.CommandLine;
using Trainctl.Cli.Options;
using Trainctl.Staging;
using Trainctl.Storage;

namespace Trainctl.Cli.Commands;

/// <summary><c>trainctl stage</c>.</summary>
internal sealed class StageCommand : CliCommand
{
    private static readonly Setting LockFile = Setting.Text("--lock-file", "file", "Records what the dataset is, to be committed; exactly that is fetched from then on.");
    private static readonly Setting UpdateLock = Setting.Switch("--update-lock", "Write the lock file anew from what the store holds now.");

    private readonly Argument<string> _source = new("source") { Description = "Where the dataset is." };
    private readonly Argument<string> _destination = new("destination") { Description = "The folder it is brought to." };

    public StageCommand(CliHost host)
        : base(host, "stage", "Brings a dataset to a folder, exactly as its lock file says.")
    {
        Arguments.Add(_source);
        Arguments.Add(_destination);
        Add([LockFile, UpdateLock, .. ObjectOptions.Filter, ObjectOptions.DryRun, .. TransferOptions.All, .. StoreOptions.All]);
    }

    public override IReadOnlyList<string> Examples => ["trainctl stage s3://bucket/datasets/digits/ data/digits --lock-file datasets.lock.json"];

    public StageDataSettings ToSettings(Invocation run) => new()
    {
        Source = ObjectUrl.Parse(run.Argument(_source)),
        Destination = ObjectUrl.Parse(run.Argument(_destination)),
        LockFile = run.Text(LockFile),
        UpdateLock = run.Has(UpdateLock),
        Include = run.Texts(ObjectOptions.Include),
        Exclude = run.Texts(ObjectOptions.Exclude),
        DryRun = run.Has(ObjectOptions.DryRun),
        Store = run.Store(),
        Transfer = run.Transfer(),
    };

    protected override Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var settings = ToSettings(run);
        return run.ReportAsync(engine => engine.StageDataAsync(settings, cancellationToken));
    }
}
