namespace Trainctl.Testing.S3;

/// <summary>What some S3 servers do and others do not.</summary>
[Flags]
public enum ServerAbility
{
    /// <summary>Nothing but what all do.</summary>
    None = 0,

    /// <summary>Keeps versions where a bucket is told to.</summary>
    Versions = 1,

    /// <summary>Keeps tags of objects.</summary>
    Tags = 2,

    /// <summary>Lists the unfinished uploads of a bucket, and those below a prefix.</summary>
    UploadListing = 4,

    /// <summary>Keeps every key that S3 allows as it stands, also those that can be no path of a file, or not beside another.</summary>
    AnyKey = 8,

    /// <summary>Keeps access lists of buckets and objects.</summary>
    AccessLists = 16,

    /// <summary>Takes another checksum of a list of objects to delete than Content-MD5, which the SDK no longer sends.</summary>
    Checksums = 32,

    /// <summary>Keeps keys with line breaks.</summary>
    LineBreaks = 64,

    /// <summary>All of it.</summary>
    All = Versions | Tags | UploadListing | AnyKey | AccessLists | Checksums | LineBreaks,
}
