using Microsoft.Extensions.Time.Testing;
using Trainctl.Checkpoints;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Testing;
using Trainctl.Training.Publishing;

namespace Trainctl.Tests.Training;

public sealed class HoldingFolderTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        HuggingFaceRun.Write(_folder, "checkpoints/run", 1);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task Folders_of_processes_that_died_are_removed_and_those_of_the_living_stay()
    {
        var unit = await UnitAsync();
        using var living = NewFolder();
        var held = living.TryHold(unit)!;
        var dead = TemporaryName.Create();
        _folder.Write($"{dead}/owner", "");
        _folder.Write($"{dead}/1/run/checkpoint-1/model.safetensors", "held");
        _folder.Write($"{TemporaryName.Create()}/something", "of somebody else");

        using var next = NewFolder();
        next.TryHold(unit);

        Assert.That(Directory.Exists(_folder.Combine(dead)), Is.False);
        Assert.That(_folder.Files(), Has.Some.EndsWith("/something"));
        Assert.That(File.Exists(Path.Join(held.Folder, "run/checkpoint-1/model.safetensors")), Is.True);
    }

    /// <summary>A lock may hold on one machine only.</summary>
    [TestCase(0.5, true)]
    [TestCase(2, false)]
    public async Task What_another_machine_holds_stays_until_it_was_not_renewed_for_a_day(double days, bool stays)
    {
        var foreign = TemporaryName.Create();
        var owner = _folder.Write($"{foreign}/owner", "another machine");
        File.SetLastWriteTimeUtc(owner, DateTime.UtcNow.AddDays(-days));

        using var next = NewFolder();
        next.TryHold(await UnitAsync());

        Assert.That(Directory.Exists(_folder.Combine(foreign)), Is.EqualTo(stays));
    }

    [Test]
    public async Task Whoever_lives_renews_what_it_holds()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var folder = new HoldingFolder(_folder.Combine("checkpoints"), TestHost.For(_folder) with { Time = time });
        var held = folder.TryHold(await UnitAsync())!;
        var owner = Path.Join(Path.GetDirectoryName(held.Folder), "owner");
        time.Advance(TimeSpan.FromHours(30));

        folder.Renew();

        Assert.That(File.GetLastWriteTimeUtc(owner), Is.EqualTo(time.GetUtcNow().UtcDateTime).Within(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task Nothing_is_left_behind_at_the_end()
    {
        using (var folder = NewFolder())
            folder.TryHold(await UnitAsync());

        Assert.That(Directory.EnumerateDirectories(_folder.Path), Is.EqualTo(new[] { _folder.Combine("checkpoints") }));
    }

    /// <summary>As on a network drive or on Windows, where somebody still reads a file of it.</summary>
    [Test]
    public async Task What_could_not_be_removed_at_the_end_is_removed_by_the_next_training()
    {
        var unit = await UnitAsync();
        var folder = NewFolder();
        var held = folder.TryHold(unit)!.Folder;
        var place = Path.GetDirectoryName(held)!;
        using (SmallDisk.Mount(64 * 1024, Directory.CreateDirectory(Path.Join(held, "busy")).FullName))
            folder.Dispose();

        var left = Directory.Exists(place);
        using var next = NewFolder();
        next.TryHold(unit);

        Assert.That((left, Directory.Exists(place)), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task What_a_link_leads_to_is_held_and_not_the_link()
    {
        File.Move(_folder.Combine("checkpoints/run/checkpoint-1/model.safetensors"), _folder.Combine("shared"));
        File.CreateSymbolicLink(_folder.Combine("checkpoints/run/checkpoint-1/model.safetensors"), _folder.Combine("shared"));
        using var folder = NewFolder();

        var held = folder.TryHold(await UnitAsync())!;
        File.Delete(_folder.Combine("shared"));

        Assert.That(new FileInfo(Path.Join(held.Folder, "run/checkpoint-1/model.safetensors")), Has.Property("Length").GreaterThan(0).And.Property("LinkTarget").Null);
    }

    [Test]
    [Platform(Exclude = "Win")]
    public async Task What_a_link_behind_a_link_leads_to_is_held()
    {
        _folder.Write("elsewhere/place/x", "");
        File.Move(_folder.Combine("checkpoints/run/checkpoint-1/model.safetensors"), _folder.Combine("elsewhere/shared"));
        Directory.Move(_folder.Combine("checkpoints/run/checkpoint-1"), _folder.Combine("elsewhere/place/checkpoint-1"));
        File.CreateSymbolicLink(_folder.Combine("elsewhere/place/checkpoint-1/model.safetensors"), "../../shared");
        Directory.CreateSymbolicLink(_folder.Combine("checkpoints/run/checkpoint-1"), _folder.Combine("elsewhere/place/checkpoint-1"));
        using var folder = NewFolder();

        var held = folder.TryHold(await UnitAsync())!;
        File.Delete(_folder.Combine("elsewhere/shared"));

        Assert.That(new FileInfo(Path.Join(held.Folder, "run/checkpoint-1/model.safetensors")), Has.Property("Length").GreaterThan(0).And.Property("LinkTarget").Null);
    }

    [Test]
    public async Task A_file_that_has_gone_holds_nothing_and_others_later_do()
    {
        var unit = await UnitAsync();
        File.Move(_folder.Combine("checkpoints/run/checkpoint-1/model.safetensors"), _folder.Combine("away"));
        using var folder = NewFolder();

        var held = folder.TryHold(unit);
        File.Move(_folder.Combine("away"), _folder.Combine("checkpoints/run/checkpoint-1/model.safetensors"));

        Assert.That(held, Is.Null);
        Assert.That(folder.TryHold(unit), Is.Not.Null);
    }

    private HoldingFolder NewFolder() => new(_folder.Combine("checkpoints"), TestHost.For(_folder));

    private async Task<CheckpointUnit> UnitAsync()
    {
        await using var store = new FolderStore(_folder.Combine("checkpoints"));
        return (await CheckpointCatalog.ReadAsync(store)).Units.Single();
    }
}
