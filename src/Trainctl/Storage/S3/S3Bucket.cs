using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;
using Trainctl.Storage.S3.Http.Xml;
using Trainctl.Storage.S3.Retrying;
using Trainctl.Transfer;
using RetryPolicy = Trainctl.Storage.S3.Retrying.RetryPolicy;

namespace Trainctl.Storage.S3;

/// <summary>The two ways to one region of a store: our own for bodies, listings and deletions, the SDK for what is asked seldom, if at all.</summary>
internal sealed class S3Site(Lazy<AmazonS3Client> client, S3Transport transport) : IDisposable
{
    public IAmazonS3 Client => client.Value;

    public S3Transport Transport => transport;

    public void Dispose()
    {
        if (client.IsValueCreated)
            client.Value.Dispose();
    }
}

/// <summary>One bucket and prefix: where keys get their prefix, failures their names, and failed requests their other attempts.</summary>
internal sealed class S3Bucket : IDisposable
{
    private const string NoFile = "the store keeps objects as files, and takes a key with a line break, an empty segment, '.' or '..' for another one, or for none";
    private const string OutOfReach = "the key begins with '/', and the AWS SDK cannot send such a key where the bucket is part of the path";

    private readonly Func<S3Connection, S3Site> _reach;
    private readonly EngineHost _host;
    private readonly RetryBudget _budget;
    private readonly Lock _moving = new();
    private volatile S3Site _site;
    private volatile bool _exists;
    private volatile bool _hasAnswered;
    private bool _hasMoved;

    /// <param name="root">What the keys of the store are relative to.</param>
    /// <param name="connection">How the bucket is reached at first.</param>
    /// <param name="reach">Makes the ways to it; once more when it turns out to be in another region.</param>
    /// <param name="host">For its log and its clock.</param>
    public S3Bucket(ObjectUrl root, S3Connection connection, Func<S3Connection, S3Site> reach, EngineHost host)
    {
        _reach = reach;
        _host = host;
        _budget = new RetryBudget(host.Time, host.Log);
        _site = reach(connection);
        Root = root;
        Connection = connection;
        Prefix = root.Path.Length == 0 ? "" : root.Path + "/";
        PrefixBytes = Encoding.UTF8.GetByteCount(Prefix);
    }

    public ObjectUrl Root { get; }

    public S3Connection Connection { get; private set; }

    public ITrainctlLog Log => _host.Log;

    /// <summary>Measures connections that do not get on.</summary>
    public TimeProvider NetworkTime => _host.NetworkTime;

    /// <summary>The time by the clock of this machine or that of the store, whichever is ahead.</summary>
    public DateTimeOffset LatestNow
    {
        get
        {
            var ahead = StoreClock.Shared.DifferenceTo(Address.Authority);
            return _host.Time.GetUtcNow() + (ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero);
        }
    }

    /// <summary>What its client signs with; null when nobody said.</summary>
    public S3Credentials? Credentials { get; init; }

    /// <summary>How fast content may come and go; null for no limit.</summary>
    public Bandwidth? Bandwidth { get; set; }

    public string Name => Root.Bucket;

    /// <summary>What every key of the store begins with in the bucket.</summary>
    public string Prefix { get; }

    public int PrefixBytes { get; }

    /// <summary>Whether the bucket is known to be there, so that 404 means an object.</summary>
    public bool Exists => _exists;

    /// <summary>Where it is asked.</summary>
    public Uri Address => _site.Transport.Address;

    public string FullKey(string key) => Prefix + key;

    public string? RefusalOf(string key) => ImpossibilityOf(key) ?? (IsOutOfReach(key) ? OutOfReach : null);

    /// <summary>Why no object of the store can have a key, as half a sentence; null when one can.</summary>
    public string? ImpossibilityOf(string key) =>
        KeyRules.RefusalOf(key, PrefixBytes) ?? (IsTakenForAnother(FullKey(key), Connection.KeysAreFiles, Connection.KeysAreLines) ? NoFile : null);

