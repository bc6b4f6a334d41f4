using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>What a profile of the AWS configuration files says.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Region">Its region; null for none.</param>
/// <param name="EndpointUrl">Its <c>endpoint_url</c>, that of S3 before that of all services; null for none.</param>
/// <param name="IgnoresEndpointUrls">Whether only the setting may name another address than AWS.</param>
/// <param name="CaBundle">Its <c>ca_bundle</c>; null for none.</param>
/// <param name="Open">Makes its credentials; null when it has none.</param>
internal sealed record AwsProfile(string Name, string? Region, string? EndpointUrl, bool IgnoresEndpointUrls, string? CaBundle, Func<AWSCredentials>? Open);

/// <summary>
/// Looks profiles up in <c>~/.aws/credentials</c> and <c>~/.aws/config</c>, or where <c>AWS_SHARED_CREDENTIALS_FILE</c> and <c>AWS_CONFIG_FILE</c> say.
/// </summary>
internal static class AwsProfiles
{
    /// <summary>By precedence, as the AWS command line has it (aws/aws-cli: awscli/botocore/configprovider.py); boto3 reads them the other way round.</summary>
    private static readonly string[] Variables = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];

    /// <summary>The profile that the setting or a variable names, which must exist, or the default one, which need not.</summary>
    public static AwsProfile? Find(StoreSettings settings, Func<string, string?> environment)
    {
        var variable = settings.Profile is null ? Array.Find(Variables, v => environment.Value(v) is not null) : null;
        var name = variable is null ? settings.Profile : environment.Value(variable);
        var profile = Read(name ?? SharedCredentialsFile.DefaultProfileName, environment);
        if (profile is null && name is not null)
        {
            var source = variable is null ? "The settings name" : $"{variable} names";
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"{source} the profile '{name}', and there is none of that name in the AWS configuration files. "
                + "Check the spelling with 'aws configure list-profiles', or create it with 'aws configure --profile NAME'.",
                name);
        }

        return profile;
    }

    private static AwsProfile? Read(string name, Func<string, string?> environment)
    {
        try
        {
            var source = new CredentialProfileStoreChain(environment.Value("AWS_SHARED_CREDENTIALS_FILE"));
            if (!source.TryGetProfile(name, out var profile))
                return null;
            Func<AWSCredentials>? open = profile.CanCreateAWSCredentials ? () => profile.GetAWSCredentials(source) : null;
            var endpoint = AwsConfigFile.Value(name, "services", environment) is { } services ? AwsConfigFile.ServiceValue(services, "s3", "endpoint_url", environment) : null;
            return new AwsProfile(
                name,
                profile.Region?.SystemName,
                endpoint ?? profile.EndpointUrl,
                AwsConfigFile.IsTrue(AwsConfigFile.Value(name, "ignore_configured_endpoint_urls", environment)),
                AwsConfigFile.Value(name, "ca_bundle", environment),
                open);
        }
        catch (Exception exception) when (exception is AmazonClientException or IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"The AWS configuration files could not be read: {exception.Message} Correct or remove them.", name, exception);
        }
    }
}
