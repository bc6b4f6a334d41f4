using System.CommandLine;
using Trainctl.Cli.Options;
using Trainctl.Storage;
using Trainctl.Sync;

namespace Trainctl.Cli.Commands;

/// <summary>What upload and download have in common: a copy, whose direction is only in the name.</summary>
internal abstract class CopyCommand : CliCommand
{
    private static readonly Setting Recursive = Setting.Switch("--recursive", "Copy everything below the source.", null, "-r");

    private readonly Argument<string> _source = new("source") { Description = "An object or file; with --recursive a prefix or folder." };
    private readonly Argument<string> _destination = new("destination") { Description = "What to write; ending with /, where to write it under its own name." };

    protected CopyCommand(CliHost host, string name, string description)
        : base(host, name, description)
    {
        Arguments.Add(_source);
        Arguments.Add(_destination);
        Add([Recursive, .. ObjectOptions.Filter, ObjectOptions.DryRun, .. ObjectOptions.Writing, .. TransferOptions.All, .. StoreOptions.All]);
    }

    public CopySettings ToSettings(Invocation run)
    {
        var settings = new CopySettings
        {
            Source = ObjectUrl.Parse(run.Argument(_source)),
            Destination = ObjectUrl.Parse(run.Argument(_destination)),
            Recursive = run.Has(Recursive),
            Include = run.Texts(ObjectOptions.Include),
            Exclude = run.Texts(ObjectOptions.Exclude),
            StorageClass = run.Text(ObjectOptions.StorageClass),
            DryRun = run.Has(ObjectOptions.DryRun),
            Store = run.WritingStore(),
            Transfer = run.Transfer(),
        };
        Check(settings);
        return settings;
    }

    /// <summary>Fails when the two are the wrong way round.</summary>
    protected abstract void Check(CopySettings settings);

    protected override Task<int> RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var settings = ToSettings(run);
        return run.ReportAsync(engine => engine.CopyAsync(settings, cancellationToken));
    }
}