    /// <summary>Gets an answer, where nobody knows yet whose service it is and the key of a request could be taken for another object's.</summary>
    public async ValueTask MeetAsync(string key, CancellationToken cancellationToken)
    {
        if (_hasAnswered || !Connection.IsKnownByAnswers || !IsTakenForAnother(FullKey(key), areFiles: true, areLines: true))
            return;
        try
        {
            using var answer = await SendAsync("Looking at", null, new S3Request(HttpMethod.Head, null), cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException)
        {
            // That is an answer too, and what was really asked for fails likewise.
        }
    }

    /// <exception cref="TrainctlException">No object of that name can be stored.</exception>
    public async ValueTask ThrowIfRefusedAsync(string key, CancellationToken cancellationToken)
    {
        await MeetAsync(key, cancellationToken).ConfigureAwait(false);
        if (RefusalOf(key) is { } reason)
            throw new TrainctlException(TrainctlError.UnsafeKey, $"'{key}' cannot be stored in '{Root}': {reason}.", key);
    }

    /// <summary>
    /// Makes one call by the SDK, as often as <see cref="RetryPolicy"/> says. Cancellation passes through; every other failure becomes a
    /// <see cref="TrainctlException"/>.
    /// </summary>
    /// <param name="verb">For the message: Reading, Writing, Listing.</param>
    /// <param name="key">Relative to the root; null where the call is about the bucket.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<T> CallAsync<T>(string verb, string? key, Func<IAmazonS3, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        if (key is not null && IsOutOfReach(key))
            throw new TrainctlException(TrainctlError.UnsafeKey, $"{verb} '{Root.Append(key)}' failed: {OutOfReach}. Open the store at another root, or rename the object.", key);
        return RepeatAsync(verb, key, (site, token) => call(site.Client, token), cancellationToken);
    }

    /// <summary>Sends one request past the SDK, likewise.</summary>
    /// <returns>An answer of success, its body not yet read. The caller disposes it.</returns>
    public Task<HttpResponseMessage> SendAsync(string verb, string? key, S3Request request, CancellationToken cancellationToken)
    {
        request.Bandwidth = Bandwidth;
        return RepeatAsync(verb, key, (site, token) => SendOnceAsync(site.Transport, request, token), cancellationToken);
    }

    /// <summary>Sends one request past the SDK and reads the XML that answers it; both again when either fails.</summary>
    /// <param name="verb">As for <see cref="CallAsync"/>.</param>
    /// <param name="key">As for <see cref="CallAsync"/>.</param>
    /// <param name="request">The request.</param>
    /// <param name="begin">Makes what takes the answer, for each attempt.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<T> ReadAsync<T>(string verb, string? key, S3Request request, Func<T> begin, CancellationToken cancellationToken)
        where T : IAnswerContent => RepeatAsync(
        verb,
        key,
        (site, token) => ReadOnceAsync(site.Transport, request, begin, token),
        cancellationToken);

    /// <summary>Makes attempts past the SDK, likewise, that decide each time what they send: what was right for the first need not be so after minutes of outage.</summary>
    /// <param name="verb">As for <see cref="CallAsync"/>.</param>
    /// <param name="key">As for <see cref="CallAsync"/>.</param>
    /// <param name="attempt">Sends one request at most, and may ask for other things before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<T> AttemptAsync<T>(string verb, string? key, Func<S3Transport, CancellationToken, Task<T>> attempt, CancellationToken cancellationToken) =>
        RepeatAsync(verb, key, (site, token) => attempt(site.Transport, token), cancellationToken);

    /// <summary>Sends one request and reads the XML that answers it, once.</summary>
    public async Task<T> ReadOnceAsync<T>(S3Transport transport, S3Request request, Func<T> begin, CancellationToken cancellationToken)
        where T : IAnswerContent
    {
        using var answer = await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var content = begin();
        await AnswerXml.ReadAsync(answer, content, request.AnswerPatience ?? request.Patience, NetworkTime, cancellationToken).ConfigureAwait(false);
        return content;
    }

    public TrainctlException Translate(Exception exception, string verb, string? key) =>
        S3Errors.Translate(exception, new S3Call(verb, key is null ? Root : Root.Append(key), key, Connection));

    /// <summary>An answer that is none of S3.</summary>
    public TrainctlException Rejected(string verb, string key, string what) => new(
        TrainctlError.StoreRejected, $"{verb} '{Root.Append(key)}' failed: {what}. Trainctl cannot work with such a store safely.", key);

