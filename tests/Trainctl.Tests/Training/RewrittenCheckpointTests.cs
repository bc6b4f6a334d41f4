using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Tests.Training;

/// <summary>Checkpoints that are not at either end what they were at the last attempt.</summary>
public sealed class RewrittenCheckpointTests
{
    private static readonly string[] AllFiles = ["config.json", "model.safetensors", "trainer_state.json"];

    [Test]
    public async Task A_checkpoint_that_is_written_again_under_its_name_is_published_again()
    {
        using var scene = new LiveScene();
        scene.Save(1);
        await scene.LookAsync(2);
        await scene.PublishAsync();
        Rewrite(scene.Path(1, "model.safetensors"));
        await scene.LookAsync(2);

        await scene.PublishAsync();

        Assert.That(await scene.ReadAsync("run/checkpoint-1/model.safetensors"), Is.EqualTo(await File.ReadAllBytesAsync(scene.Path(1, "model.safetensors"))));
        Assert.That(await scene.ManifestAsync(1), Is.EqualTo(AllFiles));
    }

    /// <summary>A link holds the file and not its content.</summary>
    [Test]
    public async Task A_held_file_that_is_written_in_place_gets_no_manifest_before_it_has_settled_again()
    {
        using var scene = new LiveScene();
        scene.Save(1);
        await scene.LookAsync(2);
        Rewrite(scene.Path(1, "model.safetensors"));

        await scene.PublishAsync();
        var before = await scene.ManifestAsync(1);
        await scene.LookAsync(2);
        await scene.PublishAsync();

        Assert.That(before, Is.Null);
        Assert.That(await scene.ReadAsync("run/checkpoint-1/model.safetensors"), Is.EqualTo(await File.ReadAllBytesAsync(scene.Path(1, "model.safetensors"))));
        Assert.That(await scene.ManifestAsync(1), Is.EqualTo(AllFiles));
    }

    [Test]
    public async Task What_somebody_pruned_between_two_attempts_is_sent_again()
    {
        using var scene = new LiveScene();
        scene.Save(1);
        await scene.LookAsync(2);
        scene.Destination.OnWrite = static key =>
        {
            if (key.EndsWith("trainer_state.json", StringComparison.Ordinal))
                throw new TrainctlException(TrainctlError.StoreUnavailable, "Away.", key);
        };
        await scene.PublishAsync();
        scene.Destination.OnWrite = null;
        await scene.Destination.DeleteAsync([new DeleteRequest("run/checkpoint-1/config.json")]);

        await scene.PublishAsync();

        Assert.That(await scene.ManifestAsync(1), Is.EqualTo(AllFiles));
        Assert.That(await scene.Destination.HeadAsync("run/checkpoint-1/config.json"), Is.Not.Null);
    }

    [Test]
    public async Task A_checkpoint_that_is_written_again_after_somebody_pruned_it_is_there_whole()
    {
        using var scene = new LiveScene();
        scene.Save(1);
        await scene.LookAsync(2);
        await scene.PublishAsync();
        await scene.Destination.DeleteAsync([new DeleteRequest("run/checkpoint-1/.trainctl-manifest.json"), .. AllFiles.Select(static f => new DeleteRequest("run/checkpoint-1/" + f))]);
        Rewrite(scene.Path(1, "model.safetensors"));
        await scene.LookAsync(2);

        await scene.PublishAsync();

        Assert.That(await scene.ManifestAsync(1), Is.EqualTo(AllFiles));
        Assert.That(scene.Destination.ListAsync(new ListRequest()).ToBlockingEnumerable().Count(), Is.EqualTo(AllFiles.Length + 1));
    }

    /// <summary>The same bytes in number, so that nothing but its time tells.</summary>
    private static void Rewrite(string path)
    {
        var content = File.ReadAllBytes(path);
        content[^1] ^= 1;
        File.WriteAllBytes(path, content);
    }
}
