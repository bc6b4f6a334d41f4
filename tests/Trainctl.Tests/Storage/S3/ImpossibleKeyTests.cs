using System.Net;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Tests.Storage.S3;

/// <summary>A store that keeps objects as files refuses to be asked for some keys: then there is no such object. No other refusal says so.</summary>
public sealed class ImpossibleKeyTests
{
    private ScriptedClient _client = null!;
    private IObjectStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _client = new ScriptedClient();
        _store = _client.Open(endpoint: new Uri("http://store.example"));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        _client.Dispose();
    }

    [Test]
    public async Task There_is_no_object_that_cannot_be()
    {
        Refuse(HttpStatusCode.BadRequest, "XMinioInvalidObjectName").Answer(HttpStatusCode.OK);

        Assert.That(await _store.HeadAsync("d/a\\b"), Is.Null);
        Assert.That(_client.Sent.Select(static r => r.Method), Is.EqualTo(new[] { "HEAD", "GET", "HEAD" }));
    }

    [Test]
    public async Task A_bucket_that_is_missing_is_missing_all_the_same()
    {
        Refuse(HttpStatusCode.BadRequest, "XMinioInvalidObjectName").Answer(HttpStatusCode.NotFound);

        var error = await Assert.ThrowsAsync<TrainctlException>(() => _store.HeadAsync("d/a\\b"));

        Assert.That(error!.Error, Is.EqualTo(TrainctlError.StoreNotFound));
    }

    [TestCase(HttpStatusCode.BadRequest, "InvalidRequest")]
    [TestCase(HttpStatusCode.BadRequest, "XMinioParentIsObject")]
    [TestCase(HttpStatusCode.BadRequest, "KeyTooLongError")]
    [TestCase(HttpStatusCode.BadRequest, null)]
    [TestCase(HttpStatusCode.Forbidden, "XMinioInvalidObjectName")]
    public async Task Another_refusal_tells_nothing_of_the_object(HttpStatusCode status, string? code)
    {
        Refuse(status, code).Answer(HttpStatusCode.OK);

        await Assert.ThrowsAsync<TrainctlException>(() => _store.HeadAsync("d/a\\b"));
    }

    private ScriptedServer Refuse(HttpStatusCode status, string? code) =>
        _client.Server.Answer(status).Answer(status, code is null ? "" : $"<Error><Code>{code}</Code><Message>No.</Message></Error>");
}