    /// <summary>Waits until a request may be sent again, and does what makes it worth while.</summary>
    /// <param name="exception">How it failed.</param>
    /// <param name="attempt">How many times it failed so, as <see cref="FailureCount"/> counts.</param>
    /// <param name="site">Where it was sent to; null where it cannot be elsewhere.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="pauses">How many times it waited, where that is more than it failed so.</param>
    /// <returns>False when it would fail again, or did so too often, or when the store was given up.</returns>
    public async ValueTask<bool> MayRepeatAsync(Exception exception, int attempt, S3Site? site, CancellationToken cancellationToken, int pauses = 0)
    {
        var kind = S3Errors.KindOf(exception);
        if (_budget.IsSpent || RetryPolicy.DelayAfter(kind, attempt, _hasAnswered, Random.Shared.NextDouble(), pauses) is not { } delay)
            return false;
        if (kind == FailureKind.CredentialsExpired && Credentials?.Renew() != true)
            return false;
        if (kind == FailureKind.Elsewhere && S3Errors.IsAtAnotherAddress(exception, Connection))
            return false;
        if (kind == FailureKind.Elsewhere && !(site is not null && await FindRegionAsync(exception, site, cancellationToken).ConfigureAwait(false) is { } region && TryMove(site, region)))
            return false;
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, _host.Time, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public void Dispose() => _site.Dispose();

    /// <summary>
    /// Sends one request; content again at once with Content-MD5, where the answer shows that it has to have that: the bucket demands it, or the service checks no other proof of it. Whatever comes
    /// later has it from the beginning.
    /// </summary>
    private async Task<HttpResponseMessage> SendOnceAsync(S3Transport transport, S3Request request, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (request.Body is null || Connection.Provider.HashesSignedContent || PayloadProof.IsBesideSignature(request))
                return answer;
            answer.Dispose();
        }
        catch (AmazonS3Exception refusal) when (request.Body is not null && !PayloadProof.IsBesideSignature(request) && S3Errors.DemandsMd5(refusal))
        {
            lock (_moving)
                Connection = Connection with { DemandsMd5 = true };
        }

        var md5 = await request.Body.HashAsync(HashAlgorithmName.MD5, cancellationToken).ConfigureAwait(false);
        return await transport.SendAsync(request.With(PayloadProof.Md5Header, Convert.ToBase64String(md5)), cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> RepeatAsync<T>(string verb, string? key, Func<S3Site, CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        if (!_budget.MaySend())
            throw GivenUp(verb, key);
        var failures = default(FailureCount);
        var returns = -1;
        while (true)
        {
            var site = _site;
            try
            {
                var answer = await send(site, cancellationToken).ConfigureAwait(false);
                _exists = _hasAnswered = true;
                _budget.Answered();
                return answer;
            }
            catch (Exception exception) when (S3Errors.IsStoreError(exception))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _hasAnswered |= exception is AmazonServiceException { StatusCode: not 0 };
                var attempt = failures.Add(S3Errors.KindOf(exception), S3Errors.IsOfStore(exception) && _budget.IsOfStore(returns));
                Account(exception);
                returns = _budget.Returns;
                if (!await MayRepeatAsync(exception, attempt, site, cancellationToken, failures.Pauses).ConfigureAwait(false))
                    throw Translate(exception, verb, key);
                Log.Debug($"{verb} '{(key is null ? Root : Root.Append(key))}' is tried again (attempt {failures.Total + 1}): {ForeignText.WithoutUsers(exception.Message)}");
            }
        }
    }

    /// <summary>A refusal shows that the store is there; nothing can be told from a certificate that is refused here.</summary>
    private void Account(Exception exception)
    {
        if (S3Errors.KindOf(exception) is FailureKind.Transient or FailureKind.Throttled or FailureKind.Garbled or FailureKind.Unreachable)
            _budget.Failed(S3Errors.Describe(exception, new S3Call("", Root, null, Connection)));
        else if (exception is AmazonServiceException { StatusCode: not 0 })
            _budget.Answered();
    }

    private TrainctlException GivenUp(string verb, string? key) => new(
        TrainctlError.StoreUnavailable,
        $"{verb} '{(key is null ? Root : Root.Append(key))}' was not tried: {_budget.Reason}. Run again when the store works; what is done will not be done twice.",
        key);

    /// <summary>The region that an answer names. The SDK drops it, so the bucket is asked then; null when it does not tell either.</summary>
    private static async ValueTask<string?> FindRegionAsync(Exception exception, S3Site site, CancellationToken cancellationToken)
    {
        if (S3Errors.RegionOf(exception) is { } named)
            return named;
        try
        {
            using var answer = await site.Transport.SendAsync(new S3Request(HttpMethod.Head, null), cancellationToken).ConfigureAwait(false);
            return answer.Header(AnswerHeaders.Region);
        }
        catch (Exception failure) when (S3Errors.IsStoreError(failure))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return S3Errors.RegionOf(failure);
        }
    }

    /// <summary>Goes to another region, once and saying so; a second time the store contradicts itself.</summary>
    private bool TryMove(S3Site site, string region)
    {
        lock (_moving)
        {
            if (_site != site)
                return true;
            if (_hasMoved || region == Connection.Region)
                return false;
            Log.Warning($"The bucket '{Name}' is in the region '{region}' and not in '{Connection.Region}': its requests go there now. Set AWS_REGION or the setting Region to save the detour.");
            _hasMoved = true;
            Connection = Connection with { Region = region };
            _site = _reach(Connection);
            return true;
        }
    }

    private static bool IsTakenForAnother(string fullKey, bool areFiles, bool areLines) => (areFiles && !KeyRules.NamesFile(fullKey)) || (areLines && !KeyRules.IsLine(fullKey));

    /// <summary>
    /// AmazonServiceClient.ComposeUrl writes one slash where the signature has two: <c>/bucket</c> and <c>/key</c> become <c>/bucket/key</c>.
    /// </summary>
    private bool IsOutOfReach(string key) => Connection.PathStyle && (Prefix.Length == 0 ? key : Prefix).StartsWith('/');
}
