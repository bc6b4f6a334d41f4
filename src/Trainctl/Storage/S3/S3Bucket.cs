using System.Text;
using Amazon.S3;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>One bucket and prefix through one client: where keys get their prefix and failures their names.</summary>
internal sealed class S3Bucket : IDisposable
{
    private const string OutOfReach = "the key begins with '/', and the AWS SDK cannot send such a key where the bucket is part of the path";

    private readonly IAmazonS3 _client;
    private volatile bool _exists;

    public S3Bucket(IAmazonS3 client, ObjectUrl root, S3Connection connection, ITrainctlLog log)
    {
        _client = client;
        Root = root;
        Connection = connection;
        Log = log;
        Prefix = root.Path.Length == 0 ? "" : root.Path + "/";
        PrefixBytes = Encoding.UTF8.GetByteCount(Prefix);
    }

    public ObjectUrl Root { get; }

    public S3Connection Connection { get; }

    public ITrainctlLog Log { get; }

    /// <summary>What its client signs with; null when nobody said.</summary>
    public S3Credentials? Credentials { get; init; }

    public string Name => Root.Bucket;

    /// <summary>What every key of the store begins with in the bucket.</summary>
    public string Prefix { get; }

    public int PrefixBytes { get; }

    /// <summary>Whether the bucket is known to be there, so that 404 means an object.</summary>
    public bool Exists => _exists;

    public string FullKey(string key) => Prefix + key;

    public string? RefusalOf(string key) => KeyRules.RefusalOf(key, PrefixBytes) ?? (IsOutOfReach(key) ? OutOfReach : null);

    /// <summary>Makes one call. Cancellation passes through; every other failure becomes a <see cref="TrainctlException"/>.</summary>
    /// <param name="verb">For the message: Reading, Writing, Listing.</param>
    /// <param name="key">Relative to the root; null where the call is about the bucket.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<T> CallAsync<T>(
        string verb, string? key, Func<IAmazonS3, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        if (key is not null && IsOutOfReach(key))
            throw new TrainctlException(TrainctlError.UnsafeKey, $"{verb} '{Root.Append(key)}' failed: {OutOfReach}. Open the store at another root, or rename the object.", key);
        try
        {
            var answer = await call(_client, cancellationToken).ConfigureAwait(false);
            _exists = true;
            return answer;
        }
        catch (Exception exception) when (S3Errors.IsStoreError(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw S3Errors.Translate(exception, new S3Call(verb, key is null ? Root : Root.Append(key), key, Connection));
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>
    /// AmazonServiceClient.ComposeUrl writes one slash where the signature has two: <c>/bucket</c> and <c>/key</c> become <c>/bucket/key</c>.
    /// </summary>
    private bool IsOutOfReach(string key) => Prefix.Length == 0 && Connection.PathStyle && key.StartsWith('/');
}
