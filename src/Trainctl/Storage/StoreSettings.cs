namespace Trainctl.Storage;

/// <summary>
/// How to reach S3-compatible stores. All are optional: the standard AWS settings (<c>AWS_ENDPOINT_URL_S3</c>, <c>AWS_ENDPOINT_URL</c>,
/// <c>AWS_REGION</c>, profiles, the credential chain) apply where a value is null. Holds no secret, so that it can be printed and logged.
/// </summary>
public sealed record StoreSettings
{
    /// <summary>Nothing set: everything from the environment.</summary>
    public static StoreSettings Default { get; } = new();

    /// <summary>
    /// Address of the service, for example <c>http://localhost:9000</c>. Null: from the environment, the profile, else AWS. Has no effect on
    /// <c>gs://</c>, which is always Google's service, so that one side of a copy can be there and the other elsewhere.
    /// </summary>
    public Uri? EndpointUrl { get; init; }

    /// <summary>
    /// Who made the service, which decides how it is asked. Null: known by the address, else by its answers, else asked in a way that all understand. Has no
    /// effect on <c>gs://</c>.
    /// </summary>
    public StoreProvider? Provider { get; init; }

    /// <summary>Region, for example <c>eu-central-1</c>. Null: from the environment or the profile, else <c>us-east-1</c>.</summary>
    public string? Region { get; init; }

    /// <summary>
    /// Named profile of the AWS configuration files; goes before access keys in the environment, as with the AWS CLI's <c>--profile</c>.
    /// Null: access keys in the environment, <c>AWS_PROFILE</c>, else the default chain.
    /// </summary>
    public string? Profile { get; init; }

    /// <summary>Whether the bucket is part of the path instead of the host name. Null: for every provider but AWS.</summary>
    public bool? PathStyle { get; init; }

    /// <summary>
    /// A file with the certificates, in PEM form, that the service's own must lead to, instead of those that the system trusts. Null:
    /// <c>AWS_CA_BUNDLE</c>, the profile's <c>ca_bundle</c>, else the system's. For requests to the store; those that fetch credentials take the system's.
    /// </summary>
    public string? CaBundle { get; init; }

    /// <summary>Asks without credentials, as for public buckets. Default false.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Agrees to pay for requests to a bucket whose owner does not (S3's Requester Pays). Default false.</summary>
    public bool RequesterPays { get; init; }

    /// <summary>
    /// Leaves content out of the signature also where the connection is not encrypted, for networks that are trusted: without its SHA-256 an upload takes half of the
    /// processor's time. The store still refuses content that was damaged on its way, by its CRC-64/NVME, but whoever can change what passes by can change that as well.
    /// Only for a store that is known to check it: <see cref="StoreProvider.Aws"/>. Default false: over TLS alone, as AWS's own SDKs do.
    /// </summary>
    public bool UnsignedPayload { get; init; }

    /// <summary>
    /// How the store encrypts what is written: <c>AES256</c>, <c>aws:kms</c> or <c>aws:kms:dsse</c>. Null: as the bucket's own configuration says.
    /// </summary>
    public string? ServerSideEncryption { get; init; }

    /// <summary>The key of <c>aws:kms</c>: its id, ARN or alias. Null: the account's own key for S3.</summary>
    public string? KmsKeyId { get; init; }
}
