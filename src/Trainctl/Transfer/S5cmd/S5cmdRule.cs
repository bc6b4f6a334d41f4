namespace Trainctl.Transfer.S5cmd;

/// <summary>
/// When <see cref="TransferBackend.Auto"/> means s5cmd. Pure; the figures behind it are in <c>benchmarks/README.md</c> under Transfers, each with the
/// proofs that Trainctl adds.
/// </summary>
internal static class S5cmdRule
{
    /// <summary>Whether s5cmd can be worth it for some job of this direction; if not, nothing has to be collected for it.</summary>
    public static bool MayPay(TransferDirection direction) => direction == TransferDirection.Download;

    /// <summary>Whether a batch goes to s5cmd.</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="objects">How many.</param>
    /// <param name="bytes">Of all of them.</param>
    public static bool Pays(TransferDirection direction, int objects, long bytes) =>
        MayPay(direction) && objects > 0 && bytes / objects >= FewestBytesEach && bytes >= FewestBytes;

    private const long FewestBytesEach = 1024 * 1024;
    private const long FewestBytes = 64 * 1024 * 1024;
}
