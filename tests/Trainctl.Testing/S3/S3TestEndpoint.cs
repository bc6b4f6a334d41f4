using System.Text;
using Amazon.Runtime;
using Amazon.S3;

namespace Trainctl.Testing.S3;

/// <summary>Where the S3 server of a test run listens, and the keys it accepts. Printing it never shows the secret.</summary>
/// <param name="Url">Root of the server; buckets are addressed path-style below it.</param>
/// <param name="Region">Region to sign requests for.</param>
/// <param name="AccessKey">Identifier of a user that may create buckets.</param>
/// <param name="SecretKey">Secret of that user.</param>
/// <param name="Description">What the server is and how it was found, for messages.</param>
public sealed record S3TestEndpoint(Uri Url, string Region, string AccessKey, string SecretKey, string Description)
{
    /// <summary>Whether it does everything that tests ask of it, so that none may be ignored.</summary>
    public bool DoesAll { get; init; }

    /// <summary>A file with the certificate of the authority that the server's own is of, in PEM form. Null: the server encrypts nothing, or the system knows its authority.</summary>
    public string? CaBundle { get; init; }

    /// <summary>The plain SDK, told to ask for nothing that older servers do not know.</summary>
    public AmazonS3Client NewClient() => new(
        new BasicAWSCredentials(AccessKey, SecretKey),
        new AmazonS3Config
        {
            ServiceURL = Url.ToString(),
            AuthenticationRegion = Region,
            ForcePathStyle = true,
            HttpClientFactory = new PromptClients(),
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Url = ").Append(Url)
            .Append(", Region = ").Append(Region)
            .Append(", AccessKey = ").Append(AccessKey)
            .Append(", Description = ").Append(Description);
        return true;
    }
}
