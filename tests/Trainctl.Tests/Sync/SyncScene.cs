using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>What a store holds, by key.</summary>
internal sealed class Tree(IEnumerable<KeyValuePair<string, Tree.Item>> items) : SortedDictionary<string, Tree.Item>(items.ToDictionary(), StringComparer.Ordinal)
{
    public bool Holds(Tree other) => Count == other.Count && this.SequenceEqual(other);

    public override string ToString() => string.Join(", ", this.Select(static p => $"'{p.Key}'=\"{p.Value.Text}\" at {p.Value.Time.Hour} h"));

    internal readonly record struct Item(string Text, DateTimeOffset Time);
}

/// <summary>A glob, and in other words what it means.</summary>
internal sealed record Glob(string Pattern, Func<string, bool> Matches)
{
    public static IReadOnlyList<Glob> All { get; } =
    [
        new("*.log", static key => key.EndsWith(".log", StringComparison.Ordinal)),
        new("*", static _ => true),
        new("a/", static key => key.StartsWith("a/", StringComparison.Ordinal)),
        new("c/**/e*", static key => key.StartsWith("c/", StringComparison.Ordinal) && Leaf(key).StartsWith('e')),
        new("c/*/e.csv", static key => key == "c/d/e.csv"),
        new("/a", static key => key == "a"),
        new("?", static key => Leaf(key).EnumerateRunes().Count() == 1),
        new("[!a]", static key => Leaf(key) != "a" && Leaf(key).EnumerateRunes().Count() == 1),
    ];

    private static string Leaf(string key) => key[(key.LastIndexOf('/') + 1)..];
}

/// <summary>Two stores, and how the one is to be made like the other.</summary>
internal sealed record SyncScene(Tree Source, Tree Destination, Glob[] Include, Glob[] Exclude, Comparison Mode, bool Delete)
{
    private static readonly DateTimeOffset Morning = new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Keys =
        ["a", "a-b", "a/a", "a/b", "a/b.log", "b", "b.log", "c/a/d/e", "c/d/e.csv", "c/e.csv", "\uFFFD", "\U0001F600", "\U0001F600/b.log"];

    public static Arbitrary<SyncScene> Any { get; } = (
        from source in TreeGen()
        from destination in TreeGen()
        from include in Gen.Frequency((2, Gen.Constant(Array.Empty<Glob>())), (1, GlobGen()))
        from exclude in Gen.Frequency((1, Gen.Constant(Array.Empty<Glob>())), (1, GlobGen()))
        from mode in Gen.Elements(Enum.GetValues<Comparison>())
        from delete in Gen.Elements(true, false)
        from uploadTimes in Gen.Elements(0, 1, 2, 3)
        select new SyncScene(source, destination, include, exclude, mode, delete)
        {
            SourceTellsUploadTimes = (uploadTimes & 1) > 0,
            DestinationTellsUploadTimes = (uploadTimes & 2) > 0,
        }).ToArbitrary();

    public bool SourceTellsUploadTimes { get; init; }

    public bool DestinationTellsUploadTimes { get; init; }

    /// <summary>What the destination must hold afterwards.</summary>
    public Tree Expected()
    {
        var expected = new Tree(Destination);
        if (IsRefused)
            return expected;
        foreach (var (key, item) in Source.Where(p => Takes(p.Key)))
        {
            if (!Destination.TryGetValue(key, out var there) || !LooksEqual(item, there))
                expected[key] = item;
        }

        foreach (var key in Destination.Keys.Where(key => Delete && Takes(key) && !Source.ContainsKey(key)))
            expected.Remove(key);
        return expected;
    }

    /// <summary>Nothing at the source is no reason to delete everything.</summary>
    public bool IsRefused => Delete && !Source.Keys.Any(Takes);

    public bool Takes(string key) => (Include.Length == 0 || Include.Any(g => g.Matches(key))) && !Exclude.Any(g => g.Matches(key));

