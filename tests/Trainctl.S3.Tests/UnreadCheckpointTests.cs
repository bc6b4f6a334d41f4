using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Verification;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Testing;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>Verifying where one object cannot be read, each time: nothing is known of its checkpoint, which is neither proven nor damaged.</summary>
public sealed class UnreadCheckpointTests
{
    private FaultScene _scene = null!;

    [SetUp]
    public async Task SetUp()
    {
        _scene = await FaultScene.CreateAsync(seed: 1);
        for (var step = 1; step <= 3; step++)
            HuggingFaceRun.Write(_scene.Folder, "local/run", step);
        await _scene.Direct.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "local", Destination = _scene.Remote });
    }

    [TearDown]
    public async Task TearDown() => await _scene.DisposeAsync();

    /// <summary>The newest is looked into by its layout before it is read, the others are not.</summary>
    [TestCase(1, "model.safetensors", FaultKind.InternalError)]
    [TestCase(1, ".trainctl-manifest.json", FaultKind.CutAnswer)]
    [TestCase(3, "model.safetensors", FaultKind.CutAnswer)]
    [TestCase(3, "trainer_state.json", FaultKind.InternalError)]
    public async Task A_checkpoint_that_cannot_be_read_is_unread_and_the_others_are_proven(int step, string name, FaultKind kind)
    {
        var (path, key) = ($"run/checkpoint-{step}", $"run/checkpoint-{step}/{name}");
        _scene.Proxy.Decide = request => request.Kind == S3RequestKind.Get && request.Key.EndsWith(key, StringComparison.Ordinal) ? new Fault(kind) { At = 40 } : null;

        var run = await FaultScene.TryAsync(() => _scene.Faulty.VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = _scene.Remote }));

        Assert.That(run.Failure, Is.Null);
        Assert.That(run.Report!.Units.Select(static u => u.Path), Is.EquivalentTo(new[] { "run/checkpoint-1", "run/checkpoint-2", "run/checkpoint-3" }));
        foreach (var unit in run.Report.Units)
            Assert.That(unit.Result, Is.EqualTo(unit.Path == path ? VerifyResult.Unread : VerifyResult.Proven), $"{unit.Path}: {unit.Why}");
        Assert.That(run.Report.Units.Single(u => u.Path == path).Why, Does.Contain(name));
        Assert.That(run.ExitCode, Is.EqualTo(ErrorCatalog.StoreFailure));
        Assert.That(FailureSummary.Of(run.Report), Does.StartWith("TRAINCTL1008: ").And.Contain(path));
    }
}
