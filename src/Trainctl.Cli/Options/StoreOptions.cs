using Trainctl.Cli.Commands;
using Trainctl.Storage;

namespace Trainctl.Cli.Options;

/// <summary>How to reach stores: the options behind <see cref="StoreSettings"/>.</summary>
internal static class StoreOptions
{
    private const string Group = "store";

    private static readonly Dictionary<string, StoreProvider> ProviderNames = new(StringComparer.Ordinal)
    {
        ["aws"] = StoreProvider.Aws,
        ["gcs"] = StoreProvider.Gcs,
        ["r2"] = StoreProvider.R2,
        ["minio"] = StoreProvider.Minio,
        ["ceph"] = StoreProvider.Ceph,
        ["seaweedfs"] = StoreProvider.Seaweedfs,
        ["other"] = StoreProvider.Other,
    };

    public static readonly Setting EndpointUrl = Setting.Text("--endpoint-url", "url", "Address of the S3 service, such as http://localhost:9000.", Group);
    public static readonly Setting Provider = Setting.Text(
        "--provider", "name", "Who made the service: aws, gcs, r2, minio, ceph, seaweedfs or other. Default: found out.", Group, [.. ProviderNames.Keys]);

    public static readonly Setting Region = Setting.Text("--region", "name", "Region, such as eu-central-1.", Group);
    public static readonly Setting Profile = Setting.Text("--profile", "name", "Named profile of the AWS configuration files.", Group);
    public static readonly Setting PathStyle = Setting.Text("--path-style", "true|false", "Whether the bucket is part of the path instead of the host name.", Group, ["true", "false"]);
    public static readonly Setting CaBundle = Setting.Place("--ca-bundle", "file", "The certificates to trust instead of the system's, in PEM form.", Group);
    public static readonly Setting NoSignRequest = Setting.Switch("--no-sign-request", "Ask without credentials, as for public buckets.", Group);
    public static readonly Setting RequestPayer = Setting.Switch("--request-payer", "Agree to pay for requests to a bucket whose owner does not.", Group);
    public static readonly Setting UnsignedPayload = Setting.Switch(
        "--unsigned-payload", "Leave content out of the signature also without TLS, where the store checks a CRC-64 of it.", Group);

    public static readonly Setting[] All = [EndpointUrl, Provider, Region, Profile, PathStyle, CaBundle, NoSignRequest, RequestPayer, UnsignedPayload];

    private static readonly string[] EndpointVariables = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];
    private static readonly string[] RegionVariables = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    private static readonly string[] ProfileVariables = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID"];
    private static readonly string[] WebIdentityVariables = ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"];
    private static readonly string[] CaBundleVariables = ["AWS_CA_BUNDLE"];

    /// <summary>The standard AWS variables are stronger than a file in the repository; the engine reads them where a value is null.</summary>
    public static StoreSettings Store(this Invocation run) => new()
    {
        EndpointUrl = run.UnlessStandard(EndpointUrl, EndpointVariables) ? run.Address(EndpointUrl) : null,
        Provider = run.Choice(Provider, ProviderNames),
        Region = run.UnlessStandard(Region, RegionVariables) ? run.Text(Region) : null,
        Profile = run.MayUseProfile() ? run.Text(Profile) : null,
        PathStyle = run.Text(PathStyle) is null ? null : run.Has(PathStyle),
        CaBundle = run.UnlessStandard(CaBundle, CaBundleVariables) ? run.Text(CaBundle) : null,
        Anonymous = run.Has(NoSignRequest),
        RequesterPays = run.Has(RequestPayer),
        UnsignedPayload = run.Has(UnsignedPayload),
    };

    /// <summary>Whoever has credentials from the environment, a job's web identity too, works with those, and not with what a file of the repository names.</summary>
    private static bool MayUseProfile(this Invocation run) =>
        run.UnlessStandard(Profile, run.IsGivenDirectly(NoSignRequest) ? null : ProfileVariables)
        && (run.IsGivenDirectly(Profile) || !Array.TrueForAll(WebIdentityVariables, name => run.Host.Environment(name) is { Length: > 0 }));

    /// <param name="run">This one.</param>
    /// <param name="setting">What a file of the repository may say.</param>
    /// <param name="variables">What is stronger than a file; null where something that was given is.</param>
    private static bool UnlessStandard(this Invocation run, Setting setting, string[]? variables) =>
        run.IsGivenDirectly(setting) || (variables is not null && !Array.Exists(variables, name => run.Host.Environment(name) is { Length: > 0 }));
}
