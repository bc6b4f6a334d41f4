namespace Trainctl.Transfer.S5cmd;

/// <summary>One row of the figures: times as ratios to s5cmd alone, which proves nothing, in the same run.</summary>
/// <param name="Direction">Which way.</param>
/// <param name="BytesEach">Size of each object.</param>
/// <param name="BuiltIn">The built-in backend.</param>
/// <param name="S5cmd">The s5cmd backend, with the proofs that Trainctl adds.</param>
internal readonly record struct TransferMeasurement(TransferDirection Direction, long BytesEach, double BuiltIn, double S5cmd);

/// <summary>When <see cref="TransferBackend.Auto"/> means s5cmd: where it was measured to be clearly faster for objects of about that size. Pure.</summary>
internal sealed class S5cmdRule(IReadOnlyList<TransferMeasurement> figures)
{
    private const long KibiByte = 1024;
    private const long MebiByte = 1024 * KibiByte;

    /// <summary>The share of the built-in backend's time that s5cmd may take at most. Less of a gain is within what two runs differ by.</summary>
    private const double ClearlyFaster = 0.8;

    /// <summary>With less to move, starting a process costs more than it gains.</summary>
    private const long FewestBytes = 64 * MebiByte;

    /// <summary>By the figures of <c>benchmarks/README.md</c>, Transfers: s5cmd is clearly faster for none of these jobs.</summary>
    public static S5cmdRule Measured { get; } = new(
    [
        new(TransferDirection.Upload, 16 * KibiByte, 1.05, 2.08),
        new(TransferDirection.Upload, MebiByte, 0.79, 1.26),
        new(TransferDirection.Upload, 8 * MebiByte, 0.57, 0.94),
        new(TransferDirection.Upload, 256 * MebiByte, 0.76, 1.41),
        new(TransferDirection.Download, 16 * KibiByte, 2.12, 3.29),
        new(TransferDirection.Download, MebiByte, 1.39, 1.85),
        new(TransferDirection.Download, 8 * MebiByte, 1.60, 1.41),
        new(TransferDirection.Download, 256 * MebiByte, 1.28, 1.46),
    ]);

    /// <summary>Whether s5cmd can be worth it for some job of this direction; if not, nothing has to be collected for it.</summary>
    public bool MayPay(TransferDirection direction) => figures.Any(f => f.Direction == direction && IsClearlyFaster(f));

    /// <summary>Whether a batch goes to s5cmd.</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="objects">How many; at least one.</param>
    /// <param name="bytes">Of all of them.</param>
    public bool Pays(TransferDirection direction, int objects, long bytes)
    {
        if (bytes < FewestBytes || !MayPay(direction))
            return false;
        var each = (double)bytes / objects;
        return IsClearlyFaster(figures.Where(f => f.Direction == direction).MinBy(f => Math.Abs(Math.Log(f.BytesEach / each))));
    }

    private static bool IsClearlyFaster(TransferMeasurement figure) => figure.S5cmd <= ClearlyFaster * figure.BuiltIn;
}
