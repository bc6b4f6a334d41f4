using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>Where requests go and how they are formed, decided from settings, environment and profile, in this order. Contacts nobody.</summary>
internal sealed record S3Connection
{
    private static readonly string[] Encryptions = ["AES256", "aws:kms", "aws:kms:dsse"];
    private static readonly Uri GoogleEndpoint = new("https://storage.googleapis.com");

    private readonly ProviderProfile _provider = ProviderProfile.Other;

    /// <summary>
    /// How the service is asked. Where neither a setting nor the address tells, it is <see cref="ProviderProfile.Other"/> until the service is known by an
    /// answer.
    /// </summary>
    public required ProviderProfile Provider
    {
        get => ProviderSource == ProviderSource.Answers ? ProviderRecognition.At(Authority) ?? _provider : _provider;
        init => _provider = value;
    }

    public ProviderSource ProviderSource { get; init; }

    /// <summary>
    /// Whether keys are taken for names of files, and so for one another, by what the service is said to be or by its answers: a service that is like AWS in what it checks
    /// may keep objects as files all the same.
    /// </summary>
    public bool KeysAreFiles => Provider.KeysAreFiles || ProviderRecognition.At(Authority) is { KeysAreFiles: true };

    /// <summary>Likewise whether a line break ends a key.</summary>
    public bool KeysAreLines => Provider.KeysAreLines || ProviderRecognition.At(Authority) is { KeysAreLines: true };

    /// <summary>Whether answers may tell more of the service than its address does.</summary>
    public bool IsKnownByAnswers => ProviderSource != ProviderSource.Address && Authority.Length > 0;

    /// <summary>Host and port that requests go to; empty for AWS.</summary>
    public string Authority { get; init; } = "";

    /// <summary>The authorities to trust; null for those of the system.</summary>
    public CaBundle? CaBundle { get; init; }

    /// <summary>What <c>NO_PROXY</c> says; null for nothing.</summary>
    public string? NoProxy { get; init; }

    /// <summary>Null: AWS, found by the region.</summary>
    public required Uri? Endpoint { get; init; }

    public required string Region { get; init; }

    public required bool PathStyle { get; init; }

    public bool IsAnonymous { get; init; }

    public bool RequesterPays { get; init; }

    /// <summary>How the store encrypts what is written; null: as the bucket says.</summary>
    public string? ServerSideEncryption { get; init; }

    public string? KmsKeyId { get; init; }

    /// <summary>Whether requests are encrypted on their way.</summary>
    public bool IsEncrypted => Endpoint is null || Endpoint.Scheme == Uri.UriSchemeHttps;

    /// <summary>Whether content may go unsigned without encryption too: <see cref="StoreSettings.UnsignedPayload"/>.</summary>
    public bool IsNetworkTrusted { get; init; }

    /// <summary>Whether requests go without a signed digest of their content.</summary>
    public bool IsPayloadUnsigned => (IsEncrypted || IsNetworkTrusted) && Provider.TakesUnsignedPayloads;

    /// <summary>
    /// Whether the bucket refused content that came without Content-MD5: one that keeps all that is written for some time (Object Lock) does, and the signature is not enough for it.
    /// </summary>
    public bool DemandsMd5 { get; init; }

    /// <summary>What the service checks content by as it arrives.</summary>
    public ProofKind Proof => Provider.TakesCrc64 ? ProofKind.Crc64
        : IsPayloadUnsigned || IsAnonymous || DemandsMd5 || !Provider.HashesSignedContent ? ProofKind.Md5
        : ProofKind.Signature;

    /// <summary>For messages.</summary>
    public string Host => Endpoint?.Authority ?? $"AWS in {Region}";

