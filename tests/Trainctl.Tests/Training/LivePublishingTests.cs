using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Storage;

namespace Trainctl.Tests.Training;

/// <summary>What training may do to its files while they are looked at and sent.</summary>
public sealed class LivePublishingTests
{
    private static readonly string[] AllFiles = ["config.json", "model.safetensors", "trainer_state.json"];

    [Test]
    public async Task A_checkpoint_is_published_when_two_looks_found_it_the_same()
    {
        using var scene = new LiveScene();
        scene.Save(1);
        await scene.LookAsync();
        var tooEarly = await scene.PublishAsync();

        await scene.LookAsync();

        Assert.That(tooEarly, Is.Empty);
        Assert.That(await scene.PublishAsync(), Is.EqualTo(new[] { "run/checkpoint-1" }));
        Assert.That(await scene.ManifestAsync(1), Is.EqualTo(AllFiles));
    }

    /// <summary>It is not gone, and nobody says that training has deleted it.</summary>
    [TestCase("run")]
    [TestCase("run/checkpoint-1")]
    [TestCase("run/checkpoint-1/config.json")]
    public async Task A_checkpoint_that_a_look_cannot_see_any_more_is_not_taken_for_deleted(string hidden)
    {
        using var scene = new LiveScene();
        scene.Save(1);
        await scene.LookAsync();
        Directory.Move(scene.Folder.Combine("checkpoints/run"), scene.Folder.Combine("hidden"));
        scene.Source.Problem = new ListingProblem(hidden, ListingProblemKind.UnreadableFolder, "It is broken.");
        await scene.LookAsync();
        var unseen = scene.Result;

        Directory.Move(scene.Folder.Combine("hidden"), scene.Folder.Combine("checkpoints/run"));
        scene.Source.Problem = null;
        await scene.LookAsync(2);

        Assert.That(unseen.Units.Single(), Is.EqualTo(new PublishedUnit("run/checkpoint-1", unseen.Units.Single().Bytes, PublishResult.Failed, "It is broken.")));
        Assert.That(unseen.Notes, Has.Some.EqualTo("1 checkpoint not published: run/checkpoint-1.").And.Some.StartsWith("Publish what is still in the folder"));
        Assert.That(await scene.PublishAsync(), Is.EqualTo(new[] { "run/checkpoint-1" }));
    }

    [Test]
    public async Task The_newest_goes_first()
    {
        using var scene = new LiveScene();
        scene.Save(1, 2, 3);
        await scene.LookAsync(2);

        Assert.That(await scene.PublishAsync(), Is.EqualTo(new[] { "run/checkpoint-3", "run/checkpoint-2", "run/checkpoint-1" }));
    }

    /// <summary>A layout cannot know that there was one more file.</summary>
    [Test]
    public async Task What_is_left_of_a_checkpoint_that_is_being_deleted_is_not_published()
    {
        using var scene = new LiveScene();
        scene.Save(1);
        await scene.LookAsync();
        File.Delete(scene.Path(1, "config.json"));

        await scene.LookAsync(3);

        Assert.That(scene.Latest!.Units.Single().State, Is.EqualTo(CheckpointState.Complete));
        Assert.That(await scene.PublishAsync(), Is.Empty);
        Assert.That(scene.Result.Units.Single().Result, Is.EqualTo(PublishResult.LeftOut));
    }

    [Test]
    public async Task A_checkpoint_that_is_deleted_after_it_has_settled_is_published_whole()
    {
        using var scene = new LiveScene();
        scene.Save(1);
        await scene.LookAsync(2);
        var model = await File.ReadAllBytesAsync(scene.Path(1, "model.safetensors"));
        File.Delete(scene.Path(1, "config.json"));
        await scene.LookAsync();
        Directory.Delete(scene.Path(1), recursive: true);
        await scene.LookAsync();

        await scene.PublishAsync();

        Assert.That(await scene.ManifestAsync(1), Is.EqualTo(AllFiles));
        Assert.That(await scene.ReadAsync("run/checkpoint-1/model.safetensors"), Is.EqualTo(model));
        Assert.That(scene.Result.Units.Single().Result, Is.EqualTo(PublishResult.Published));
    }

    [Test]
    public async Task A_checkpoint_whose_second_names_somebody_has_removed_is_published_from_where_it_is()
    {
        using var scene = new LiveScene();
        scene.Save(1);
        await scene.LookAsync(2);
        Directory.Delete(Directory.EnumerateDirectories(scene.Folder.Path, ".trainctl-*").Single(), recursive: true);

        await scene.PublishAsync();

        Assert.That(await scene.ManifestAsync(1), Is.EqualTo(AllFiles));
    }

