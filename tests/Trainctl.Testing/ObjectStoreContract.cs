using NUnit.Framework;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Testing;

/// <summary>
/// What every <see cref="IObjectStore"/> must do: one test per statement of the contract. A concrete fixture says how its store is made and where
/// its store may differ.
/// </summary>
public abstract partial class ObjectStoreContract
{
    private static readonly DateTimeOffset SomeTime = new(new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc).AddTicks(1234567));

    /// <summary>The store under test; a new and empty one for each test.</summary>
    protected IObjectStore Store { get; private set; } = null!;

    /// <summary>How finely the store keeps <see cref="PutOptions.ContentModifiedAt"/>.</summary>
    protected virtual TimeSpan ContentTimeResolution => TimeSpan.FromTicks(1);

    /// <summary>Size of the parts that multipart tests write.</summary>
    protected virtual int PartSize => (int)Math.Max(Store.Traits.MinPartSizeBytes, 64 * 1024);

    /// <summary>Keys that the store must refuse.</summary>
    protected virtual IEnumerable<string> RefusedKeys => ["", "half\uD83D", "\uDE00half"];

    /// <summary>Keys full of characters that have a meaning somewhere.</summary>
    protected virtual IEnumerable<string> OddKeys =>
    [
        "a space", " begins with one", "ends with one ", "a+plus", "100%", "%41", "%2e%2e", "%2F", "a#b", "a?b=c&d", "it's", "\"quoted\"", "a;b",
        "{x}[y]^~", "a=b,c:d@e", "$HOME!*", "a|b`c\\d<e>", "a&amp;b", "tab\there", "line\nbreak", "return\rhere", "bell\a", "delete\u007f", "next\u0085line",
        "Stra\u00dfe", "caf\u00e9", "cafe\u0301", "日本語/文書", "\U0001F600/\U0001F680.bin", "ﬀ～", "\ufffd", "a..b", "...", ".hidden", "-rf", "folder/ /x", ThousandBytes,
    ];

    /// <summary>A key of 1,000 bytes whose segments are short enough to be file names.</summary>
    protected static string ThousandBytes { get; } = string.Join('/', Enumerable.Repeat(new string('k', 199), 5)) + "k";

    protected abstract Task<IObjectStore> CreateEmptyStoreAsync();

    /// <summary>A store whose bucket or folder does not exist; null where there can be none.</summary>
    protected virtual Task<IObjectStore?> OpenMissingStoreAsync() => Task.FromResult<IObjectStore?>(null);

    /// <summary>How many unfinished writes the store holds: temporary files, open uploads.</summary>
    protected virtual Task<int> CountUnfinishedWritesAsync() => Task.FromResult(0);

    [SetUp]
    public async Task CreateStoreAsync() => Store = await CreateEmptyStoreAsync();

    [TearDown]
    public async Task DisposeStoreAsync()
    {
        if (Store is not null)
            await Store.DisposeAsync();
    }

    protected static byte[] RandomBytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected static byte[] Text(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    protected Task<StoredObject> PutAsync(string key, string content = "content") => Store.PutAsync(key, Text(content), new PutOptions());

    protected Task PutAllAsync(IEnumerable<string> keys) => Parallel.ForEachAsync(
        keys, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (key, token) => await Store.PutAsync(key, Text(key), new PutOptions(), token));

    protected async Task<List<StoredObject>> ListAsync(string prefix = "", CancellationToken cancellationToken = default)
    {
        var found = new List<StoredObject>();
        await foreach (var item in Store.ListAsync(new ListRequest { Prefix = prefix }, cancellationToken))
            found.Add(item);
        return found;
    }

    protected async Task<List<string>> KeysAsync(string prefix = "") => [.. (await ListAsync(prefix)).Select(static o => o.Key)];

    protected async Task<byte[]> ReadAsync(string key, ByteRange? range = null, string? ifMatch = null)
    {
        await using var stream = await Store.OpenReadAsync(key, range, ifMatch);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    protected static async Task<TrainctlException> FailureOfAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (TrainctlException exception)
        {
            return exception;
        }

        throw new AssertionException("No TrainctlException was thrown.");
    }

    protected static async Task AssertFailsAsync(TrainctlError error, Func<Task> action) =>
        Assert.That((await FailureOfAsync(action)).Error, Is.EqualTo(error));

    /// <summary>Cancellation must come through as such, not as an error of the store.</summary>
    protected static async Task AssertCancelsAsync(Func<CancellationToken, Task> action)
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        try
        {
            await action(source.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Assert.Fail("No OperationCanceledException was thrown.");
    }
}
