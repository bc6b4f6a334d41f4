using Amazon.S3.Model;
using Trainctl.Reporting;
using Trainctl.Sync;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>
/// Objects that other programs have stored: what the store tells of their content proves them, in parts too, and where it tells nothing that helps a report says so.
/// </summary>
public sealed class ForeignObjectTests
{
    private const string Key = "model.bin";
    private const int MebiByte = 1024 * 1024;

    private FaultScene _scene = null!;
    private byte[] _content = null!;

    [SetUp]
    public async Task SetUp()
    {
        _scene = await FaultScene.CreateAsync(seed: 1);
        _content = _scene.Content((12 * MebiByte) + 3);
    }

    [TearDown]
    public async Task TearDown() => await _scene.DisposeAsync();

    [Test]
    public async Task What_was_stored_whole_is_proven_though_it_is_read_in_parts([Values(0, 6 * MebiByte, (12 * MebiByte) + 2)] int damaged)
    {
        await PutWholeAsync();
        var offset = damaged / (5 * MebiByte) * 5 * MebiByte;
        _scene.Proxy.Decide = Fault.ForFirst(
            1, r => r.Kind == S3RequestKind.Get && r.Head["range"]!.StartsWith($"bytes={offset}-", StringComparison.Ordinal), new Fault(FaultKind.FlipAnswer) { At = damaged - offset });

        var run = await DownloadAsync();

        Assert.That(_scene.Proxy.Traffic.Total.Faults, Is.EqualTo(1), _scene.Story(run));
        Assert.That(run.ExitCode, Is.Zero, _scene.Story(run));
        Assert.That(_scene.Files("to")[Key], Is.EqualTo(_content));
        Assert.That(run.Report!.Objects.Single().Proof, Is.EqualTo(TransferProof.Digest));
        Assert.That(ReportText.Render(run.Report!.Describe()), Does.Not.Contain("Nothing but the size"));
    }

    [Test]
    public async Task What_arrives_damaged_every_time_gets_no_name()
    {
        await PutWholeAsync();
        _scene.Proxy.Decide = static r => r.Kind == S3RequestKind.Get ? new Fault(FaultKind.FlipAnswer) { At = 1 } : null;

        var run = await DownloadAsync();

        Assert.That(run.Failed.Single(), Has.Property("ErrorCode").EqualTo("TRAINCTL3001").And.Property("Proof").Null, _scene.Story(run));
        Assert.That(_scene.Files("to"), Is.Empty);
    }

    [Test]
    public async Task What_was_stored_in_parts_of_one_size_is_proven_by_them([Values(5, 6, 8)] int partSize)
    {
        await PutInPartsAsync(_content.Chunk(partSize * MebiByte));
        _scene.Proxy.Decide = Fault.ForFirst(1, static r => r.Kind == S3RequestKind.Get, new Fault(FaultKind.FlipAnswer) { At = 7 });

        var run = await DownloadAsync();

        Assert.That(_scene.Proxy.Traffic.Total.Faults, Is.EqualTo(1), _scene.Story(run));
        Assert.That(run.ExitCode, Is.Zero, _scene.Story(run));
        Assert.That(_scene.Files("to")[Key], Is.EqualTo(_content));
        Assert.That(run.Report!.Objects.Single().Proof, Is.EqualTo(TransferProof.Digest));
    }

    [Test]
    public async Task What_was_stored_in_one_part_and_comes_whole_is_proven_by_it()
    {
        _content = _scene.Content(3 * MebiByte);
        await PutInPartsAsync([_content]);
        _scene.Proxy.Decide = Fault.ForFirst(1, static r => r.Kind == S3RequestKind.Get, new Fault(FaultKind.FlipAnswer) { At = 7 });

        var run = await DownloadAsync();

        Assert.That(_scene.Proxy.Traffic.Total.Faults, Is.EqualTo(1), _scene.Story(run));
        Assert.That(_scene.Files("to")[Key], Is.EqualTo(_content));
        Assert.That(run.Report!.Objects.Single().Proof, Is.EqualTo(TransferProof.Digest));
    }

