using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.S3;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>The rows of <see cref="SyncBehaviour"/> in every direction, by both backends.</summary>
[TestFixtureSource(typeof(RealS5cmd), nameof(RealS5cmd.Backends))]
public sealed class SyncBehaviourTests(TransferBackend backend) : BackendFixture(backend)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Test]
    public Task From_a_folder_to_a_bucket([ValueSource(typeof(SyncBehaviour), nameof(SyncBehaviour.FromFolders))] SyncBehaviour row) =>
        HoldsAsync(row, InFolder("a"), InBucket("b"));

    [Test]
    public Task From_a_bucket_to_a_folder([ValueSource(typeof(SyncBehaviour), nameof(SyncBehaviour.IntoFolders))] SyncBehaviour row) =>
        HoldsAsync(row, InBucket("a"), InFolder("b"));

    [Test]
    public async Task From_a_bucket_to_a_bucket([ValueSource(typeof(SyncBehaviour), nameof(SyncBehaviour.IntoBuckets))] SyncBehaviour row)
    {
        if (row.IsForBucketsOnly)
            await S3TestServer.RequireAsync(ServerAbility.AnyKey);
        await HoldsAsync(row, InBucket("a"), InBucket("b"));
    }

    [Test]
    public async Task A_missing_bucket_ends_it_and_nothing_is_deleted([Values] bool isSource)
    {
        await PutAsync(InBucket("a"), "a=1@2");
        var gone = ObjectUrl.Parse($"s3://{Bucket.Name}-gone/x");
        var (source, destination) = isSource ? (gone, InBucket("a")) : (InBucket("a"), gone);

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => SyncAsync(new SyncSettings { Source = source, Destination = destination, Delete = true })))!;

        Assert.That(error.ExitCode, Is.EqualTo(ErrorCatalog.StoreFailure));
        Assert.That(await ContentAsync(InBucket("a")), Is.EqualTo(new[] { "a=1" }));
    }

    private async Task HoldsAsync(SyncBehaviour row, ObjectUrl source, ObjectUrl destination)
    {
        if (!row.IsSourceStoredLater)
            await PutAsync(source, row.Source);
        await PutAsync(destination, row.Destination);
        if (row.IsSourceStoredLater)
        {
            await Task.Delay(TimeSpan.FromSeconds(1.1));
            await PutAsync(source, row.Source);
        }

        var settings = row.Options(new SyncSettings { Source = source, Destination = destination });
        if (row.ExitCode != 0)
        {
            var error = (await Assert.ThrowsAsync<TrainctlException>(() => SyncAsync(settings)))!;
            Assert.That((error.ExitCode, string.Join(' ', await ContentAsync(destination))), Is.EqualTo((row.ExitCode, row.After)));
            return;
        }

        var report = await SyncAsync(settings);
        var after = await ContentAsync(destination);
        var again = await SyncAsync(settings);

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.Zero, string.Join('\n', report.Objects.Select(static o => o.Error)));
            Assert.That(Keys(report, ObjectAction.Copy), Is.EquivalentTo(Words(row.Copied)));
            Assert.That(Keys(report, ObjectAction.Delete), Is.EquivalentTo(Words(row.Deleted)));
            Assert.That(after, Is.EquivalentTo(Words(row.After)));
            Assert.That(again.Objects, settings.DryRun ? Is.Not.Empty : Is.Empty, "a second sync");
        });
    }

    private Task<SyncReport> SyncAsync(SyncSettings settings) => new TrainctlEngine(Host()).SyncAsync(settings with { Transfer = Transfer });

    private ObjectUrl InFolder(string name) => Directory.CreateDirectory(Folder.Combine(name)).FullName;

    private ObjectUrl InBucket(string name) => Bucket.Url(name);

    private async Task PutAsync(ObjectUrl at, string objects)
    {
        await using var store = Open(at);
        foreach (var word in Words(objects))
        {
            var (key, rest) = (word[..word.LastIndexOf('=')], word[(word.LastIndexOf('=') + 1)..].Split('@'));
            var content = Encoding.UTF8.GetBytes(rest[0]);
            var age = TimeSpan.FromHours(int.Parse(rest[1], System.Globalization.CultureInfo.InvariantCulture));
            await store.PutAsync(key, content, new PutOptions { ContentModifiedAt = Now - age, Checksum = Crc64.Of(content) });
        }
    }

    private async Task<string[]> ContentAsync(ObjectUrl at)
    {
        await using var store = Open(at);
        var all = new List<string>();
        await foreach (var found in store.ListAsync(new ListRequest()))
        {
            await using var content = await store.OpenReadAsync(found.Key);
            using var reader = new StreamReader(content);
            all.Add($"{found.Key}={await reader.ReadToEndAsync()}");
        }

        return [.. all];
    }

    private IObjectStore Open(ObjectUrl at) => StoreOpener.Open(at, StoreSettings.Default, Bucket.Host(Folder));

    private static IEnumerable<string> Keys(SyncReport report, ObjectAction action) => report.Objects.Where(o => o.Action == action).Select(static o => o.Key);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
