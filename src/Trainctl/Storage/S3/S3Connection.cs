using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>Where requests go and how they are formed, decided from settings, environment and profile, in this order. Contacts nobody.</summary>
internal sealed record S3Connection
{
    private static readonly string[] Encryptions = ["AES256", "aws:kms", "aws:kms:dsse"];
    private static readonly Uri GoogleEndpoint = new("https://storage.googleapis.com");

    public required ProviderProfile Provider { get; init; }

    /// <summary>Null: AWS, found by the region.</summary>
    public required Uri? Endpoint { get; init; }

    public required string Region { get; init; }

    public required bool PathStyle { get; init; }

    public bool IsAnonymous { get; init; }

    public bool RequesterPays { get; init; }

    /// <summary>How the store encrypts what is written; null: as the bucket says.</summary>
    public string? ServerSideEncryption { get; init; }

    public string? KmsKeyId { get; init; }

    /// <summary>Whether requests are encrypted on their way, and so need not carry a signed digest of their content.</summary>
    public bool IsEncrypted => Endpoint is null || Endpoint.Scheme == Uri.UriSchemeHttps;

    /// <summary>For messages.</summary>
    public string Host => Endpoint?.Authority ?? $"AWS in {Region}";

    public static S3Connection Resolve(ObjectUrl url, StoreSettings settings, EngineHost host)
    {
        ThrowIfInvalid(settings);
        var environment = host.Environment;
        var profile = AwsProfiles.Find(settings, environment);
        var endpoint = url.Kind == StoreKind.Gcs ? GoogleEndpoint : FindEndpoint(settings, environment, profile);
        var provider = ProviderProfile.Of(endpoint);
        return new S3Connection
        {
            Provider = provider,
            Endpoint = endpoint,
            Region = settings.Region ?? environment.Value("AWS_REGION") ?? environment.Value("AWS_DEFAULT_REGION") ?? profile?.Region
                ?? provider.DefaultRegion,
            PathStyle = settings.PathStyle ?? provider.PathStyle,
            IsAnonymous = settings.Anonymous,
            RequesterPays = settings.RequesterPays,
            ServerSideEncryption = settings.ServerSideEncryption,
            KmsKeyId = settings.KmsKeyId,
        };
    }

    private static void ThrowIfInvalid(StoreSettings settings)
    {
        if (settings.ServerSideEncryption is { } method && !Encryptions.Contains(method))
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"ServerSideEncryption is '{method}'; it must be one of {string.Join(", ", Encryptions)}, or not set.",
                nameof(settings.ServerSideEncryption));
        }

        if (settings.KmsKeyId is not null && settings.ServerSideEncryption is null or "AES256")
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, "KmsKeyId is set, and ServerSideEncryption is not aws:kms, so it would mean nothing.", nameof(settings.KmsKeyId));
        }

        if (settings.Anonymous && settings.Profile is not null)
            throw new TrainctlException(TrainctlError.InvalidSetting, "Anonymous and Profile are both set; choose one.", nameof(settings.Anonymous));
    }

    private static Uri? FindEndpoint(StoreSettings settings, Func<string, string?> environment, AwsProfile? profile)
    {
        if (settings.EndpointUrl is { } given)
            return Checked(given.OriginalString, "EndpointUrl");
        foreach (var variable in (ReadOnlySpan<string>)["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])
        {
            if (environment.Value(variable) is { } text)
                return Checked(text, variable);
        }

        return profile?.EndpointUrl is { } configured ? Checked(configured, $"endpoint_url of the profile '{profile.Name}'") : null;
    }

    private static Uri Checked(string text, string source)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https") || endpoint.Host.Length == 0)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"{source} is '{Shown(text)}', which is no address of a service. Write it like http://localhost:9000.", source);
        }

        if (endpoint.UserInfo.Length > 0)
        {
            // The text is not shown: it holds a password.
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"{source} holds a user name or password. Remove it from the address and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile.",
                source);
        }

        if (endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"{source} is '{Shown(text)}', and an address of a service has no '?' or '#'. Write it like http://localhost:9000.", source);
        }

        return endpoint;
    }

    /// <summary>The text without what may be a secret in it: a user's name and password, a query.</summary>
    private static string Shown(string text)
    {
        var end = text.AsSpan().IndexOfAny('?', '#');
        var address = end < 0 ? text : $"{text[..end]}{text[end]}...";
        var user = address.LastIndexOf('@');
        return user < 0 ? address : $"...{address[user..]}";
    }
}
