using Trainctl.Cli.Commands;
using Trainctl.Transfer;

namespace Trainctl.Cli.Options;

/// <summary>How objects are moved: the options behind <see cref="TransferSettings"/>.</summary>
internal static class TransferOptions
{
    private const string Group = "transfer";

    public static readonly Setting Concurrency = Setting.Text("--concurrency", "number", "Small objects in flight at once, at most; how many is found by measuring. Default 256.", Group);
    public static readonly Setting PartConcurrency = Setting.Text("--part-concurrency", "number", "Larger objects, and parts of them, in flight at once. Default 8.", Group);
    public static readonly Setting PartSize = Setting.Text("--part-size", "size", "Objects larger than this are moved in parts of this size. Default 16MiB, and 32MiB for downloads from 1GiB on.", Group);
    public static readonly Setting Bandwidth = Setting.Text("--bandwidth", "size", "Content that goes over the network in a second, both ways together, such as 50MiB. Default: no limit.", Group);

    public static readonly Setting UseS5cmd = Setting.Switch("--use-s5cmd", "Let s5cmd move what it can; every object is verified afterwards. Default: where it is faster.", Group);
    public static readonly Setting NoUseS5cmd = Setting.Switch("--no-use-s5cmd", "Do not use s5cmd.");

    public static readonly Setting[] All = [Concurrency, PartConcurrency, PartSize, Bandwidth, UseS5cmd, NoUseS5cmd];

    public static TransferSettings Transfer(this Invocation run) => new()
    {
        Concurrency = run.Int(Concurrency),
        PartConcurrency = run.Int(PartConcurrency) ?? TransferSettings.Default.PartConcurrency,
        PartSizeBytes = run.Bytes(PartSize),
        BandwidthBytesPerSecond = run.Bytes(Bandwidth),
        Backend = Backend(run),
    };

    private static TransferBackend Backend(Invocation run)
    {
        if (!run.Has(NoUseS5cmd))
            return run.Text(UseS5cmd) is null ? TransferBackend.Auto : run.Has(UseS5cmd) ? TransferBackend.S5cmd : TransferBackend.BuiltIn;
        return run.Parsed.GetResult(UseS5cmd.Option) is { Implicit: false }
            ? throw run.Invalid(NoUseS5cmd, "it cannot be given together with --use-s5cmd")
            : TransferBackend.BuiltIn;
    }
}
