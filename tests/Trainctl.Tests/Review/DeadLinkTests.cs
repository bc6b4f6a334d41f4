using Trainctl.Review;
using Trainctl.Testing;

namespace Trainctl.Tests.Review;

/// <summary>A symbolic link whose target is gone is a pointer that leads nowhere, also where its layout never saw it.</summary>
[Platform(Exclude = "Win")]
public sealed class DeadLinkTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task The_last_checkpoint_of_lightning_that_was_removed()
    {
        File.WriteAllBytes(_folder.Write("runs/logs/epoch=0-step=10.ckpt", ""), ModelFile.Zip());
        Link("runs/logs/last.ckpt", "epoch=1-step=20.ckpt");

        await FailsAsync("logs/last.ckpt is a symbolic link to 'epoch=1-step=20.ckpt', which is not there");
    }

    [Test]
    public async Task A_pointer_that_nothing_is_left_beside()
    {
        Directory.CreateDirectory(_folder.Combine("runs/logs"));
        Link("runs/logs/last.ckpt", "epoch=1-step=20.ckpt");

        await FailsAsync("logs/last.ckpt is a symbolic link to 'epoch=1-step=20.ckpt', which is not there");
    }

    [TestCase("runs/a/latest", "checkpoint-99")]
    [TestCase("runs/latest", "a/checkpoint-99")]
    [TestCase("runs/a/checkpoint-1/base", "../checkpoint-99")]
    public async Task A_link_beside_or_in_a_run(string key, string target)
    {
        HuggingFaceRun.Write(_folder, "runs/a", 1);
        Link(key, target);

        await FailsAsync($"{key["runs/".Length..]} is a symbolic link to '{target}', which is not there");
    }

    [Test]
    public async Task A_loop_beside_checkpoints()
    {
        HuggingFaceRun.Write(_folder, "runs/a", 1);
        Link("runs/a/latest", ".");

        await FailsAsync("a/latest is a symbolic link to a folder that contains it; it was not followed");
    }

    [Test]
    public async Task A_dead_link_far_from_any_run_is_no_pointer()
    {
        HuggingFaceRun.Write(_folder, "runs/a", 1);
        Directory.CreateDirectory(_folder.Combine("runs/data/raw"));
        Link("runs/data/raw/images", "/nowhere/images");

        var report = await ReviewAsync();

        Assert.That((report.ExitCode, report.DanglingPointers.Count, report.Problems.Count), Is.EqualTo((0, 0, 1)));
    }

    private async Task FailsAsync(string why)
    {
        var report = await ReviewAsync();

        Assert.Multiple(() =>
        {
            Assert.That(report.FailedGates, Is.EqualTo(new[] { why }));
            Assert.That(report.ExitCode, Is.EqualTo(6));
            Assert.That(report.DanglingPointers.Select(static p => $"{p.Key} {p.Problem}"), Is.EqualTo(new[] { why }));
        });
    }

    private Task<ReviewReport> ReviewAsync() => TestHost.Engine(_folder).ReviewArtifactsAsync(new() { Location = "runs", FailOnDanglingPointer = true });

    private void Link(string key, string target) => File.CreateSymbolicLink(_folder.Combine(key), target);
}
