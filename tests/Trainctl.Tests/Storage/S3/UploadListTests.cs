using System.Globalization;
using System.Security;
using System.Text;
using Trainctl.Storage;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Lists of unfinished uploads of servers that say less of them than S3 does, or something else than they do.</summary>
public sealed class UploadListTests
{
    private static readonly string[] Keys = ["100%", "a b", "a%2Bb", "a+b", "a/b", "e%2Ff", "\u00fc"];

    /// <summary>How a server writes keys that it is asked to encode, and says that it did.</summary>
    public enum Writing
    {
        AsAws,
        AsCeph,

        /// <summary>SeaweedFS says back what it was asked for.</summary>
        NotAtAll,
    }

    [Test]
    public async Task An_upload_has_no_beginning_that_the_store_does_not_tell([Values] bool isTold)
    {
        await AnsweredStore.WithAsync(request => Answer(request, Writing.NotAtAll, isTold), async store =>
        {
            var upload = await store.ListUnfinishedUploadsAsync("a/").SingleAsync();

            Assert.That((object?)upload.StartedAt, isTold ? Is.EqualTo(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero)) : Is.Null);
        });
    }

    [Test]
    public async Task An_upload_is_of_its_own_key_however_a_server_writes_keys([Values] Writing writing)
    {
        var aborted = new List<string>();

        await AnsweredStore.WithAsync(
            request =>
            {
                if (!request.StartsWith("DELETE", StringComparison.Ordinal))
                    return Answer(request, writing, isTold: true);
                aborted.Add(KeyOf(request));
                return "";
            },
            async store =>
            {
                var all = await store.ListUnfinishedUploadsAsync().ToListAsync();
                foreach (var upload in all)
                    await store.AbortUploadAsync(upload);

                Assert.That(all.Select(static u => (u.Key, u.Bytes)), Is.EqualTo(Keys.Select(static (k, i) => (k, i + 5L))));
                foreach (var key in Keys)
                    Assert.That(await store.ListUploadsOfAsync(key, CancellationToken.None).Select(static u => u.Key).ToListAsync(), Is.EqualTo([key]));
            });

        Assert.That(aborted, Is.EqualTo(Keys));
    }

    [Test]
    public async Task Nothing_is_warned_of_an_upload_that_was_aborted_where_its_parts_may_not_be_listed([Values] bool mayAbort)
    {
        const string Denied = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
        var log = new Transfer.S5cmd.RecordingLog();
        var aborts = 0;

        await AnsweredStore.WithAsync(
            request =>
            {
                if (request.StartsWith("POST", StringComparison.Ordinal))
                    return "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";
                if (request.StartsWith("DELETE", StringComparison.Ordinal))
                    aborts++;
                return request.StartsWith("DELETE", StringComparison.Ordinal) && mayAbort ? "" : Denied;
            },
            async store => await (await store.BeginMultipartAsync("a", 5, new PutOptions())).DisposeAsync(),
            log);

        Assert.That(aborts, Is.EqualTo(1));
        Assert.That(log.Lines.Where(static l => l.StartsWith("warning", StringComparison.Ordinal)), mayAbort ? Is.Empty : Has.One.Contains("could not be removed"));
    }

    private static string Answer(string request, Writing writing, bool isTold)
    {
        var query = AnsweredStore.QueryOf(request);
        if (query.TryGetValue("uploadId", out var id))
        {
            var number = int.Parse(id, CultureInfo.InvariantCulture);
            return KeyOf(request) == Keys[number]
                ? $"<ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber><ETag>e</ETag><Size>{number + 5}</Size></Part></ListPartsResult>"
                : "<Error><Code>NoSuchUpload</Code><Message>no</Message></Error>";
        }

        var text = new StringBuilder("<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>");
        foreach (var (key, i) in Keys.Select(static (k, i) => (k, i)).Where(k => k.k.StartsWith(query.GetValueOrDefault("prefix", ""), StringComparison.Ordinal)))
        {
            var written = writing == Writing.NotAtAll ? SecurityElement.Escape(key) : Uri.EscapeDataString(key);
            text.Append(
                CultureInfo.InvariantCulture,
                $"<Upload><Key>{(writing == Writing.AsAws ? written.Replace("%20", "+", StringComparison.Ordinal) : written)}</Key><UploadId>{i}</UploadId>{(isTold ? "<Initiated>2024-01-01T00:00:00.000Z</Initiated>" : "")}</Upload>");
        }

        return text.Append("</ListMultipartUploadsResult>").ToString();
    }

    private static string KeyOf(string request) => Uri.UnescapeDataString(request.Split(' ')[1].Split('?')[0]["/bucket/".Length..]);
}