    public static S3Connection Resolve(ObjectUrl url, StoreSettings settings, EngineHost host)
    {
        ThrowIfInvalid(settings);
        var environment = host.Environment;
        var profile = AwsProfiles.Find(settings, environment);
        var endpoint = url.Kind == StoreKind.Gcs ? GoogleEndpoint : FindEndpoint(settings, environment, profile);
        var (provider, source) = FindProvider(url, settings, endpoint);
        ThrowIfUnproven(url, settings, provider);
        var pathStyle = settings.PathStyle ?? provider.PathStyle;
        return new S3Connection
        {
            Provider = provider,
            ProviderSource = source,
            Authority = endpoint is null ? "" : pathStyle ? endpoint.Authority : $"{url.Bucket}.{endpoint.Authority}",
            CaBundle = FindCaBundle(settings, host, profile, endpoint),
            NoProxy = environment.Value("no_proxy") ?? environment.Value("NO_PROXY"),
            Endpoint = endpoint,
            Region = settings.Region ?? environment.Value("AWS_REGION") ?? environment.Value("AWS_DEFAULT_REGION") ?? profile?.Region
                ?? provider.DefaultRegion,
            PathStyle = pathStyle,
            IsAnonymous = settings.Anonymous,
            RequesterPays = settings.RequesterPays,
            IsNetworkTrusted = settings.UnsignedPayload,
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

    private static void ThrowIfUnproven(ObjectUrl url, StoreSettings settings, ProviderProfile provider)
    {
        if (!settings.UnsignedPayload || url.Kind == StoreKind.Gcs || provider.TakesCrc64)
            return;
        throw new TrainctlException(
            TrainctlError.InvalidSetting,
            $"UnsignedPayload is set, and '{url}' is not known to check a CRC-64/NVME of what arrives, so the signature is all that proves content there. "
                + "Leave it out, or set Provider to aws if the service does so.",
            nameof(settings.UnsignedPayload));
    }

    /// <summary>A setting says more than an address, and both more than answers do.</summary>
    private static (ProviderProfile, ProviderSource) FindProvider(ObjectUrl url, StoreSettings settings, Uri? endpoint)
    {
        if (settings.Provider is not { } given || url.Kind == StoreKind.Gcs)
            return ProviderProfile.Of(endpoint) is var known && known == ProviderProfile.Other ? (known, ProviderSource.Answers) : (known, ProviderSource.Address);
        if (endpoint is null && given != StoreProvider.Aws)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"Provider is {given}, and no address of a service is set, so that requests would go to AWS. Set EndpointUrl or AWS_ENDPOINT_URL_S3.",
                nameof(settings.Provider));
        }

        return (ProviderProfile.Of(given), ProviderSource.Setting);
    }

    /// <summary>Without encryption, what the surroundings say of certificates is about other services; reading 140 of them takes 15 ms.</summary>
    private static CaBundle? FindCaBundle(StoreSettings settings, EngineHost host, AwsProfile? profile, Uri? endpoint)
    {
        if (settings.CaBundle is { Length: > 0 } given)
            return CaBundle.Read(given, nameof(settings.CaBundle), host);
        if (endpoint?.Scheme == Uri.UriSchemeHttp)
            return null;
        if (host.Environment.Value("AWS_CA_BUNDLE") is { } variable)
            return CaBundle.Read(variable, "AWS_CA_BUNDLE", host);
        return profile?.CaBundle is { } configured ? CaBundle.Read(configured, $"ca_bundle of the profile '{profile.Name}'", host) : null;
    }

    private static Uri? FindEndpoint(StoreSettings settings, Func<string, string?> environment, AwsProfile? profile)
    {
        if (settings.EndpointUrl is { } given)
            return Checked(given.OriginalString, "EndpointUrl");
        if (environment.Value("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") is { } ignore ? AwsConfigFile.IsTrue(ignore) : profile?.IgnoresEndpointUrls == true)
            return null;
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

/// <summary>How it is known who made a service.</summary>
internal enum ProviderSource
{
    /// <summary>By its address.</summary>
    Address,

    /// <summary>A setting says so.</summary>
    Setting,

    /// <summary>By its answers, if at all.</summary>
    Answers,
}
