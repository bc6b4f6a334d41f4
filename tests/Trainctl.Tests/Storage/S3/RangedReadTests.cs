using System.Net;
using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Answers that hold other bytes than were asked for, as caches, proxies and simple stores give them. There are as many as were asked for.</summary>
public sealed class RangedReadTests
{
    private const string Tag = "\"e\"";
    private const string Time = "Mon, 01 Jan 2024 00:00:00 GMT";

    [TestCase("bytes 0-4/10", Description = "a cache keeps one slice for all ranges")]
    [TestCase("bytes 5-8/10")]
    [TestCase("bytes 5-9/9", Description = "contradicts itself")]
    [TestCase("items 5-9/10")]
    [TestCase("bytes 5-9")]
    [TestCase("bytes */10")]
    [TestCase("bytes -5-9/10")]
    [TestCase("")]
    public async Task Other_bytes_than_were_asked_for_are_refused(string contentRange)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.PartialContent, "56789", [("ETag", Tag), .. Range(contentRange)]);

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => ReadAsync(client, new ByteRange(5, 5), "e")))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreRejected));
        Assert.That(failure.Message, Does.Contain("bytes 5 to 10 were asked for").And.Contain(contentRange));
        Assert.That(client.Sent, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task All_of_a_shorter_object_is_no_range_of_it()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, "01234", ("ETag", Tag));

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => ReadAsync(client, new ByteRange(5, 5), "e")))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreRejected));
    }

    [Test]
    public async Task A_range_is_not_all()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.PartialContent, "01234", ("ETag", Tag), ("Content-Range", "bytes 0-4/10"));

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => ReadAsync(client, null, "e")))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreRejected));
    }

    [TestCase(HttpStatusCode.PartialContent, 5, "bytes 5-9/10")]
    [TestCase(HttpStatusCode.PartialContent, 5, "bytes 5-9/*")]
    [TestCase(HttpStatusCode.PartialContent, 0, "Bytes 0-4/5")]
    [TestCase(HttpStatusCode.OK, 0, "", Description = "the range is all of the object")]
    public async Task The_bytes_that_were_asked_for_are_taken(HttpStatusCode status, int offset, string contentRange)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(status, "56789", [("ETag", Tag), .. Range(contentRange)]);

        Assert.That(await ReadAsync(client, new ByteRange(offset, 5), "e"), Is.EqualTo("56789"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_answer_of_another_version_is_refused_where_the_store_passes_over_the_condition(bool isRange)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(isRange ? HttpStatusCode.PartialContent : HttpStatusCode.OK, "56789", [("ETag", "\"other\""), .. Range(isRange ? "bytes 5-9/10" : "")]);

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => ReadAsync(client, isRange ? new ByteRange(5, 5) : null, "e")))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.ChangedDuringTransfer));
    }

    [TestCase("\"e\"")]
    [TestCase("e")]
    [TestCase("W/\"e\"")]
    [TestCase(null)]
    public async Task An_ETag_is_the_same_however_it_is_written(string? etag)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.PartialContent, "56789", [.. Header("ETag", etag), ("Content-Range", "bytes 5-9/10")]);

        Assert.That(await ReadAsync(client, new ByteRange(5, 5), "e"), Is.EqualTo("56789"));
    }

    [TestCase("bytes 0-6/10", Tag, Time, TrainctlError.StoreRejected)]
    [TestCase("bytes 3-9/11", Tag, Time, TrainctlError.ChangedDuringTransfer)]
    [TestCase("bytes 3-9/10", "\"other\"", Time, TrainctlError.ChangedDuringTransfer)]
    [TestCase("bytes 3-9/10", null, "Tue, 02 Jan 2024 00:00:00 GMT", TrainctlError.ChangedDuringTransfer)]
    [TestCase("bytes 3-9/10", null, null, TrainctlError.ChangedDuringTransfer)]
    [TestCase("bytes 3-9/*", null, Time, TrainctlError.ChangedDuringTransfer)]
    [TestCase("bytes 3-9/10", null, Time, null)]
    [TestCase("bytes 3-9/*", Tag, null, null)]
    public async Task The_rest_behind_a_broken_connection_is_of_the_same_object(string contentRange, string? etag, string? time, TrainctlError? expected)
    {
        foreach (var isTold in (bool[])[true, false])
        {
            // An ETag that the first answer did not have proves nothing.
            if (!isTold && etag is not null && expected is not TrainctlError.StoreRejected)
                continue;
            await AssertRestAsync(isTold ? Tag : null, contentRange, etag, time, expected);
        }
    }

    private static async Task AssertRestAsync(string? first, string contentRange, string? etag, string? time, TrainctlError? expected)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, "012", [.. Header("ETag", first), ("Last-Modified", Time), ("Content-Length", "10")])
            .Answer(HttpStatusCode.PartialContent, "3456789", [.. Header("ETag", etag), .. Header("Last-Modified", time), ("Content-Range", contentRange)]);

        if (expected is { } error)
            Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => ReadAsync(client, null, null)))!.Error, Is.EqualTo(error));
        else
            Assert.That(await ReadAsync(client, null, null), Is.EqualTo("0123456789"));

        Assert.That(client.Server.Requests.Select(static r => r.Headers.GetValueOrDefault("range")), Is.EqualTo(new[] { null, "bytes=3-9" }));
        Assert.That(client.Server.Requests[1].Headers.GetValueOrDefault("if-match"), Is.EqualTo(first));
    }

    private static IEnumerable<(string Name, string Value)> Range(string value) => Header("Content-Range", value.Length == 0 ? null : value);

    private static IEnumerable<(string Name, string Value)> Header(string name, string? value) => value is null ? [] : [(name, value)];

    /// <summary>Past what proves small objects whole.</summary>
    private static async Task<string> ReadAsync(ScriptedClient client, ByteRange? range, string? ifMatch)
    {
        await using var store = client.Open();
        await using var stream = range is null
            ? (await ((IDescribingReader)store).OpenDescribedAsync("a", ifMatch, CancellationToken.None)).Content
            : await store.OpenReadAsync("a", range, ifMatch);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync();
    }
}
