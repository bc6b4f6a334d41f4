using System.Globalization;
using Amazon.Runtime;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>
/// Finds credentials at the first request, in the order of the AWS tools: the profile that a setting names; access keys in the environment; a web
/// identity; the profile of <c>AWS_PROFILE</c> or <c>AWS_DEFAULT_PROFILE</c>, or the default one; the container's; the machine's. Remembers what was found; that nothing was, only for
/// a moment: services that hand out credentials may be busy, or may not be up yet, and a training goes on for weeks.
/// </summary>
internal sealed class S3Credentials : AWSCredentials
{
    private static readonly TimeSpan FailureLife = TimeSpan.FromSeconds(5);

    private readonly Func<Search> _begin;
    private readonly TimeProvider _time;
    private Search _search;

    /// <param name="settings">May name a profile.</param>
    /// <param name="environment">Reads an environment variable; null when it is not set.</param>
    /// <param name="time">Measures how long it is remembered that nothing was found; null for the system's clock.</param>
    public S3Credentials(StoreSettings settings, Func<string, string?> environment, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _begin = () => new Search(() => FindAsync(settings, environment), _time);
        _search = _begin();
    }

    /// <summary>
    /// Forgets credentials that the store calls expired, so that the next request looks again: files may have new ones by now, services hand out new ones.
    /// </summary>
    /// <returns>Whether that can help; keys that do not expire are the same the next time.</returns>
    public bool Renew()
    {
        if (Volatile.Read(ref _search).Found is { Credentials: { } credentials })
        {
            if (credentials is BasicAWSCredentials)
                return false;
            (credentials as RefreshingAWSCredentials)?.ClearCredentials();
        }

        Volatile.Write(ref _search, _begin());
        return true;
    }

    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        var (found, source) = await FoundAsync().ConfigureAwait(false);
        try
        {
            return await found.GetCredentialsAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfCredentials(exception))
        {
            throw NotHad(source, exception);
        }
    }

    /// <summary>Where credentials were found, once it is certain that they can be had.</summary>
    public async Task<string> FindSourceAsync()
    {
        var (_, source) = await FoundAsync().ConfigureAwait(false);
        var credentials = await GetCredentialsAsync().ConfigureAwait(false);
        return credentials.UseToken ? source + ", for a session" : source;
    }

    /// <summary>What was found, or is found now. Of many that meet an old failure one looks again, and the others wait for it.</summary>
    private Task<FoundCredentials> FoundAsync()
    {
        var search = Volatile.Read(ref _search);
        if (search.FailedAt is { } failure && _time.GetElapsedTime(failure) >= FailureLife)
        {
            var again = _begin();
            var seen = Interlocked.CompareExchange(ref _search, again, search);
            search = seen == search ? again : seen;
        }

        return search.ResultAsync();
    }

    private static async Task<FoundCredentials> FindAsync(StoreSettings settings, Func<string, string?> environment)
    {
        if (settings.Profile is null && FromEnvironment(environment) is { } direct)
            return direct;
        var profile = AwsProfiles.Find(settings, environment);
        if (profile?.Open is { } open)
            return Open($"the profile '{profile.Name}'", open);
        if (settings.Profile is not null)
        {
            throw new TrainctlException(
                TrainctlError.CredentialsNotFound,
                $"The profile '{settings.Profile}' holds no credentials. Add them with 'aws configure --profile {settings.Profile}'.",
                settings.Profile);
        }

        if (environment.Value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") is not null || environment.Value("AWS_CONTAINER_CREDENTIALS_FULL_URI") is not null)
            return Open("the container", static () => new GenericContainerCredentials());
        if (await InstanceMetadata.AnswersAsync(environment).ConfigureAwait(false))
            return Open("the role of the machine", static () => new InstanceProfileAWSCredentials());
        throw new TrainctlException(
            TrainctlError.CredentialsNotFound,
            "No AWS credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or create a profile with 'aws configure' and name it in "
            + "AWS_PROFILE or the setting Profile.");
    }

    private static FoundCredentials? FromEnvironment(Func<string, string?> environment)
    {
        var id = environment.Value("AWS_ACCESS_KEY_ID");
        var secret = environment.Value("AWS_SECRET_ACCESS_KEY");
        if (id is not null && secret is not null)
        {
            return new(
                environment.Value("AWS_SESSION_TOKEN") is { } token ? new SessionAWSCredentials(id, secret, token) : new BasicAWSCredentials(id, secret),
                "the environment (AWS_ACCESS_KEY_ID)");
        }

        if (id is not null || secret is not null)
        {
            throw new TrainctlException(
                TrainctlError.CredentialsNotFound,
                $"{(id is null ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID")} is set and {(id is null ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY")} is not. "
                + "Set both, or neither to use a profile.");
        }

        if (environment.Value("AWS_WEB_IDENTITY_TOKEN_FILE") is not { } tokenFile || environment.Value("AWS_ROLE_ARN") is not { } role)
            return null;
        var session = environment.Value("AWS_ROLE_SESSION_NAME") ?? string.Create(CultureInfo.InvariantCulture, $"trainctl-{Guid.NewGuid():n}");
        return Open("a web identity (AWS_WEB_IDENTITY_TOKEN_FILE)", () => new AssumeRoleWithWebIdentityCredentials(tokenFile, role, session));
    }

    /// <summary>Some of the SDK's credentials are looked at, or fetched, when they are made.</summary>
    private static FoundCredentials Open(string source, Func<AWSCredentials> open)
    {
        try
        {
            return new(open(), source);
        }
        catch (Exception exception) when (IsOfCredentials(exception))
        {
            throw NotHad(source, exception);
        }
    }

    /// <summary>What the SDK throws where credentials cannot be had. Of a store it would be a bad moment, which is waited out, or a fault of this program.</summary>
    private static bool IsOfCredentials(Exception exception) => exception is AmazonClientException or AmazonServiceException or HttpRequestException or IOException
        or UnauthorizedAccessException or InvalidOperationException or InvalidDataException or ArgumentException;

    private static TrainctlException NotHad(string source, Exception exception) => new(
        TrainctlError.CredentialsNotFound,
        $"The AWS credentials of {source} could not be had: {ForeignText.WithoutUsers(Reason(exception))} Sign in again ('aws sso login'), or correct what is configured.",
        innerException: ForeignText.WithoutUsers(exception));

    /// <summary>Of what leads to another profile or file, the end says what is wrong.</summary>
    private static string Reason(Exception exception)
    {
        var end = exception;
        while (end.InnerException is InvalidDataException or IOException)
            end = end.InnerException;
        return end == exception ? exception.Message : $"{exception.Message} {end.Message}";
    }

    /// <param name="Credentials">What signs.</param>
    /// <param name="Source">Where they were found, for a person.</param>
    private sealed record FoundCredentials(AWSCredentials Credentials, string Source);

    /// <summary>One look for credentials, which begins when it is first asked for.</summary>
    private sealed class Search
    {
        private readonly Lazy<Task<FoundCredentials>> _result;
        private long _failedAt;

        public Search(Func<Task<FoundCredentials>> find, TimeProvider time) => _result = new(() => Task.Run(async () =>
        {
            try
            {
                return await find().ConfigureAwait(false);
            }
            catch
            {
                _failedAt = time.GetTimestamp();
                throw;
            }
        }));

        /// <summary>Null while nothing was found.</summary>
        public FoundCredentials? Found => _result is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result: var found } } ? found : null;

        /// <summary>When it ended with nothing, as the clock counts; null when it has not.</summary>
        public long? FailedAt => _result is { IsValueCreated: true, Value.IsFaulted: true } ? _failedAt : null;

        public Task<FoundCredentials> ResultAsync() => _result.Value;
    }
}