    public SyncSettings Settings => new()
    {
        Source = "s3://from",
        Destination = "s3://to",
        Include = [.. Include.Select(static g => g.Pattern)],
        Exclude = [.. Exclude.Select(static g => g.Pattern)],
        Compare = Mode,
        Delete = Delete,
    };

    public async Task<SyncStores> OpenAsync() => new(
        await StoreAsync("s3://from", Source, SourceTellsUploadTimes), await StoreAsync("s3://to", Destination, DestinationTellsUploadTimes));

    public override string ToString() =>
        $"from [{Source}] to [{Destination}] include [{string.Join(' ', Settings.Include)}] exclude [{string.Join(' ', Settings.Exclude)}] "
        + $"{Mode}{(Delete ? " delete" : "")} upload times {SourceTellsUploadTimes}/{DestinationTellsUploadTimes}";

    private bool LooksEqual(Tree.Item here, Tree.Item there) => Mode switch
    {
        Comparison.SizeOnly => here.Text.Length == there.Text.Length,
        Comparison.Checksum => here.Text == there.Text,
        _ => here.Text.Length == there.Text.Length && (here.Time == there.Time || DestinationTellsUploadTimes),
    };

    /// <summary>Everything was uploaded in the evening, when all content was made.</summary>
    private static async Task<HookedStore> StoreAsync(string root, Tree tree, bool tellsUploadTimes)
    {
        var store = new MemoryStore(root, tellsUploadTimes ? MemoryStore.S3Traits : null, new FakeTimeProvider(Morning.AddHours(20)));
        foreach (var (key, item) in tree)
            await store.PutAsync(key, Encoding.UTF8.GetBytes(item.Text), new PutOptions { ContentModifiedAt = item.Time });
        return new HookedStore(store);
    }

    private static Gen<Glob[]> GlobGen() => Gen.Elements(Glob.All.ToArray()).NonEmptyListOf().Resize(2).Select(static globs => globs.ToArray());

    private static Gen<Tree> TreeGen() =>
        from keys in Gen.SubListOf(Keys)
        from items in Gen.CollectToArray(keys, static key =>
            from text in Gen.Elements("", "1", "2", "22")
            from hour in Gen.Choose(1, 2)
            select KeyValuePair.Create(key, new Tree.Item(text, Morning.AddHours(hour))))
        select new Tree(items);
}

/// <summary>The stores of a scene, opened.</summary>
internal sealed record SyncStores(HookedStore Source, HookedStore Destination)
{
    /// <summary>Runs a sync; null when it was refused with this error.</summary>
    public async Task<SyncReport?> TryRunAsync(SyncSettings settings, TrainctlError refusal = TrainctlError.EmptySource)
    {
        try
        {
            return await RunAsync(settings);
        }
        catch (TrainctlException exception) when (exception.Error == refusal)
        {
            return null;
        }
    }

    public Task<SyncReport> RunAsync(SyncSettings settings, ITrainctlLog? log = null, CancellationToken cancellationToken = default) => new TrainctlEngine(new EngineHost
    {
        WorkingDirectory = Path.GetTempPath(),
        Environment = static _ => null,
        Time = new FakeTimeProvider(),
        OpenStore = (url, _, _) => url.Bucket == "from" ? Source : Destination,
        Log = log ?? SilentLog.Instance,
    }).SyncAsync(settings, cancellationToken);

    public async Task<Tree> DestinationTreeAsync()
    {
        var items = new List<KeyValuePair<string, Tree.Item>>();
        await foreach (var found in Destination.ListAsync(new ListRequest()))
        {
            var head = await Destination.HeadAsync(found.Key);
            using var content = new StreamReader(await Destination.OpenReadAsync(found.Key));
            items.Add(KeyValuePair.Create(found.Key, new Tree.Item(await content.ReadToEndAsync(), head!.ContentModifiedAt!.Value)));
        }

        return new Tree(items);
    }
}
