using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Transfer;
using Trainctl.Transfer.Scheduling;

namespace Trainctl.Tests.Transfer;

/// <summary>However many objects wait, no more is in flight than the settings and the documentation say.</summary>
public sealed class TransferLimitTests
{
    private const int MiB = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private HeldSource _source = null!;
    private MemoryStore _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _source = new HeldSource();
        _destination = new MemoryStore("s3://destination");
    }

    [TearDown]
    public async Task TearDown()
    {
        await _source.DisposeAsync();
        await _destination.DisposeAsync();
    }

    /// <summary>With a store that is far, more small objects are moved at once than may be in memory when they are as large as small ones are.</summary>
    [Test]
    public async Task Small_objects_in_flight_are_never_more_than_64_MiB_together()
    {
        const int doubled = 2 * ConcurrencyController.First;
        const long most = 64L * MiB;
        var isListed = new TaskCompletionSource();
        var mayBeLarge = new TaskCompletionSource();
        var run = RunAsync(Listing(), TransferSettings.Default with { Backend = TransferBackend.BuiltIn });
        await isListed.Task.WaitAsync(Patience);

        // Two rounds in which nothing queues: then twice as many are tried.
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await _source.WaitForAsync(ConcurrencyController.First);
            _time.Advance(AdaptivePlaces.ShortestSample / 2);
            _source.Release();
        }

        await _source.WaitForAsync(doubled);
        _source.Release();
        mayBeLarge.SetResult();
        await _source.WaitForAsync((int)(most / MiB));
        // Time for one too many.
        await Task.Delay(100);
        var before = _source.BytesInFlight;
        _source.Open();
        await run.WaitAsync(Patience);

        Assert.That((before, _source.MostBytesInFlight), Is.EqualTo((most, most)));

        async IAsyncEnumerable<StoredObject> Listing()
        {
            for (var i = 0; i < 2 * doubled; i++)
                yield return Object($"tiny-{i}", 1);
            isListed.SetResult();
            await mayBeLarge.Task;
            for (var i = 0; i < 200; i++)
                yield return Object($"small-{i}", MiB);
        }
    }

    [TestCase(4 * MiB, Description = "in parts")]
    [TestCase(MiB + 1, Description = "as a whole")]
    public async Task Large_objects_and_their_parts_in_flight_are_never_more_than_PartConcurrency_says(int size)
    {
        const int most = 3;
        var settings = TransferSettings.Default with { Backend = TransferBackend.BuiltIn, PartConcurrency = most, PartSizeBytes = 2 * MiB };
        var run = RunAsync(Enumerable.Range(0, 8).Select(i => Object($"large-{i}", size)).ToAsyncEnumerable(), settings);

        while (!run.IsCompleted)
        {
            // Time for one too many.
            await Task.WhenAny(run, Task.Delay(20));
            _source.Release();
        }

        await run;
        Assert.That(_source.MostInFlight, Is.EqualTo(most));
    }

    private static StoredObject Object(string key, long size) =>
        new() { Key = key, Size = size, ModifiedAt = DateTimeOffset.UnixEpoch, ContentModifiedAt = DateTimeOffset.UnixEpoch };

    private async Task RunAsync(IAsyncEnumerable<StoredObject> objects, TransferSettings settings)
    {
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, Time = _time };
        using var runner = new TransferRunner(settings, host, "copy");
        var items = objects.Select(found => new TransferItem { Source = _source, Object = found, Destination = _destination, Key = found.Key });
        await runner.RunAsync(items, async result =>
        {
            Assert.That(result.Failure, Is.Null);
            await _destination.DeleteAsync([new DeleteRequest(result.Item.Key)]);
        }, CancellationToken.None);
    }

    /// <summary>A store that is far, and holds back what is asked for until it is told to let it go. Any object is zeros.</summary>
    private sealed class HeldSource : IObjectReader
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isOpen;
        private int _waiting;
        private int _inFlight;

        public ObjectUrl Root { get; } = "s3://source";

        public StoreTraits Traits => MemoryStore.S3Traits;

        public long BytesInFlight { get; private set; }

        public long MostBytesInFlight { get; private set; }

        public int MostInFlight { get; private set; }

        public async Task WaitForAsync(int waiting)
        {
            var end = DateTime.UtcNow + Patience;
            while (true)
            {
                lock (_gate)
                {
                    if (_waiting >= waiting)
                        return;
                    Assert.That(DateTime.UtcNow, Is.LessThan(end), $"{_waiting} of {waiting} wait");
                }

                await Task.Delay(1);
            }
        }

        /// <summary>Lets go what waits by now.</summary>
        public void Release()
        {
            lock (_gate)
            {
                _waiting = 0;
                _release.SetResult();
                _release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        /// <summary>Holds nothing back any more.</summary>
        public void Open()
        {
            lock (_gate)
                _isOpen = true;
            Release();
        }

        public async Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default)
        {
            var bytes = range?.Length ?? (key.StartsWith("tiny", StringComparison.Ordinal) ? 1 : key.StartsWith("small", StringComparison.Ordinal) ? MiB : MiB + 1);
            Task released;
            lock (_gate)
            {
                BytesInFlight += bytes;
                MostBytesInFlight = Math.Max(MostBytesInFlight, BytesInFlight);
                MostInFlight = Math.Max(MostInFlight, ++_inFlight);
                _waiting++;
                released = _isOpen ? Task.CompletedTask : _release.Task;
            }

            await released;
            return new HeldContent(new byte[bytes], () =>
            {
                lock (_gate)
                {
                    BytesInFlight -= bytes;
                    _inFlight--;
                }
            });
        }

        public async IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            yield break;
        }

        public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) => Task.FromResult<StoredObject?>(null);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class HeldContent(byte[] content, Action onEnd) : MemoryStream(content)
    {
        private bool _hasEnded;

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (!_hasEnded)
                onEnd();
            _hasEnded = true;
        }
    }
}
