using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>What a user is told when the real server, or the way to it, says no.</summary>
public sealed class S3ErrorTests
{
    private const string WrongSecret = "wrongSecretThatMustNeverBePrinted";

    /// <summary>Trainctl asks for a second; the SDK alone would take 16 with a metadata service that never answers. A busy machine gets the rest.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private TestBucket _bucket = null!;

    [OneTimeSetUp]
    public async Task CreateBucketAsync()
    {
        _bucket = await TestBucket.CreateAsync();
        await using var store = _bucket.Open();
        await store.PutAsync("a", "content"u8.ToArray(), new PutOptions());
    }

    [OneTimeTearDown]
    public async Task RemoveBucketAsync()
    {
        if (_bucket is not null)
            await _bucket.DisposeAsync();
    }

    [Test]
    public async Task Each_operation_names_a_missing_bucket()
    {
        await using var store = _bucket.OpenOther("trainctl-no-such-bucket", "p");

        foreach (var (name, operation) in Operations(store))
        {
            var failure = await FailureOfAsync(operation);
            Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreNotFound), $"{name}: {failure.Message}");
            Assert.That(failure.Message, Does.Contain("trainctl-no-such-bucket").And.Contain("create it"), name);
        }
    }

    [Test]
    public async Task A_failure_tells_operation_object_status_code_and_request()
    {
        await using var store = _bucket.Open("p");

        var failure = await FailureOfAsync(() => store.OpenReadAsync("nothing"));

        Assert.That(failure.Message, Does.StartWith($"Reading 's3://{_bucket.Name}/p/nothing' failed: the store answered HTTP 404 NoSuchKey").And.Contain(" (request "));
    }

    [Test]
    public async Task A_wrong_secret_is_said_to_be_one()
    {
        await using var store = _bucket.Open(changes: new() { ["AWS_SECRET_ACCESS_KEY"] = WrongSecret });

        foreach (var (name, operation) in Operations(store))
        {
            var failure = await FailureOfAsync(operation);

            // Also where an answer to HEAD, which has no body, could not tell it.
            Assert.That(failure.Error, Is.EqualTo(TrainctlError.CredentialsRejected), name);
            Assert.That(failure.Message, Does.Contain("secret key is wrong"), name);
            AssertTellsNoSecret(failure);
        }
    }

    [Test]
    public async Task An_unknown_access_key_is_said_to_be_one()
    {
        await using var store = _bucket.Open(changes: new() { ["AWS_ACCESS_KEY_ID"] = "NOBODYHASTHISKEY", ["AWS_SECRET_ACCESS_KEY"] = WrongSecret });

        var failure = await FailureOfAsync(() => DrainAsync(store));

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.CredentialsRejected));
        Assert.That(failure.Message, Does.Contain("does not know the access key").And.Contain("InvalidAccessKeyId"));
        AssertTellsNoSecret(failure);
    }

    [Test]
    public async Task Missing_credentials_are_found_out_soon_and_only_when_needed()
    {
        var watch = Stopwatch.StartNew();
        await using var store = _bucket.Open(changes: WithoutCredentials());

        var failure = await FailureOfAsync(() => DrainAsync(store));

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.CredentialsNotFound));
        Assert.That(failure.Message, Does.Contain("AWS_ACCESS_KEY_ID").And.Contain("aws configure"));
        Assert.That(watch.Elapsed, Is.LessThan(Soon));
    }

    [Test]
    public async Task A_metadata_service_that_never_answers_is_not_waited_for()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var changes = WithoutCredentials();
        changes["AWS_EC2_METADATA_DISABLED"] = "false";
        changes["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = $"http://{silent.LocalEndpoint}";
        await using var store = _bucket.Open(changes: changes);
        var watch = Stopwatch.StartNew();

        var failure = await FailureOfAsync(() => DrainAsync(store));

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.CredentialsNotFound));
        Assert.That(watch.Elapsed, Is.LessThan(Soon));
    }

    /// <summary>An address that never answered is more likely misspelt than restarting, so what is waited is 0.3 seconds, where it would be 12.</summary>
    [Test]
    public async Task An_endpoint_where_nobody_listens_is_hardly_waited_for()
    {
        using var once = new TcpListener(IPAddress.Loopback, 0);
        once.Start();
        var port = ((IPEndPoint)once.LocalEndpoint).Port;
        once.Stop();
        var time = new LeapingTime();
        await using var store = StoreOpener.Open(
            _bucket.Url(), new StoreSettings { EndpointUrl = new Uri($"http://127.0.0.1:{port}") }, _bucket.Host(Path.GetTempPath(), []) with { Time = time });

        foreach (var (name, operation) in Operations(store))
        {
            var before = time.Elapsed;
            var failure = await FailureOfAsync(operation);
            Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreUnavailable), name);
            Assert.That(failure.Message, Does.Contain($"127.0.0.1:{port}").And.Contain("AWS_ENDPOINT_URL"), name);
            Assert.That(time.Elapsed - before, Is.LessThan(TimeSpan.FromSeconds(1)), name);
        }
    }

    [Test]
    public async Task An_endpoint_that_is_no_S3_service_is_said_to_be_none()
    {
        await using var page = new WebPage();
        await using var store = _bucket.Open(settings: new StoreSettings { EndpointUrl = page.Url });

        var failure = await FailureOfAsync(() => DrainAsync(store));

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreRejected));
        Assert.That(failure.Message, Does.Contain(page.Url.Authority).And.Contain("not the answer of an S3 service"));
    }

    [Test]
    public async Task Encryption_that_the_server_does_not_speak_is_said_so()
    {
        await using var store = _bucket.Open(settings: new StoreSettings { EndpointUrl = new Uri($"https://{_bucket.Endpoint.Url.Authority}") });

        var failure = await FailureOfAsync(() => DrainAsync(store));

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreUnavailable));
        Assert.That(failure.Message, Does.Contain(_bucket.Endpoint.Url.Authority));
    }

    [Test]
    public async Task Waiting_for_a_server_that_hangs_can_be_cancelled()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var store = _bucket.Open(settings: new StoreSettings { EndpointUrl = new Uri($"http://{silent.LocalEndpoint}") });
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var watch = Stopwatch.StartNew();

        var cancelled = await Assert.CatchAsync<OperationCanceledException>(() => store.HeadAsync("a", source.Token));

        Assert.That(cancelled!.CancellationToken, Is.EqualTo(source.Token));
        // It gives up by itself after 90 seconds.
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
    }

    private static IEnumerable<(string Name, Func<Task> Operation)> Operations(IObjectStore store)
    {
        yield return ("list", () => DrainAsync(store));
        yield return ("head", () => store.HeadAsync("a"));
        yield return ("read", () => store.OpenReadAsync("a"));
        yield return ("put", () => store.PutAsync("a", new byte[1], new PutOptions()));
        yield return ("multipart", () => store.BeginMultipartAsync("a", 1, new PutOptions()));
        yield return ("delete", async () => throw (await store.DeleteAsync([new DeleteRequest("a")])).Single().Failure!);
        yield return ("delete many", async () => throw (await store.DeleteAsync([new DeleteRequest("a"), new DeleteRequest("b")]))[1].Failure!);
    }

    private static Dictionary<string, string?> WithoutCredentials() => new()
    {
        ["AWS_ACCESS_KEY_ID"] = "",
        ["AWS_SECRET_ACCESS_KEY"] = "",
        ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("n"), "credentials"),
    };

    private static async Task DrainAsync(IObjectStore store)
    {
        await foreach (var item in store.ListAsync(new ListRequest()))
            Assert.That(item, Is.Not.Null);
    }

    private static async Task<TrainctlException> FailureOfAsync(Func<Task> operation) => (await Assert.ThrowsAsync<TrainctlException>(() => operation()))!;

    private void AssertTellsNoSecret(TrainctlException failure) => Assert.That(
        failure.ToString(), Does.Not.Contain(WrongSecret).And.Not.Contain(_bucket.Endpoint.SecretKey).And.Not.Contain("StringToSign"));
}