    /// <summary>Nobody says how large the parts were, so what does not fit is no sign of damage; it is read again before that is said.</summary>
    [TestCase(false, 5, 12)]
    [TestCase(false, 7, 12, 12)]
    [TestCase(true, 7, 12, 12)]
    public async Task What_was_stored_in_parts_of_other_sizes_is_told_to_be_proven_by_its_size_alone(bool isDamagedOnce, params int[] ends)
    {
        await PutInPartsAsync(ends.Select((end, i) => _content[((i == 0 ? 0 : ends[i - 1]) * MebiByte)..(i == ends.Length - 1 ? _content.Length : end * MebiByte)]));
        _scene.Proxy.Decide = Fault.ForFirst(isDamagedOnce ? 1 : 0, static r => r.Kind == S3RequestKind.Get, new Fault(FaultKind.FlipAnswer) { At = 7 });

        var run = await DownloadAsync();

        const int Parts = 3;
        Assert.That(_scene.Proxy.Traffic.Of(S3RequestKind.Get).Requests, Is.EqualTo((isDamagedOnce ? 3 : 2) * Parts), "until the same has arrived twice");
        Assert.That(run.ExitCode, Is.Zero, _scene.Story(run));
        Assert.That(_scene.Files("to")[Key], Is.EqualTo(_content));
        Assert.That(run.Report!.Objects.Single().Proof, Is.EqualTo(TransferProof.Size));
        Assert.That(
            ReportText.Render(run.Report!.Describe()),
            Does.Contain("Nothing but the size proves 1 object (12.0 MiB), 'model.bin' among them: the store keeps no checksum of the content"));
        Assert.That(ReportJson.Serialize(run.Report!), Does.Contain("\"proof\": \"Size\""));
    }

    [Test]
    public async Task What_Trainctl_has_stored_is_proven_in_parts()
    {
        _scene.Write($"from/{Key}", _content);
        await _scene.Direct.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote, Transfer = FaultScene.SmallParts });
        _scene.Proxy.Decide = Fault.ForFirst(1, static r => r.Kind == S3RequestKind.Get, new Fault(FaultKind.FlipAnswer) { At = 1 });

        var run = await DownloadAsync();

        Assert.That(_scene.Proxy.Traffic.Total.Faults, Is.EqualTo(1), _scene.Story(run));
        Assert.That(_scene.Files("to")[Key], Is.EqualTo(_content));
        Assert.That(run.Report!.Objects.Single().Proof, Is.EqualTo(TransferProof.Digest));
    }

    [Test]
    public async Task What_never_arrives_twice_gets_no_name()
    {
        await PutInPartsAsync([_content[..(7 * MebiByte)], _content[(7 * MebiByte)..]]);
        var byteNumber = 0;
        _scene.Proxy.Decide = r => r.Kind == S3RequestKind.Get ? new Fault(FaultKind.FlipAnswer) { At = Interlocked.Increment(ref byteNumber) } : null;

        var run = await DownloadAsync();

        Assert.That(run.Failed.Single().ErrorCode, Is.EqualTo("TRAINCTL3001"), _scene.Story(run));
        Assert.That(_scene.Files("to"), Is.Empty);
    }

    private Task<FaultyRun<SyncReport>> DownloadAsync() => FaultScene.TryAsync(() => _scene.Faulty.SyncAsync(
        new SyncSettings { Source = _scene.Remote, Destination = "to", Transfer = FaultScene.SmallParts }));

    private async Task PutWholeAsync()
    {
        using var stream = new MemoryStream(_content);
        await _scene.Bucket.Client.PutObjectAsync(new PutObjectRequest { BucketName = _scene.Bucket.Name, Key = $"data/{Key}", InputStream = stream });
    }

    private async Task PutInPartsAsync(IEnumerable<byte[]> contents)
    {
        var client = _scene.Bucket.Client;
        var (bucket, key) = (_scene.Bucket.Name, $"data/{Key}");
        var upload = (await client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = bucket, Key = key })).UploadId;
        var parts = new List<PartETag>();
        foreach (var part in contents)
        {
            using var stream = new MemoryStream(part);
            var answer = await client.UploadPartAsync(
                new UploadPartRequest { BucketName = bucket, Key = key, UploadId = upload, PartNumber = parts.Count + 1, InputStream = stream });
            parts.Add(new PartETag(parts.Count + 1, answer.ETag));
        }

        await client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload, PartETags = parts });
    }
}
