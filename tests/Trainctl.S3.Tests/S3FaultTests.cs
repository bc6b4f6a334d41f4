using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Testing.Faults;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>Answers that break off on their way from the real server.</summary>
public sealed class S3FaultTests
{
    private TestBucket _bucket = null!;
    private FaultProxy _proxy = null!;
    private IObjectStore _store = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _proxy = new FaultProxy(_bucket.Endpoint.Url);
        _store = _bucket.Open(changes: new() { ["AWS_ENDPOINT_URL_S3"] = _proxy.Address });
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        await _proxy.DisposeAsync();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task A_read_that_breaks_off_goes_on_where_it_was()
    {
        var content = Content(2_000_000);
        await _store.PutAsync("a", content, new PutOptions());
        Fail(IsRead, times: 3, bytes: 300_000);

        await using var stream = await _store.OpenReadAsync("a");
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy);

        Assert.That(copy.ToArray().AsSpan().SequenceEqual(content), Is.True);
        Assert.That(_proxy.Traffic.Total.Faults, Is.GreaterThanOrEqualTo(3));
    }

    /// <summary>Ceph's gateway takes the body of a request that it refused early for the beginning of the next one on the same connection.</summary>
    [TestCase("PUT")]
    [TestCase("POST")]
    [TestCase("GET")]
    public async Task A_connection_that_is_out_of_step_is_left_and_the_request_sent_again(string method)
    {
        _proxy.Decide = Fault.ForFirst(1, request => request.Head.Method == method, new Fault(FaultKind.OutOfStep));

        await _store.PutAsync("a", Content(100_000), new PutOptions());
        await using (await _store.BeginMultipartAsync("b", 1, new PutOptions()))
        {
        }

        await using var stream = await _store.OpenReadAsync("a");
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy);

        Assert.That(copy.ToArray().AsSpan().SequenceEqual(Content(100_000)), Is.True);
        Assert.That(_proxy.Traffic.Total.Faults, Is.GreaterThanOrEqualTo(1));
    }

    /// <summary>The store has begun it by then, and only its answer tells the id with which it can be removed.</summary>
    [Test]
    public async Task An_upload_that_is_cancelled_before_its_beginning_was_answered_is_not_left()
    {
        using var source = new CancellationTokenSource();
        _proxy.Decide = request =>
        {
            if (request.Kind != S3RequestKind.BeginUpload)
                return null;
            source.CancelAfter(TimeSpan.FromMilliseconds(200));
            return new Fault(FaultKind.Stall) { At = 20, Pause = TimeSpan.FromSeconds(1) };
        };

        Assert.That(() => _store.BeginMultipartAsync("a", 1, new PutOptions(), source.Token), Throws.InstanceOf<OperationCanceledException>());

        Assert.That(await _bucket.UnfinishedUploadsAsync("a"), Is.Zero);
        Assert.That(_proxy.Traffic.Total.Faults, Is.EqualTo(1));
    }

    [Test]
    public async Task A_read_does_not_go_on_in_another_object()
    {
        await _store.PutAsync("a", Content(2_000_000), new PutOptions());
        Fail(IsRead, times: 1, bytes: 300_000);

        await using var stream = await _store.OpenReadAsync("a");
        await stream.ReadExactlyAsync(new byte[100]);
        await _store.PutAsync("a", Content(2_000_000, seed: 2), new PutOptions());
        var failure = await Assert.ThrowsAsync<TrainctlException>(async () => await stream.CopyToAsync(Stream.Null));

        Assert.That(failure!.Error, Is.EqualTo(TrainctlError.ChangedDuringTransfer));
    }

    [Test]
    public async Task A_read_that_does_not_get_on_fails_and_does_not_end_early()
    {
        await _store.PutAsync("a", Content(100_000), new PutOptions());
        Fail(IsRead, times: int.MaxValue, bytes: 2000);

        var failure = await Assert.ThrowsAsync<TrainctlException>(async () =>
        {
            await using var stream = await _store.OpenReadAsync("a");
            await stream.CopyToAsync(Stream.Null);
        });

        Assert.That(failure!.Error, Is.EqualTo(TrainctlError.StoreUnavailable));
    }

    [Test]
    public async Task An_upload_is_complete_although_the_answer_was_lost()
    {
        var content = Content(100_000);
        Fail(IsCompletion, times: 1, bytes: 0);

        await using (var write = await _store.BeginMultipartAsync("a", content.Length, new PutOptions { Checksum = Crc64.Of(content) }))
        {
            await write.WritePartAsync(1, 0, content);
            var stored = await write.CompleteAsync(Crc64.Of(content));
            Assert.That(stored.Checksum, Is.EqualTo(Crc64.Of(content)));
        }

        Assert.That(_proxy.Traffic.Total.Faults, Is.GreaterThanOrEqualTo(1));
        Assert.That((await _store.HeadAsync("a"))!.Size, Is.EqualTo(content.Length));
        Assert.That(await _bucket.UnfinishedUploadsAsync("a"), Is.Zero);
    }

    [Test]
    public async Task An_upload_is_proven_by_its_ETag_where_no_checksum_was_announced()
    {
        var content = Content(100_000);
        Fail(IsCompletion, times: 1, bytes: 0);

        await using var write = await _store.BeginMultipartAsync("a", content.Length, new PutOptions());
        await write.WritePartAsync(1, 0, content);

        Assert.That((await write.CompleteAsync(Crc64.Of(content))).Size, Is.EqualTo(content.Length));
    }

    [Test]
    public async Task An_object_that_was_there_before_does_not_pass_for_the_upload()
    {
        var content = Content(100_000);
        await _store.PutAsync("a", Content(100_000, seed: 2), new PutOptions());
        await using var write = await _store.BeginMultipartAsync("a", content.Length, new PutOptions());
        await write.WritePartAsync(1, 0, content);
        foreach (var upload in (await _bucket.Client.ListMultipartUploadsAsync(_bucket.Name, "a")).MultipartUploads)
            await _bucket.Client.AbortMultipartUploadAsync(_bucket.Name, upload.Key, upload.UploadId);

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => write.CompleteAsync(Crc64.Of(content)));

        // AWS says NoSuchUpload, Ceph 16 an internal error.
        Assert.That(failure!.Message, Does.StartWith("Completing "));
    }

    [Test]
    public async Task Broken_answers_to_small_requests_are_asked_for_again()
    {
        Fail(static _ => true, times: 2, bytes: 0);

        await _store.PutAsync("a", Content(10), new PutOptions());

        Assert.That((await _store.HeadAsync("a"))!.Size, Is.EqualTo(10));
    }

    private static bool IsRead(S3Request request) => request.Kind == S3RequestKind.Get;

    private static bool IsCompletion(S3Request request) => request.Kind == S3RequestKind.CompleteUpload;

    private static byte[] Content(int length, int seed = 1)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private void Fail(Func<S3Request, bool> isMeant, int times, int bytes) =>
        _proxy.Decide = Fault.ForFirst(times, isMeant, new Fault(FaultKind.CutAnswer) { At = bytes });
}
