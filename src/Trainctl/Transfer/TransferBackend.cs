namespace Trainctl.Transfer;

/// <summary>What moves objects between a folder and S3. What the choice cannot do, and what it fails, the built-in one does.</summary>
public enum TransferBackend
{
    /// <summary>Whichever is measured to be faster and safe for the job at hand; without s5cmd on this machine, <see cref="BuiltIn"/>.</summary>
    Auto,

    /// <summary>Trainctl itself.</summary>
    BuiltIn,

    /// <summary>
    /// s5cmd, found on <c>PATH</c> or where <c>TRAINCTL_S5CMD</c> says; Trainctl proves every object afterwards. Operations fail with
    /// <see cref="Diagnostics.TrainctlError.ProgramUnavailable"/> when it is missing or older than 2.2.0.
    /// </summary>
    S5cmd,
}
