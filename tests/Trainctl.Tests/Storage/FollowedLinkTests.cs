using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Storage;

/// <summary>Links lead where the system follows them to, whatever links were passed on the way to them.</summary>
[Platform(Exclude = "Win")]
public sealed class FollowedLinkTests
{
    private const string Whole = "all of the twenty bytes";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task A_file_behind_two_links_is_copied_whole_and_again_when_it_changes([Values] bool isAbsolute, [Values] bool isChain)
    {
        PlaceLinkBehindLink("src/l", isAbsolute, isChain);
        _folder.Write("src/shared/w", "no");
        File.SetLastWriteTimeUtc(_folder.Combine("src/shared/w"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var first = await SyncAsync("src", "out");
        var again = await SyncAsync("src", "out");
        var copy = File.ReadAllText(_folder.Combine("out/l/w"));
        _folder.Write("ext/shared/w", Whole.ToUpperInvariant());
        await SyncAsync("src", "out");

        Assert.That((copy, first.ExitCode, again.Objects.Count), Is.EqualTo((Whole, ErrorCatalog.Success, 0)));
        Assert.That(File.ReadAllText(_folder.Combine("out/l/w")), Is.EqualTo(Whole.ToUpperInvariant()));
    }

    [Test]
    public async Task One_object_behind_two_links_is_copied_whole([Values] bool isAbsolute)
    {
        PlaceLinkBehindLink("one", isAbsolute);
        _folder.Write("shared/w", "no");
        await using var store = Store("one");

        var report = await Engine.CopyAsync(new CopySettings { Source = "one/w", Destination = "out" });
        var head = await store.HeadAsync("w");
        await using var stream = await store.OpenReadAsync("w");

        Assert.That((report.ExitCode, File.ReadAllText(_folder.Combine("out"))), Is.EqualTo((ErrorCatalog.Success, Whole)));
        Assert.That((head!.Size, new StreamReader(stream).ReadToEnd()), Is.EqualTo(((long)Whole.Length, Whole)));
        Assert.That(head.ETag, Is.EqualTo((await store.ListAsync(new ListRequest()).SingleAsync()).ETag));
    }

    /// <summary>As in the cache of Hugging Face's hub.</summary>
    [Test]
    public async Task A_snapshot_of_links_is_there_however_it_is_reached([Values("hub/snapshots/abc", "cur", "chain")] string source)
    {
        PlaceSnapshot("hub/snapshots/abc");
        Link("cur", "hub/snapshots/abc");
        Link("chain", "cur");
        Directory.CreateDirectory(_folder.Combine("src"));
        Link("src/model", _folder.Combine(source));

        var itself = await SyncAsync(source, "out");
        var within = await SyncAsync("src", "out-of-folder");

        string[] names = ["config.json", "model.safetensors", "trainer_state.json"];
        Assert.That((itself.Problems.Count, within.Problems.Count), Is.EqualTo((0, 0)));
        Assert.That(_folder.Files("out"), Is.EqualTo(names));
        Assert.That(_folder.Files("out-of-folder"), Is.EqualTo(names.Select(static n => "model/" + n)));
        foreach (var name in names)
            Assert.That(File.ReadAllBytes(_folder.Combine("out/" + name)), Is.EqualTo(File.ReadAllBytes(_folder.Combine("hub/blobs/" + name))));
    }

    [Test]
    public async Task A_checkpoint_of_links_is_seen_behind_a_link()
    {
        PlaceSnapshot("hub/snapshots/checkpoint-1");
        Directory.CreateDirectory(_folder.Combine("run"));
        Link("run/checkpoint-1", "../hub/snapshots/checkpoint-1");

        var unit = (await CheckpointCatalog.ReadAsync(Store("run"))).Units.Single();

        Assert.That((unit.Path, unit.State), Is.EqualTo(("checkpoint-1", CheckpointState.Complete)));
    }

    [Test]
    public async Task A_prune_keeps_what_a_pointer_leads_to_where_the_location_is_a_link([Values("a/b/run", "cur")] string location, [Values] bool isFolder)
    {
        foreach (var step in (int[])[100, 200, 300])
        {
            if (isFolder)
                HuggingFaceRun.Write(_folder, "a/b/run", step);
            else
                WriteLightning($"a/b/run/epoch=0-step={step}.ckpt", step);
        }

        var kept = isFolder ? "checkpoint-100" : "epoch=0-step=100.ckpt";
        Link(isFolder ? "a/b/run/best" : "a/b/run/last.ckpt", "../../b/run/" + kept);
        Link("cur", "a/b/run");

        await Engine.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = location, KeepLast = 1 });

        Assert.That(
            ((int[])[100, 200, 300]).Where(step => Path.Exists(_folder.Combine("a/b/run/" + kept.Replace("100", $"{step}", StringComparison.Ordinal)))),
            Is.EqualTo(new[] { 100, 300 }));
    }

