using Trainctl.Cli.Commands;
using Trainctl.Storage;

namespace Trainctl.Cli.Options;

/// <summary>How to reach stores: the options behind <see cref="StoreSettings"/>.</summary>
internal static class StoreOptions
{
    private const string Group = "store";

    public static readonly Setting EndpointUrl = Setting.Text("--endpoint-url", "url", "Address of the S3 service, such as http://localhost:9000.", Group);
    public static readonly Setting Region = Setting.Text("--region", "name", "Region, such as eu-central-1.", Group);
    public static readonly Setting Profile = Setting.Text("--profile", "name", "Named profile of the AWS configuration files.", Group);
    public static readonly Setting PathStyle = Setting.Text("--path-style", "true|false", "Whether the bucket is part of the path instead of the host name.", Group, ["true", "false"]);
    public static readonly Setting NoSignRequest = Setting.Switch("--no-sign-request", "Ask without credentials, as for public buckets.", Group);
    public static readonly Setting RequestPayer = Setting.Switch("--request-payer", "Agree to pay for requests to a bucket whose owner does not.", Group);

    public static readonly Setting[] All = [EndpointUrl, Region, Profile, PathStyle, NoSignRequest, RequestPayer];

    private static readonly string[] EndpointVariables = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];
    private static readonly string[] RegionVariables = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    private static readonly string[] ProfileVariables = ["AWS_PROFILE", "AWS_ACCESS_KEY_ID"];

    /// <summary>The standard AWS variables are stronger than a file in the repository; the engine reads them where a value is null.</summary>
    public static StoreSettings Store(this Invocation run) => new()
    {
        EndpointUrl = run.UnlessStandard(EndpointUrl, EndpointVariables) ? run.Address(EndpointUrl) : null,
        Region = run.UnlessStandard(Region, RegionVariables) ? run.Text(Region) : null,
        Profile = run.UnlessStandard(Profile, ProfileVariables) ? run.Text(Profile) : null,
        PathStyle = run.Text(PathStyle) is null ? null : run.Has(PathStyle),
        Anonymous = run.Has(NoSignRequest),
        RequesterPays = run.Has(RequestPayer),
    };

    private static bool UnlessStandard(this Invocation run, Setting setting, string[] variables) =>
        run.IsGivenDirectly(setting) || !Array.Exists(variables, name => run.Host.Environment(name) is { Length: > 0 });
}
