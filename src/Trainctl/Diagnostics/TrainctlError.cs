namespace Trainctl.Diagnostics;

/// <summary>
/// Every way in which an operation can fail. The number is the stable part of the printed code: <c>TRAINCTL1001</c>.
/// 1xxx storage, 2xxx input, 3xxx integrity, 4xxx retention and refusals. Exit codes: <see cref="ErrorCatalog"/>.
/// </summary>
public enum TrainctlError
{
    /// <summary>The bucket or the folder that was named as a store does not exist.</summary>
    StoreNotFound = 1001,

    /// <summary>The store knows who asks and says no.</summary>
    AccessDenied = 1002,

    /// <summary>No credentials were found anywhere in the standard chain.</summary>
    CredentialsNotFound = 1003,

    /// <summary>The store rejects the credentials: unknown key, wrong secret, expired token.</summary>
    CredentialsRejected = 1004,

    /// <summary>The store could not be reached, or kept answering with server errors.</summary>
    StoreUnavailable = 1005,

    /// <summary>A single object is not there.</summary>
    ObjectNotFound = 1006,

    /// <summary>Bytes could not be written: disk full, read-only, name too long.</summary>
    WriteFailed = 1007,

    /// <summary>Bytes could not be read: permission, device error.</summary>
    ReadFailed = 1008,

    /// <summary>The store answered with an error that has no better name here.</summary>
    StoreRejected = 1009,

    /// <summary>Some objects of a batch failed or could not be listed; the rest is done. The report lists each.</summary>
    ObjectsFailed = 1010,

    /// <summary>A text is not an object URL.</summary>
    InvalidUrl = 2001,

    /// <summary>A setting has a value that makes no sense.</summary>
    InvalidSetting = 2002,

    /// <summary>A source folder or prefix has nothing in it, or is not there.</summary>
    SourceNotFound = 2003,

    /// <summary>A key cannot be stored at the destination: it would leave it, or no file can have that name there.</summary>
    UnsafeKey = 2004,

    /// <summary>A file that Trainctl reads (lock file, plan, manifest) does not parse.</summary>
    InvalidFile = 2005,

    /// <summary>A program that a setting asks for is missing, too old, or does not run.</summary>
    ProgramUnavailable = 2010,

    /// <summary>The bytes that arrived are not the bytes that were sent.</summary>
    ChecksumMismatch = 3001,

    /// <summary>An object changed while it was being transferred.</summary>
    ChangedDuringTransfer = 3002,

    /// <summary>The store no longer holds what the lock file or the plan recorded.</summary>
    Drift = 3003,

    /// <summary>A checkpoint that must be whole is not.</summary>
    IncompleteCheckpoint = 3004,

    /// <summary>A complete checkpoint has no value of the metric that the best are chosen by, so they cannot be told.</summary>
    MissingMetric = 3005,

    /// <summary>Refused: deleting at the destination because the source is empty or missing.</summary>
    EmptySource = 4001,

    /// <summary>Refused: deleting although the source could not be listed completely.</summary>
    IncompleteListing = 4002,

    /// <summary>A pointer that decides what may be deleted could not be read.</summary>
    UnreadablePointer = 4003,

    /// <summary>Refused: a prune would remove more than its settings allow.</summary>
    DeleteLimitExceeded = 4004,

    /// <summary>A review found what its settings do not allow: too many bytes, an incomplete newest checkpoint, a pointer that leads nowhere.</summary>
    GateFailed = 4010,
}