    [Test]
    public async Task A_write_does_not_leave_the_destination_through_two_links([Values("dest", "cur")] string destination, [Values] bool isAbsolute, [Values] bool dryRun)
    {
        PlaceWayOut(isAbsolute ? _folder.Combine("outside") : "../../outside");
        // Where the text of the path to the link leads.
        Directory.CreateDirectory(_folder.Combine("in/dest/p/outside"));
        _folder.Write("from/p/q/x/l/file", "new");

        var report = await Engine.SyncAsync(new SyncSettings { Source = "from", Destination = destination, DryRun = dryRun });

        Assert.That(report.Objects.Select(static o => (o.Result, o.ErrorCode)), Is.EqualTo(new[] { (OutcomeResult.Refused, "TRAINCTL2004") }));
        Assert.That(report.Objects[0].Error, Does.Contain("'p/q/x/l' is a symbolic link that leads out of the folder"));
        Assert.That(File.ReadAllText(_folder.Combine("outside/file")), Is.EqualTo("precious"));
        Assert.That(_folder.Files("in/dest/p/outside"), Is.Empty);
    }

    [Test]
    public async Task A_write_through_two_links_that_stay_inside_arrives([Values("dest", "cur")] string destination)
    {
        PlaceWayOut("../inside");
        Directory.CreateDirectory(_folder.Combine("in/dest/inside"));
        _folder.Write("from/p/q/x/l/file", "new");

        var report = await SyncAsync("from", destination);

        Assert.That((report.ExitCode, File.ReadAllText(_folder.Combine("in/dest/inside/file"))), Is.EqualTo((ErrorCatalog.Success, "new")));
    }

    [Test]
    public async Task Nothing_outside_is_deleted_through_two_links([Values("in/dest", "cur")] string destination)
    {
        PlaceWayOut("../../outside");
        await using var store = Store(destination);

        var outcomes = await store.DeleteAsync([new("p/q/x/l/file") { MayPassLinks = true }]);

        Assert.That(outcomes.Select(static o => o.Failure?.Error), Is.EqualTo(new TrainctlError?[] { TrainctlError.UnsafeKey }));
        Assert.That(File.Exists(_folder.Combine("outside/file")), Is.True);
    }

    [TestCase("self", ".", ExpectedResult = "a | self")]
    [TestCase("deep/self", "..", ExpectedResult = "a | deep/self")]
    [TestCase("up", "..", ExpectedResult = "a up/gs/a | up/gs/up")]
    public async Task<string> Loops_of_relative_links_end(string link, string target) => await ListWithLoopsAsync("p/gs", link, target);

    [TestCase("self", ".", ExpectedResult = "a | self")]
    [TestCase("deep/self", "..", ExpectedResult = "a | deep/self")]
    [TestCase("up", "..", ExpectedResult = "a up/gs/a | up/gs/up")]
    public async Task<string> Loops_end_where_the_location_is_a_link(string link, string target) => await ListWithLoopsAsync("cur", link, target);

    [TestCase("self", "p/gs", ExpectedResult = "a | self")]
    [TestCase("up", "p", ExpectedResult = "a up/gs/a | up/gs/up")]
    public async Task<string> Loops_of_absolute_links_end(string link, string target) => await ListWithLoopsAsync("cur", link, _folder.Combine(target));