    [Test]
    public async Task A_published_checkpoint_keeps_its_manifest_while_training_deletes_it()
    {
        using var scene = new LiveScene();
        scene.Save(1);
        await scene.LookAsync(2);
        await scene.PublishAsync();
        File.Delete(scene.Path(1, "config.json"));
        await scene.LookAsync(3);

        Assert.That(await scene.PublishAsync(), Is.Empty);
        Assert.That(await scene.ManifestAsync(1), Is.EqualTo(AllFiles));
        Assert.That(scene.Result.Units.Single().Result, Is.EqualTo(PublishResult.Published));
    }

    /// <summary>A look lists twice, so the fourth time that the first key is listed is after the second look has seen all, and before it makes links.</summary>
    [Test]
    public async Task A_file_that_goes_between_a_look_and_its_links_makes_the_look_void()
    {
        using var scene = new LiveScene();
        scene.Save(1);
        var listed = 0;
        scene.Source.OnListed = key =>
        {
            if (key.EndsWith("config.json", StringComparison.Ordinal) && ++listed == 4)
                File.Delete(scene.Path(1, "model.safetensors"));
        };

        await scene.LookAsync(4);

        Assert.That(await scene.PublishAsync(), Is.Empty);
        Assert.That(listed, Is.GreaterThan(4));
    }

    [Test]
    public async Task What_is_not_held_and_goes_while_it_is_sent_gets_no_manifest_and_its_objects_are_told()
    {
        using var scene = new LiveScene(maxHeld: 0);
        scene.Save(1);
        await scene.LookAsync(2);
        scene.Destination.OnWrite = key =>
        {
            if (key.EndsWith("trainer_state.json", StringComparison.Ordinal))
                Directory.Delete(scene.Path(1), recursive: true);
        };

        await scene.PublishAsync();
        await scene.LookAsync();

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await scene.ManifestAsync(1), Is.Null);
            Assert.That(scene.Result.Unlisted, Is.EqualTo(AllFiles.Select(static name => "run/checkpoint-1/" + name)));
            Assert.That(scene.Result.Units.Single().Result, Is.EqualTo(PublishResult.Failed));
            Assert.That(scene.Backlog.HasPending, Is.False);
            Assert.That(scene.Destination.Deletions, Is.Empty);
        });
    }

    [Test]
    public async Task What_has_not_changed_is_opened_once()
    {
        using var scene = new LiveScene();
        scene.Save(1, 2);
        scene.Folder.Write("checkpoints/run/trainer_state.json", """{"global_step":2,"best_global_step":1}""");
        File.SetLastWriteTimeUtc(scene.Folder.Combine("checkpoints/run/trainer_state.json"), new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await scene.LookAsync(2);
        await scene.PublishAsync();
        var reads = scene.Source.Reads.Count;
        var manifests = scene.Destination.Reads.Count;

        await scene.LookAsync(3);
        await scene.PublishAsync();

        Assert.That(reads, Is.GreaterThan(0));
        Assert.That((scene.Source.Reads.Count, scene.Destination.Reads.Count), Is.EqualTo((reads, manifests)));
        Assert.That(scene.Latest!.Pointers.Single(static p => p.Stored is not null).Targets, Is.EqualTo(new[] { "run/checkpoint-1" }));
    }

    [Test]
    public async Task A_pointer_leads_to_a_checkpoint_that_is_published_also_when_training_has_deleted_it()
    {
        using var scene = new LiveScene();
        scene.Save(1, 2);
        await scene.LookAsync(2);
        await scene.PublishAsync();
        Directory.Delete(scene.Path(1), recursive: true);
        scene.Folder.Write("checkpoints/run/trainer_state.json", """{"global_step":2,"best_global_step":1}""");
        await scene.LookAsync();
        var known = LooseObjects.Pointers(scene.Latest!, path => !scene.Backlog.IsPublished(path), static _ => false, static _ => { });
        scene.Folder.Write("checkpoints/run/trainer_state.json", """{"global_step":2,"best_global_step":3}""");
        await scene.LookAsync();
        var unknown = LooseObjects.Pointers(scene.Latest!, path => !scene.Backlog.IsPublished(path), static _ => false, static _ => { });

        Assert.That(known.Select(static p => (p.Object.Key, p.IsExact)), Is.EqualTo(new[] { ("run/trainer_state.json", true) }));
        Assert.That(unknown, Is.Empty);
    }
}
