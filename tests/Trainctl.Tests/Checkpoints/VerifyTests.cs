using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Checkpoints.Verification;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints;

/// <summary>What verifying says of a folder with checkpoints, and by which means.</summary>
public sealed class VerifyTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        HuggingFaceRun.Write(_folder, "run", 1);
        HuggingFaceRun.Write(_folder, "run", 2);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task A_checkpoint_without_a_record_of_its_content_is_whole_and_not_proven()
    {
        var report = await VerifyAsync("run");

        Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { VerifyResult.Whole, VerifyResult.Whole }));
        Assert.That(report.Units[0].Why, Is.EqualTo("nothing recorded what its content was"));
        Assert.That(report.ExitCode, Is.Zero);
    }

    [Test]
    public async Task One_bit_that_flipped_is_found_by_reading_and_only_by_reading()
    {
        await TestHost.Engine(_folder).UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "run", Destination = "published" });
        Assert.That((await VerifyAsync("published")).Units.Select(static u => u.Result), Is.EqualTo(new[] { VerifyResult.Proven, VerifyResult.Proven }));
        await FlipAsync("published/checkpoint-2/model.safetensors");

        var read = await VerifyAsync("published");
        var quick = await VerifyAsync("published", readContent: false);

        Assert.Multiple(() =>
        {
            Assert.That(read.Units.Select(static u => u.Result), Is.EqualTo(new[] { VerifyResult.Proven, VerifyResult.Damaged }));
            Assert.That(read.Units[1].Why, Does.StartWith("checkpoint-2/model.safetensors holds "));
            Assert.That(read.ExitCode, Is.EqualTo(4));
            Assert.That(quick.Units.Select(static u => u.Result), Is.EqualTo(new[] { VerifyResult.Whole, VerifyResult.Whole }));
            Assert.That(quick.Units.Select(static u => u.BytesRead), Is.All.Zero);
        });
    }

    private Task<VerifyCheckpointsReport> VerifyAsync(string location, bool readContent = true) =>
        TestHost.Engine(_folder).VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = location, ReadContent = readContent });

    /// <summary>Neither its size nor its time tells.</summary>
    private async Task FlipAsync(string path)
    {
        var file = _folder.Combine(path);
        var time = File.GetLastWriteTimeUtc(file);
        var content = await File.ReadAllBytesAsync(file);
        content[^1] ^= 1;
        await File.WriteAllBytesAsync(file, content);
        File.SetLastWriteTimeUtc(file, time);
    }
}
