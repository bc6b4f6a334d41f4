using System.Globalization;

namespace Trainctl.Diagnostics;

/// <summary>The one table from error to printed code and to exit code. Documented for users in <c>docs/errors.md</c>.</summary>
public static class ErrorCatalog
{
    /// <summary>Everything was done, or nothing had to be.</summary>
    public const int Success = 0;

    /// <summary>Some objects failed or could not be listed; the report names them and the rest is done.</summary>
    public const int PartialFailure = 1;

    /// <summary>Bad arguments or settings.</summary>
    public const int BadInput = 2;

    /// <summary>Store, bucket or path not found, unreachable, or access denied.</summary>
    public const int StoreFailure = 3;

    /// <summary>Checksum mismatch, drift, incomplete checkpoint.</summary>
    public const int IntegrityFailure = 4;

    /// <summary>Refused for safety.</summary>
    public const int Refused = 5;

    /// <summary>A review gate failed.</summary>
    public const int GateFailed = 6;

    /// <summary>Cancelled, as shells report SIGINT.</summary>
    public const int Cancelled = 130;

    /// <summary>The printed code, for example <c>TRAINCTL1001</c>.</summary>
    public static string Code(TrainctlError error) =>
        string.Create(CultureInfo.InvariantCulture, $"TRAINCTL{(int)error}");

    /// <summary>The process exit code for an error.</summary>
    public static int ExitCode(TrainctlError error) => error switch
    {
        TrainctlError.ObjectsFailed => PartialFailure,
        TrainctlError.SourceNotFound => StoreFailure,
        TrainctlError.GateFailed => GateFailed,
        _ => ((int)error / 1000) switch
        {
            1 => StoreFailure,
            2 => BadInput,
            3 => IntegrityFailure,
            _ => Refused,
        },
    };
}
