using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>
/// A session whose token runs out in the middle of a transfer with a real server, and a file of credentials in which something else writes a new one, as
/// the tools of AWS do. What the proxy takes for a good session it sends on as the user's own.
/// </summary>
public sealed class ExpiredSessionTests
{
    private const int Parts = 4;
    private const int Size = (3 * 5 * 1024 * 1024) + 17;

    private TestBucket _bucket = null!;
    private FaultProxy _proxy = null!;
    private TemporaryFolder _folder = null!;
    private string _good = "first";
    private int _refused;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        _refused = 0;
        Grant("first");
        _proxy = new FaultProxy(_bucket.Endpoint.Url, _bucket.Endpoint.SecretKey) { TakesSessions = true, Decide = Check };
        var content = new byte[Size];
        new Random(1).NextBytes(content);
        _folder.Write("from/large", "");
        await File.WriteAllBytesAsync(_folder.Combine("from/large"), content);
    }

    [TearDown]
    public async Task TearDown()
    {
        await _proxy.DisposeAsync();
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task An_upload_ends_with_the_new_token([Values(S3RequestKind.UploadPart, S3RequestKind.CompleteUpload)] S3RequestKind kind, [Values(1, 4)] int concurrency)
    {
        Expire(kind, after: kind == S3RequestKind.UploadPart ? 2 : 0);

        await SyncAsync("from", _bucket.Url(), concurrency);

        Assert.That(_refused, Is.Positive);
        Assert.That(_proxy.Traffic.Of(S3RequestKind.BeginUpload).Requests, Is.EqualTo(1), "what was sent with the old one counts");
        Assert.That(_proxy.Traffic.Of(S3RequestKind.UploadPart) is var parts ? parts.Requests - parts.Faults : 0, Is.EqualTo(Parts));
        Assert.That(await _bucket.UnfinishedUploadsAsync("large"), Is.Zero);
        await SyncAsync(_bucket.Url(), "to", concurrency);
        AssertSame();
    }

    [Test]
    public async Task A_download_ends_with_the_new_token([Values(1, 4)] int concurrency)
    {
        await SyncAsync("from", _bucket.Url(), concurrency);
        Expire(S3RequestKind.Get, after: 1);

        await SyncAsync(_bucket.Url(), "to", concurrency);

        Assert.That(_refused, Is.Positive);
        AssertSame();
    }

    /// <summary>Before a request of a kind, when some of them have come through.</summary>
    private void Expire(S3RequestKind kind, int after)
    {
        var come = 0;
        _proxy.Decide = request =>
        {
            if (request.Kind == kind && Interlocked.Increment(ref come) == after + 1)
                Grant("second");
            return Check(request);
        };
    }

    private void Grant(string token)
    {
        File.WriteAllText(
            _folder.Combine("credentials.new"),
            $"[default]\naws_access_key_id = {_bucket.Endpoint.AccessKey}\naws_secret_access_key = {_bucket.Endpoint.SecretKey}\naws_session_token = {token}\n");
        File.Move(_folder.Combine("credentials.new"), _folder.Combine("credentials"), overwrite: true);
        Volatile.Write(ref _good, token);
    }

    private Fault? Check(S3Request request)
    {
        if (request.Head["x-amz-security-token"] == Volatile.Read(ref _good))
            return null;
        Interlocked.Increment(ref _refused);
        return new Fault(FaultKind.ExpiredToken);
    }

    private void AssertSame() =>
        Assert.That(File.ReadAllBytes(_folder.Combine("to/large")).AsSpan().SequenceEqual(File.ReadAllBytes(_folder.Combine("from/large"))), Is.True);

    private async Task SyncAsync(ObjectUrl source, ObjectUrl destination, int concurrency)
    {
        var host = _bucket.Host(_folder.Path, new()
        {
            ["AWS_ENDPOINT_URL_S3"] = _proxy.Address,
            ["AWS_ACCESS_KEY_ID"] = "",
            ["AWS_SECRET_ACCESS_KEY"] = "",
            ["AWS_SHARED_CREDENTIALS_FILE"] = _folder.Combine("credentials"),
            ["AWS_CONFIG_FILE"] = _folder.Combine("none"),
        });
        var transfer = FaultScene.SmallParts with { PartConcurrency = concurrency };
        var report = await new TrainctlEngine(host).SyncAsync(new SyncSettings { Source = source, Destination = destination, Transfer = transfer });
        Assert.That(report.ExitCode, Is.Zero, FailureSummary.Of(report));
    }
}