    [Test]
    public async Task Several_loops_do_not_multiply()
    {
        _folder.Write("p/gs/a", "a");
        foreach (var name in (string[])["up", "up2", "up3"])
            Link("p/gs/" + name, "..");
        foreach (var name in (string[])["self", "self2", "self3"])
            Link("p/gs/" + name, ".");
        Link("cur", "p/gs");

        Assert.That(
            await ListAsync("cur"),
            Is.EqualTo("a up/gs/a up2/gs/a up3/gs/a | self self2 self3 "
                + string.Join(' ', ((string[])["up", "up2", "up3"]).SelectMany(static up => ((string[])["self", "self2", "self3", "up", "up2", "up3"]).Select(n => $"{up}/gs/{n}")))));
    }

    [Test]
    public async Task Links_that_lead_nowhere_are_told_and_copied_by_nobody([Values("p", "cur")] string source)
    {
        _folder.Write("p/ok", "ok");
        Link("p/a", "a");
        Link("p/b", "c");
        Link("p/c", "b");
        Link("p/gone", "../p/nothing");
        Link("cur", "p");
        await using var store = Store(source);
        var problems = new List<ListingProblem>();

        var listed = await store.ListAsync(new ListRequest { OnProblem = problems.Add }).ToListAsync();

        Assert.That(listed.Select(static o => o.Key), Is.EqualTo(new[] { "ok" }));
        Assert.That(
            problems.Select(static p => (p.Key, p.Kind)).Order(),
            Is.EqualTo(((string[])["a", "b", "c", "gone"]).Select(static key => (key, ListingProblemKind.DanglingLink))));
        Assert.That((await store.HeadAsync("a"), await store.HeadAsync("gone")), Is.EqualTo(((StoredObject?)null, (StoredObject?)null)));
    }

    [Test]
    public async Task A_destination_that_two_links_lead_into_the_source_is_refused()
    {
        _folder.Write("t/run/a", "a");
        Directory.CreateDirectory(_folder.Combine("t/d"));
        Directory.CreateDirectory(_folder.Combine("t/p/q"));
        Link("t/p/q/x", "../../d");
        Link("t/d/l", "../run");

        var error = await Assert.ThrowsAsync<TrainctlException>(() => SyncAsync("t/run", "t/p/q/x/l/copy"));

        Assert.That(error!.Error, Is.EqualTo(TrainctlError.InvalidSetting));
        Assert.That(error.Message, Does.Contain("exclude 'copy/'"));
    }

    [Test]
    public async Task Two_dots_behind_a_link_lead_above_where_it_leads([Values] bool isAbsolute, [Values("cur/../shared", "cur/./../shared/", "chain/x/../../shared")] string place)
    {
        _folder.Write("ext/shared/w", Whole);
        _folder.Write("shared/w", "of another");
        Directory.CreateDirectory(_folder.Combine("ext/run/x"));
        Link("cur", "ext/run");
        Link("chain", _folder.Combine("cur"));
        var source = isAbsolute ? _folder.Combine(place) : place;

        var read = await SyncAsync(source, "out");
        var one = await Engine.CopyAsync(new CopySettings { Source = source.TrimEnd('/') + "/w", Destination = "out2/w" });
        _folder.Write("new", "new");
        await Engine.CopyAsync(new CopySettings { Source = "new", Destination = source.TrimEnd('/') + "/new" });

        Assert.That((read.ExitCode, File.ReadAllText(_folder.Combine("out/w"))), Is.EqualTo((ErrorCatalog.Success, Whole)));
        Assert.That((one.ExitCode, File.ReadAllText(_folder.Combine("out2/w"))), Is.EqualTo((ErrorCatalog.Success, Whole)));
        Assert.That((_folder.Files("ext/shared"), _folder.Files("shared")), Is.EqualTo((new[] { "new", "w" }, new[] { "w" })));
    }

