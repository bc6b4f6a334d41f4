using Trainctl.Cli.Commands;
using Trainctl.Transfer;

namespace Trainctl.Cli.Options;

/// <summary>How objects are moved: the options behind <see cref="TransferSettings"/>.</summary>
internal static class TransferOptions
{
    private const string Group = "transfer";

    public static readonly Setting Concurrency = Setting.Text("--concurrency", "number", "Small objects in flight at once. Default 32.", Group);
    public static readonly Setting PartConcurrency = Setting.Text("--part-concurrency", "number", "Parts of large objects in flight at once. Default 8.", Group);
    public static readonly Setting PartSize = Setting.Text("--part-size", "size", "Objects larger than this are moved in parts of this size. Default 16MiB.", Group);

    public static readonly Setting[] All = [Concurrency, PartConcurrency, PartSize];

    public static TransferSettings Transfer(this Invocation run) => new()
    {
        Concurrency = run.Int(Concurrency) ?? TransferSettings.Default.Concurrency,
        PartConcurrency = run.Int(PartConcurrency) ?? TransferSettings.Default.PartConcurrency,
        PartSizeBytes = run.Bytes(PartSize) ?? TransferSettings.Default.PartSizeBytes,
    };
}
