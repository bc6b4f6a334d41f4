namespace Trainctl.Storage;

/// <summary>What a bucket tells another program that is to reach the same objects on its own.</summary>
internal interface IForeignAccess
{
    /// <summary>Address of the service; null for AWS.</summary>
    Uri? Endpoint { get; }

    /// <summary>Region that requests are signed for.</summary>
    string Region { get; }

    /// <summary>Whether the bucket is part of the path instead of the host name.</summary>
    bool PathStyle { get; }

    /// <summary>What the store's requests say that another program would not, as half a sentence; null for nothing.</summary>
    string? Peculiarity { get; }

    /// <summary>An object's key in the bucket.</summary>
    string FullKey(string key);

    /// <summary>The content type that the store gives to what it writes under a key.</summary>
    string ContentTypeOf(string key, bool inParts);

    /// <summary>The credentials that the store itself uses, as they are now.</summary>
    /// <exception cref="Diagnostics.TrainctlException">There are none.</exception>
    Task<ForeignCredentials> CredentialsAsync(CancellationToken cancellationToken);
}

/// <summary>Secrets on their way into another program's environment. Not a record: nothing prints them.</summary>
internal sealed class ForeignCredentials(string accessKeyId, string secretAccessKey, string? sessionToken)
{
    public string AccessKeyId => accessKeyId;

    public string SecretAccessKey => secretAccessKey;

    /// <summary>Null for long-lived keys.</summary>
    public string? SessionToken => sessionToken;
}