    [TestCase("a/b/../c", ExpectedResult = "a/c")]
    [TestCase("cur/x/..", ExpectedResult = "cur")]
    [TestCase("cur/x/../", ExpectedResult = "cur/")]
    [TestCase("cur/..", ExpectedResult = "ext")]
    [TestCase("cur/../none/../../y", ExpectedResult = "y")]
    [TestCase("circle/../y", ExpectedResult = "y")]
    [TestCase("gone/../y", ExpectedResult = "nowhere/y")]
    [TestCase("a//b/./c/", ExpectedResult = "a/b/c/")]
    public string A_path_keeps_its_links_where_two_dots_do_not_drop_them(string path)
    {
        Directory.CreateDirectory(_folder.Combine("ext/run/x"));
        Link("cur", "ext/run");
        Link("circle", "circle");
        Link("gone", "nowhere/at/");

        return RealPath.FullOf(path, _folder.Path)[(_folder.Path.Length + 1)..];
    }

    [Test]
    public void Two_dots_end_at_the_top([Values("/..", "/../../", "/tmp/../..")] string path) => Assert.That(RealPath.FullOf(path, _folder.Path), Is.EqualTo("/"));

    private TrainctlEngine Engine => TestHost.Engine(_folder);

    private FolderStore Store(string path) => new(ObjectUrl.Parse(_folder.Combine(path)));

    private Task<SyncReport> SyncAsync(string source, string destination) => Engine.SyncAsync(new SyncSettings { Source = source, Destination = destination });

    private void Link(string path, string target) => File.CreateSymbolicLink(_folder.Combine(path), target);

    /// <summary>A link to a folder outside, and in that a link to a file beside the folder; a chain has one more link for each.</summary>
    private void PlaceLinkBehindLink(string link, bool isAbsolute, bool isChain = false)
    {
        _folder.Write("ext/shared/w", Whole);
        Directory.CreateDirectory(_folder.Combine("ext/x"));
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine(link))!);
        if (isChain)
            Link("ext/shared/link", "w");
        Link("ext/x/w", (isAbsolute ? _folder.Combine("ext/") : "../") + (isChain ? "shared/link" : "shared/w"));
        if (isChain)
            Link("ext/y", "x");
        Link(link, _folder.Combine(isChain ? "ext/y" : "ext/x"));
    }

    private void PlaceSnapshot(string snapshot)
    {
        HuggingFaceRun.Write(_folder, "written", 1);
        Directory.CreateDirectory(_folder.Combine("hub"));
        Directory.Move(_folder.Combine("written/checkpoint-1"), _folder.Combine("hub/blobs"));
        Directory.CreateDirectory(_folder.Combine(snapshot));
        foreach (var name in _folder.Files("hub/blobs"))
            Link($"{snapshot}/{name}", "../../blobs/" + name);
    }

    /// <summary><c>in/dest</c>, which <c>dest</c> and <c>cur</c> are too, with a link to a folder inside and in that a link.</summary>
    private void PlaceWayOut(string target)
    {
        Directory.CreateDirectory(_folder.Combine("in/dest/p/q"));
        Directory.CreateDirectory(_folder.Combine("in/dest/d"));
        _folder.Write("outside/file", "precious");
        Link("in/dest/p/q/x", "../../d");
        Link("in/dest/d/l", target);
        Link("in/outside", "../outside");
        Link("dest", _folder.Combine("in/dest"));
        Link("cur", "dest");
    }

    private void WriteLightning(string path, int step)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine(path))!);
        File.WriteAllBytes(_folder.Combine(path), ModelFile.Zip());
        File.SetLastWriteTimeUtc(_folder.Combine(path), new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(step));
    }

    private async Task<string> ListWithLoopsAsync(string location, string link, string target)
    {
        _folder.Write("p/gs/a", "a");
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine("p/gs/" + link))!);
        Link("p/gs/" + link, target);
        Link("cur", "p/gs");
        return await ListAsync(location);
    }

    private async Task<string> ListAsync(string location)
    {
        var problems = new List<ListingProblem>();
        await using var store = Store(location);
        var listed = await store.ListAsync(new ListRequest { OnProblem = problems.Add }).Take(1000).ToListAsync();
        Assert.That(problems.Select(static p => p.Kind), Is.All.EqualTo(ListingProblemKind.LinkLoop));
        return $"{string.Join(' ', listed.Select(static o => o.Key))} | {string.Join(' ', problems.Select(static p => p.Key).Order(StringComparer.Ordinal))}";
    }
}
